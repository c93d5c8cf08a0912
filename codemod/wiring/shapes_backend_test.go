package wiring

import "slices"

const newBackendHead = "import { createBackend } from '@backstage/backend-defaults';\nconst backend = createBackend();\n"

func backendShapes() []shape {
	return []shape{
		{
			name: "backend: at top level", mounts: `
				backend backend: backend.add(import('@backstage/plugin-x-backend/alpha'))`, facts: `
				backend-feature @backstage/plugin-app-backend @backstage/plugin-app-backend#default
				backend-feature @backstage/plugin-auth-backend @backstage/plugin-auth-backend#default
				backend-feature @backstage/plugin-x-backend/alpha @backstage/plugin-x-backend/alpha#default`,
			files: map[string]string{"index.ts": newBackendHead + `
backend.add(import('@backstage/plugin-app-backend'));
backend.add(import('@backstage/plugin-auth-backend')); backend.add(import('@backstage/plugin-x-backend/alpha'))
backend.start();`},
		},
		{
			name: "backend: async main with conditions", mounts: `
				backend be: be.add(import('@b/four'));`, facts: `
				backend-feature @b/one @b/one#default
				backend-feature @b/two @b/two#default conditional
				backend-feature @b/three @b/three#default conditional
				backend-feature @b/four @b/four#default`,
			files: map[string]string{"index.ts": `import { createBackend } from '@backstage/backend-defaults';
async function main() {
  const be = createBackend();
  be.add(import('@b/one'));
  if (process.env.TWO === 'yes') {
    be.add(import('@b/two'));
  } else {
    be.add(import('@b/three'));
  }
  if (!process.env.NAME) {
    throw new Error('no name');
  }
  be.add(import('@b/four'));
  await be.start();
}
main().catch(err => { console.error(err); process.exit(1); });`},
		},
		{
			name: "backend: identifiers, local files, members", mounts: `
				backend backend: backend.add(cond ? import('@b/yes') : import('@b/no'));`, facts: `
				backend-feature @b/custom @b/custom#customModule
				backend-feature @b/named @b/named#default
				backend-feature packages/backend/src/local.ts#mine @backstage/backend-plugin-api#createBackendPlugin
				backend-feature packages/backend/src/plugins/own.ts @backstage/backend-plugin-api#createBackendModule
				backend-feature @b/members @b/members#one
				backend-feature @b/members @b/members#two
				backend-feature @b/no @b/no#default conditional
				backend-feature @b/yes @b/yes#default conditional`,
			files: map[string]string{"index.ts": `import { createBackend } from '@backstage/backend-defaults';
import { customModule } from '@b/custom';
import named from '@b/named';
import local from './local';
const backend = createBackend();
backend.add(customModule);
backend.add(named());
backend.add(local);
backend.add(import('./plugins/own'));
backend.add(import('@b/members').then(m => ({ default: m.one })));
backend.add(import('@b/members').then(({ two }) => ({ default: two })));
const cond = process.env.A;
backend.add(cond ? import('@b/yes') : import('@b/no'));
backend.start();`,
				"packages/backend/src/local.ts":       "import { createBackendPlugin } from '@backstage/backend-plugin-api';\nexport default createBackendPlugin({ pluginId: 'mine', register(env) { env.registerInit({}); } });",
				"packages/backend/src/plugins/own.ts": "import { createBackendModule } from '@backstage/backend-plugin-api';\nexport default createBackendModule({ pluginId: 'catalog', moduleId: 'own', register() {} });"},
		},
		{
			name: "backend: lists and loaders", mounts: `
				backend backend: backend.add(legacyPlugin('old', import('./plugins/old')));`, facts: `
				backend-feature @b/one @b/one#default
				backend-feature @b/two @b/two#default
				backend-feature @b/three @b/three#default
				backend-feature packages/backend/src/index.ts#createBackendFeatureLoader @backstage/backend-plugin-api#createBackendFeatureLoader
				backend-feature @b/four in packages/backend/src/index.ts#createBackendFeatureLoader @b/four#default
				backend-feature @b/five in packages/backend/src/index.ts#createBackendFeatureLoader @b/five#default conditional
				backend-feature packages/backend/src/index.ts#createBackendFeatureLoader @backstage/backend-plugin-api#createBackendFeatureLoader
				backend-feature @b/six in packages/backend/src/index.ts#createBackendFeatureLoader @b/six#default
				backend-feature @b/seven in packages/backend/src/index.ts#createBackendFeatureLoader @b/seven#default
				backend-feature packages/backend/src/plugins/old.ts @backstage/backend-common#legacyPlugin`,
			files: map[string]string{"index.ts": `import { createBackend } from '@backstage/backend-defaults';
import { createBackendFeatureLoader } from '@backstage/backend-plugin-api';
import { legacyPlugin } from '@backstage/backend-common';
const backend = createBackend();
const list = [import('@b/one'), import('@b/two')];
list.forEach(f => backend.add(f));
for (const f of [import('@b/three')]) backend.add(f);
backend.add(createBackendFeatureLoader({
  deps: {},
  async *loader({ config }) {
    yield import('@b/four');
    if (config.getOptionalBoolean('five')) {
      yield import('@b/five');
    }
  },
}));
backend.add(createBackendFeatureLoader({ loader: () => [import('@b/six'), import('@b/seven')] }));
backend.add(legacyPlugin('old', import('./plugins/old')));
backend.start();`,
				"packages/backend/src/plugins/old.ts": "import { createRouter } from '@b/old-backend';\nexport default async function createPlugin(env) { return createRouter(env); }"},
		},
		{
			name: "backend: top-level await and a company's own createBackend", mounts: `
				backend be: be.add(import('@b/one'));`, facts: `
				backend-feature @b/one @b/one#default`,
			files: map[string]string{"index.ts": `import { createCompanyBackend } from '@company/backend';
const be = await createCompanyBackend({ name: 'x' });
be.add(import('@b/one'));
await be.start();`},
		},
		{
			name: "backend: a list of unknown features", mounts: `
				backend backend: const backend = createBackend();`, facts: `
				backend-feature @company/features @company/features#features
				backend-feature @company/features @company/features#features`,
			files: map[string]string{"index.ts": newBackendHead + `import { features } from '@company/features';
features.forEach(f => backend.add(f));
for (const f of features) { backend.add(f); }
backend.start();`},
		},
		{
			name: "backend of the old system", mounts: `
				api-router apiRouter: apiRouter.use(notFoundHandler());
				router-chain .addRouter: createServiceBuilder(module)`, facts: `
				legacy-backend-router /catalog @backstage/plugin-catalog-backend#CatalogBuilder
				legacy-backend-router /proxy @backstage/plugin-proxy-backend#createRouter
				legacy-backend-router /x @backstage/plugin-proxy-backend#createRouter conditional
				legacy-backend-router /healthz @backstage/plugin-proxy-backend#createRouter`,
			files: map[string]string{"index.ts": `import Router from 'express-promise-router';
import { createServiceBuilder, loadBackendConfig, getRootLogger, useHotMemoize, notFoundHandler, UrlReaders } from '@backstage/backend-common';
import catalog from './plugins/catalog';
import proxy from './plugins/proxy';
import { metrics } from '@company/metrics';
function makeCreateEnv(config) {
  const root = getRootLogger();
  const reader = UrlReaders.default({ logger: root, config });
  return plugin => ({ logger: root.child({ plugin }), reader, config });
}
async function main() {
  const config = await loadBackendConfig({ argv: process.argv, logger: getRootLogger() });
  const createEnv = makeCreateEnv(config);
  const catalogEnv = useHotMemoize(module, () => createEnv('catalog'));
  const apiRouter = Router();
  apiRouter.use('/catalog', await catalog(catalogEnv));
  apiRouter.use('/proxy', metrics(), await proxy(useHotMemoize(module, () => createEnv('proxy'))));
  if (config.has('x')) {
    apiRouter.use('/x', await proxy(catalogEnv));
  }
  apiRouter.use(notFoundHandler());
  const service = createServiceBuilder(module)
    .loadConfig(config)
    .addRouter('/api', apiRouter)
    .addRouter('/healthz', await proxy(catalogEnv));
  await service.start().catch(err => { console.log(err); });
}
module.hot?.accept();
main().catch(error => { console.error('Backend failed to start up', error); process.exit(1); });`,
				"packages/backend/src/plugins/catalog.ts": `import { CatalogBuilder } from '@backstage/plugin-catalog-backend';
export default async function createPlugin(env) {
  const builder = await CatalogBuilder.create(env);
  const { processingEngine, router } = await builder.build();
  await processingEngine.start();
  return router;
}`,
				"packages/backend/src/plugins/proxy.ts": `import { createRouter } from '@backstage/plugin-proxy-backend';
export default async function createPlugin(env) { return await createRouter({ logger: env.logger }); }`},
		},
		{
			name: "backend: an error in the app's own code", mounts: `
				backend backend: backend.add(import('@b/one'));`, facts: `
				backend-feature @b/one @b/one#default
				backend-feature @b/two @b/two#default degraded`,
			files: map[string]string{"index.ts": newBackendHead + `
backend.add(import('@b/one'));
undefinedFunction();
backend.add(import('@b/two'));
backend.start();`},
			fails: "undefinedFunction is not defined",
		},
		{
			name: "backend: a syntax error in a file of the app", mounts: `
				backend backend: backend.add(broken);`, facts: `
				backend-feature @b/one @b/one#default
				backend-feature packages/backend/src/broken.ts`,
			files: map[string]string{"index.ts": newBackendHead + `import broken from './broken';
backend.add(import('@b/one'));
backend.add(broken);
backend.start();`,
				"packages/backend/src/broken.ts": "export default {{{"},
			fails: "broken.ts:1:17",
		},
		{
			name: "backend: runs for ever", mounts: `
				backend backend: backend.add(import('@b/one'));`, facts: `
				backend-feature @b/one @b/one#default degraded
				backend-feature @b/two @b/two#default degraded`,
			files: map[string]string{"index.ts": newBackendHead + `
backend.add(import('@b/one'));
while (true) {}
backend.add(import('@b/two'));`},
			fails: "stopped",
		},
	}
}

func shapes() []shape {
	return slices.Concat(backendShapes(), appShell(), routeShapes(), sidebarShapes(), entityShapes(), otherShapes(), lateShapes(), settingShapes(), pageShapes(), moreShapes())
}
