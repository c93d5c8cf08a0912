package rewire

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

func TestSecondSignInProvider(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"an object over several lines", `
import { microsoftAuthApiRef } from '@backstage/core-plugin-api';

const app = createApp({
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        auto
        provider={{
          id: 'm',
          title: 'Microsoft',
          apiRef: microsoftAuthApiRef,
        }}
      />
    ),
  },
});
`, `
import {
  microsoftAuthApiRef,
  githubAuthApiRef,
} from '@backstage/core-plugin-api';

const app = createApp({
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        auto
        providers={[
          {
            id: 'm',
            title: 'Microsoft',
            apiRef: microsoftAuthApiRef,
          },
          {
            id: 'github-auth-provider',
            title: 'GitHub',
            message: 'Sign in using GitHub',
            apiRef: githubAuthApiRef,
          },
        ]}
      />
    ),
  },
});
`},
		{"four spaces, an object made before", `
const Page = (props) => {
    return (
        <SignInPage
            {...props}
            provider={microsoft}
        />
    )
}
`, `
import { githubAuthApiRef } from '@backstage/core-plugin-api'

const Page = (props) => {
    return (
        <SignInPage
            {...props}
            providers={[
                microsoft,
                {
                    id: 'github-auth-provider',
                    title: 'GitHub',
                    message: 'Sign in using GitHub',
                    apiRef: githubAuthApiRef,
                },
            ]}
        />
    )
}
`},
		{"on one line", `
const Page = props => <SignInPage {...props} auto provider={microsoft} />;
`, `
import { githubAuthApiRef } from '@backstage/core-plugin-api';

const Page = props => (
  <SignInPage
    {...props}
    auto
    providers={[
      microsoft,
      {
        id: 'github-auth-provider',
        title: 'GitHub',
        message: 'Sign in using GitHub',
        apiRef: githubAuthApiRef,
      },
    ]}
  />
);
`},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			src, want := strings.ReplaceAll(c.src, "\n", eol), strings.ReplaceAll(c.want, "\n", eol)
			f := parseFile(t, "App.tsx", src)
			edits, err := AddSecondSignInProvider(f, mountAt(t, f, "<SignInPage", ""), github)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			got, err := text.Apply([]byte(src), edits)
			if err != nil || string(got) != want {
				t.Errorf("%s: %v, got\n%s\nwant\n%s", c.name, err, got, want)
			}
		}
	}
	f := parseFile(t, "App.tsx", "const Page = props => <SignInPage {...props} providers={all()} />;\n")
	_, err := AddSecondSignInProvider(f, mountAt(t, f, "<SignInPage", ""), github)
	if found := diag.Of(err); len(found) != 1 || !strings.Contains(found[0].Manual, "apiRef: githubAuthApiRef") {
		t.Errorf("providers made elsewhere: %v", err)
	}
}
