package rewire

// appCases are those of backends, sign-in pages and features.
var appCases = []operationCase{
	{"backend feature directly before the start", "index.ts", "backend.add(import('c')", "backend", backend("plugin-x-backend"), `
const backend = createBackend();

backend.add(import('a'));

backend.add(import('b'));
backend.add(import('c'));
backend.start();
`, `
const backend = createBackend();

backend.add(import('a'));

backend.add(import('b'));
backend.add(import('c'));
backend.add(import('plugin-x-backend'));
backend.start();
`},
	{"backend feature in a paragraph of its own", "index.ts", "backend.add(import('b')", "backend", backend("plugin-x-backend"), `
import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();

// a
backend.add(import('a'));

// b
backend.add(import('b'));

backend.start();
`, `
import { createBackend } from '@backstage/backend-defaults';

const backend = createBackend();

// a
backend.add(import('a'));

// b
backend.add(import('b'));

backend.add(import('plugin-x-backend'));

backend.start();
`},
	{"backend features without blank lines or semicolons", "index.ts", "backend.add(import('b')", "backend", backend("plugin-x-backend"), `
const backend = createBackend()
backend.add(import('a'))
backend.add(import('b')) // the last
backend.start()
`, `
const backend = createBackend()
backend.add(import('a'))
backend.add(import('b')) // the last
backend.add(import('plugin-x-backend'))
backend.start()
`},
	{"a backend module beside its plugin's other modules, comments and all", "index.ts", "backend.add(import('@x/plugin-search-backend')", "backend", backend("@x/plugin-auth-backend-module-github-provider"), `
const backend = createBackend();

backend.add(import('@x/plugin-auth-backend'));
// See the migration guide
backend.add(import('@x/plugin-auth-backend-module-guest-provider'));
// See https://backstage.io/docs/auth/guest/provider

backend.add(import('@x/plugin-search-backend'));
`, `
const backend = createBackend();

backend.add(import('@x/plugin-auth-backend'));
// See the migration guide
backend.add(import('@x/plugin-auth-backend-module-guest-provider'));
// See https://backstage.io/docs/auth/guest/provider
backend.add(import('@x/plugin-auth-backend-module-github-provider'));

backend.add(import('@x/plugin-search-backend'));
`},
	{"a backend feature too long for a line, in a function", "index.ts", "be.add(import(\"a\")", "be", backend("@backstage-community/plugin-with-a-rather-long-name-backend"), `
async function main() {
    const be = createBackend();
    be.add(import("a"));
    await be.start();
}
`, `
async function main() {
    const be = createBackend();
    be.add(import("a"));
    be.add(
        import("@backstage-community/plugin-with-a-rather-long-name-backend"),
    );
    await be.start();
}
`},
	{"sign-in provider on one line, spread as prettier does", "App.tsx", "['guest']", "", signIn, `
import { SignInPage } from '@backstage/core-components';

const app = createApp({
  components: {
    SignInPage: props => <SignInPage {...props} auto providers={['guest']} />,
  },
});
`, `
import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';

const app = createApp({
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        auto
        providers={[
          'guest',
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
	{"sign-in provider beside others over several lines", "App.tsx", "[\n          'guest'", "", signIn, `
import { SignInPage } from '@backstage/core-components';
const app = createApp({
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        providers={[
          'guest',
          oktaProvider,
        ]}
      />
    ),
  },
});
`, `
import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';
const app = createApp({
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        providers={[
          'guest',
          oktaProvider,
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
	{"an app without a sign-in page gets one", "App.tsx", "{\n  apis,", "", signInPage, `
import { createApp } from '@backstage/app-defaults';

const app = createApp({
  apis,
});
`, `
import { createApp } from '@backstage/app-defaults';
import { SignInPage } from '@backstage/core-components';
import { githubAuthApiRef } from '@backstage/core-plugin-api';

const app = createApp({
  apis,
  components: {
    SignInPage: props => (
      <SignInPage
        {...props}
        title="Select a sign-in method"
        providers={[
          'guest',
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
	{"feature at the end of the array", "App.tsx", "[catalogPlugin, navModule]", "", feature, `
import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { navModule } from './modules/nav';

export default createApp({
  features: [catalogPlugin, navModule],
});
`, `
import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { navModule } from './modules/nav';
import xPlugin from 'plugin-x/alpha';

export default createApp({
  features: [catalogPlugin, navModule, xPlugin],
});
`},
	{"features that get too long for a line", "App.tsx", "[catalogPlugin", "", feature, `
import { createApp } from '@backstage/frontend-defaults';
export default createApp({
  features: [catalogPlugin, navModule, homeModule, searchModule, docsModule],
});
`, `
import { createApp } from '@backstage/frontend-defaults';
import xPlugin from 'plugin-x/alpha';
export default createApp({
  features: [
    catalogPlugin,
    navModule,
    homeModule,
    searchModule,
    docsModule,
    xPlugin,
  ],
});
`},
	{"an app without features", "App.tsx", "createApp()", "", features, `
import { createApp } from '@backstage/frontend-defaults';
export default createApp();
`, `
import { createApp } from '@backstage/frontend-defaults';
import xPlugin from 'plugin-x/alpha';
export default createApp({
  features: [xPlugin],
});
`},
	{"legacy router with its environment", "index.ts", "apiRouter.use(notFoundHandler())", "apiRouter", legacyRouter, `
import { createServiceBuilder, useHotMemoize } from '@backstage/backend-common';
import proxy from './plugins/proxy';

async function main() {
  const authEnv = useHotMemoize(module, () => createEnv('auth'));
  const proxyEnv = useHotMemoize(module, () => createEnv('proxy'));

  const apiRouter = Router();
  apiRouter.use('/auth', await auth(authEnv));
  apiRouter.use('/proxy', await proxy(proxyEnv));

  // Add backends ABOVE this line; this 404 handler is the catch-all fallback
  apiRouter.use(notFoundHandler());
}
`, `
import { createServiceBuilder, useHotMemoize } from '@backstage/backend-common';
import proxy from './plugins/proxy';
import techX from './plugins/tech-x';

async function main() {
  const authEnv = useHotMemoize(module, () => createEnv('auth'));
  const proxyEnv = useHotMemoize(module, () => createEnv('proxy'));
  const techXEnv = useHotMemoize(module, () => createEnv('tech-x'));

  const apiRouter = Router();
  apiRouter.use('/auth', await auth(authEnv));
  apiRouter.use('/proxy', await proxy(proxyEnv));
  apiRouter.use('/tech-x', await techX(techXEnv));

  // Add backends ABOVE this line; this 404 handler is the catch-all fallback
  apiRouter.use(notFoundHandler());
}
`},
}
