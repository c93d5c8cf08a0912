package wiring

import "testing"

const newApp = "import { createApp } from '@backstage/frontend-defaults';\nexport default createApp().createRoot();\n"

func settingShapes() []shape {
	return []shape{
		{name: "settings: all forms of entries, in order, file by file", files: map[string]string{"App.tsx": newApp,
			"app-config.yaml": `app:
  title: x
  extensions:
    # a comment
    - page:a
    - "nav-item:b": false # off
    - page:c:
        config: {path: /c, token: hunter2}
        disabled: false
    - entity-card:d/e:
    - api:f: true
    - page:a: false
    - 7
    - [x]
`,
			"app-config.production.yaml": "app: {extensions: [page:a, {page:b: false}], routes: {bindings: {a.b: c.d, 'e.f': false}}}\n",
			"app-config.local.yaml":      "app:\n  extensions:\n    - page:mine\n"},
			facts: `
				extension-setting page:a in app-config.production.yaml = on
				extension-setting page:b in app-config.production.yaml = off
				route-binding-setting a.b in app-config.production.yaml = c.d
				route-binding-setting e.f in app-config.production.yaml = false
				extension-setting page:a in app-config.yaml = on
				extension-setting nav-item:b in app-config.yaml = off
				extension-setting page:c in app-config.yaml = config: path = /c, token; disabled = false
				extension-setting entity-card:d/e in app-config.yaml = on
				extension-setting api:f in app-config.yaml = on
				extension-setting page:a in app-config.yaml = off`},
		{name: "settings: bindings count for apps of the old system, extensions do not", files: map[string]string{
			"App.tsx":         appWith("", oneRoute, plainRoot),
			"app-config.yaml": "app:\n  extensions:\n    - page:a\n  routes:\n    bindings:\n      catalog.createComponent: scaffolder.root\n"},
			facts: `
				route-binding-setting catalog.createComponent in app-config.yaml = scaffolder.root
				route /catalog @backstage/plugin-catalog#CatalogIndexPage`},
		{name: "settings: something else in their places", files: map[string]string{"App.tsx": newApp,
			"app-config.yaml": "app:\n  extensions: {page:a: true}\n  routes:\n    bindings: [a]\n", "app-config.b.yaml": "app:\n  extensions:\n", "app-config.c.yaml": "[]"}},
		{name: "settings: a file that is not valid", files: map[string]string{"App.tsx": newApp,
			"app-config.yaml":            "app:\n  extensions:\n    - page:a\n",
			"app-config.production.yaml": "app:\n  extensions: [\n"},
			facts: "extension-setting page:a in app-config.yaml = on", fails: "app-config.production.yaml cannot be read"},
	}
}

func TestSettingsOfOneFileAreForEachApp(t *testing.T) {
	o := observe(t, repo(map[string]string{"App.tsx": newApp, "app-config.yaml": "app:\n  extensions:\n    - page:a\n",
		"packages/other/package.json":  `{"name":"other","backstage":{"role":"frontend"}}`,
		"packages/other/src/index.tsx": newApp}))
	packages := ""
	for _, f := range o.Kind(ExtensionSetting) {
		packages += f.Package + " "
	}
	if packages != "packages/app packages/other " {
		t.Errorf("the setting is one of %s", packages)
	}
}
