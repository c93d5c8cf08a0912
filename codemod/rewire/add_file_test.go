package rewire

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
)

func TestAddedRefusals(t *testing.T) {
	for _, c := range []struct {
		name, file, at string
		op             operation
		src, manual    string
	}{
		{"results by a function", "SearchPage.tsx", "<SearchResult>", searchItem,
			"const x = <SearchResult>{({ results }) => <List results={results} />}</SearchResult>;\n",
			"By hand, in SearchPage.tsx, show this for results of its type, or make it a child of a SearchResult without a function:\n    import { XSearchResultListItem } from 'plugin-x';\n    import MapIcon from '@material-ui/icons/Map';\n    <XSearchResultListItem icon={<MapIcon />} />"},
		{"no router", "App.tsx", "<Root />", rootElement(true),
			"export default app.createRoot(<Root />);\n",
			"By hand, in App.tsx, add this inside of AppRouter:\n    import { XDisplay } from 'plugin-x';\n    <XDisplay />"},
		{"apis from elsewhere", "App.tsx", "{ apis", apis,
			"const app = createApp({ apis: makeApis() });\n",
			"By hand, in App.tsx, add this to the apis of createApp:\n    import { createApiFactory, discoveryApiRef, fetchApiRef } from '@backstage/core-plugin-api';\n    import { xApiRef, XClient } from 'plugin-x';"},
	} {
		f := parseFile(t, c.file, c.src)
		edits, err := c.op(f, mountAt(t, f, c.at, ""))
		found := diag.Of(err)
		if len(found) != 1 || edits != nil {
			t.Errorf("%s: got edits %v and %v, want a refusal", c.name, edits, err)
			continue
		}
		if !strings.HasPrefix(found[0].Manual, c.manual) {
			t.Errorf("%s: manual step is\n%s\nwant\n%s", c.name, found[0].Manual, c.manual)
		}
	}
}

func TestNewFiles(t *testing.T) {
	converted := ConvertedPlugin{
		Plugin: Ref{Module: "@x/plugin-long-name", Export: "longNamePlugin"}, Export: "convertedLongNamePlugin",
		Pages: []ConvertedExtension{{Extension: Ref{Module: "@x/plugin-long-name", Export: "LongNamePage"}, Path: "/long-name"}},
		Contents: []ConvertedExtension{{Extension: Ref{Module: "@x/plugin-long-name", Export: "EntityLongNameContent"}, Path: "/long-name", Title: "Long name",
			If: &Ref{Module: "@x/plugin-long-name", Export: "isLongNameAvailable"}}},
		Cards: []ConvertedExtension{{Extension: Ref{Module: "@x/plugin-long-name", Export: "EntityLongNameCard"}}},
	}
	old := converted
	old.Defaults, old.Contents, old.Cards = true, nil, nil
	module := APIModule{API: xAPI, Plugin: "x", Export: "xApiModule", Define: true}
	before := module
	before.Define, before.Name = false, "client"
	for _, c := range []struct {
		name string
		of   interface{ Source() (string, error) }
		want string
	}{
		{"a converted plugin", converted, `
import {
  convertLegacyPlugin,
  convertLegacyPageExtension,
} from '@backstage/core-compat-api';
import {
  longNamePlugin,
  LongNamePage,
  EntityLongNameContent,
  isLongNameAvailable,
  EntityLongNameCard,
} from '@x/plugin-long-name';
import {
  convertLegacyEntityContentExtension,
  convertLegacyEntityCardExtension,
} from '@backstage/plugin-catalog-react/alpha';

export const convertedLongNamePlugin = convertLegacyPlugin(longNamePlugin, {
  extensions: [
    convertLegacyPageExtension(LongNamePage, { path: '/long-name' }),
    convertLegacyEntityContentExtension(EntityLongNameContent, {
      path: '/long-name',
      title: 'Long name',
      filter: isLongNameAvailable,
    }),
    convertLegacyEntityCardExtension(EntityLongNameCard),
  ],
});
`},
		{"a converted plugin before 1.42", old, `
import {
  convertLegacyPlugin,
  convertLegacyPageExtension,
} from '@backstage/core-compat-api';
import { longNamePlugin, LongNamePage } from '@x/plugin-long-name';

export const convertedLongNamePlugin = convertLegacyPlugin(longNamePlugin, {
  extensions: [
    convertLegacyPageExtension(LongNamePage, { defaultPath: '/long-name' }),
  ],
});
`},
		{"an api", module, `
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import { xApiRef, XClient } from 'plugin-x';
import { discoveryApiRef, fetchApiRef } from '@backstage/core-plugin-api';

const api = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: xApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new XClient({ discoveryApi, fetchApi }),
    }),
});

export const xApiModule = createFrontendModule({
  pluginId: 'x',
  extensions: [api],
});
`},
		{"an api before 1.42", before, `
import {
  ApiBlueprint,
  createFrontendModule,
  createApiFactory,
} from '@backstage/frontend-plugin-api';
import { xApiRef, XClient } from 'plugin-x';
import { discoveryApiRef, fetchApiRef } from '@backstage/core-plugin-api';

const api = ApiBlueprint.make({
  name: 'client',
  params: {
    factory: createApiFactory({
      api: xApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new XClient({ discoveryApi, fetchApi }),
    }),
  },
});

export const xApiModule = createFrontendModule({
  pluginId: 'x',
  extensions: [api],
});
`},
	} {
		got, err := c.of.Source()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%s: got:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}

func TestPagesOfOtherKinds(t *testing.T) {
	mount := func(start int, pages ...string) wiring.Mount {
		return wiring.Mount{File: "EntityPage.tsx", Span: text.Span{Start: start, End: start + 1}, Pages: pages}
	}
	mounts := []wiring.Mount{mount(1, "component"), mount(2, "group"), mount(3, "default")}
	for _, c := range []struct {
		pages []string
		want  int
	}{{[]string{"group"}, 2}, {[]string{"user"}, 3}, {[]string{"user", "component:library"}, 1}} {
		if got := MountsFor(mounts, c.pages); len(got) != 1 || got[0].Span.Start != c.want {
			t.Errorf("%v: got %v, want the one at %d", c.pages, got, c.want)
		}
	}
}
