package recipe

import (
	"strings"
	"testing"
)

// appSteps are a recipe with a step of each kind that a frontend can have.
const appSteps = `
id: x
title: X
description: Shows X.
docs: https://example.com/x
packages:
  - {name: "@x/plugin-x", role: frontend, in: app, versions: [{version: 1.0.0, release: 1.0.0}]}
  - {name: "@backstage/plugin-catalog-react", role: common, in: app}
legacy:
  - {why: a, sidebar-component: {module: "@x/plugin-x", export: XSidebarItem, props: {to: /x}}}
  - {why: b, home-widget: {module: "@x/plugin-x", export: HomePageX}}
  - {why: c, techdocs-addon: {module: "@x/plugin-x", export: XAddon}}
  - {why: d, field-extension: {module: "@x/plugin-x", export: XPicker}}
  - {why: e, search-item: {module: "@x/plugin-x", export: XSearchResultListItem, icon: {module: "@material-ui/icons/Map", export: default, as: MapIcon}}}
  - {why: f, app-root-element: {module: "@x/plugin-x", export: XListener, router: true}}
  - {why: g, css-import: {module: "@x/plugin-x/styles.css"}}
  - why: h
    api:
      ref: {module: "@x/plugin-x", export: xApiRef}
      deps: [{name: configApi, module: "@backstage/core-plugin-api", export: configApiRef}]
      factory: XClient.fromConfig(configApi)
      uses: [{module: "@x/plugin-x", export: XClient}]
  - {why: i, entity-card: {element: {module: "@x/plugin-x", export: EntityXCard}, grid: {md: 6}, pages: [user, "component:service"]}}
new:
  - {why: j, css-import: {module: "@x/plugin-x/styles.css"}}
  - why: k
    api: {ref: {module: "@x/plugin-x", export: xApiRef}, factory: new XClient(), uses: [{module: "@x/plugin-x", export: XClient}], file: src/apis/x.ts, plugin: x, name: client}
  - why: l
    legacy-plugin:
      module: "@x/plugin-x"
      export: xPlugin
      file: src/plugins/x.ts
      pages: [{module: "@x/plugin-x", export: XPage, path: /x}]
      contents: [{module: "@x/plugin-x", export: EntityXContent, path: /x, title: X, if: {module: "@x/plugin-x", export: isXAvailable}}]
      cards: [{module: "@x/plugin-x", export: EntityXCard, if: {module: "@x/plugin-x", export: isXAvailable}}]
  - {why: m, extension: {id: "entity-card:x/card", disabled: true}}
`

func TestEveryKindOfStepLoads(t *testing.T) {
	r, err := Load("x.yaml", []byte(appSteps))
	if err != nil {
		t.Fatal(err)
	}
	want := []Kind{KindSidebarComponent, KindHomeWidget, KindTechDocsAddon, KindFieldExtension, KindSearchItem, KindAppRootElement, KindCSSImport, KindAPI, KindEntityCard,
		KindCSSImport, KindAPI, KindLegacyPlugin, KindExtension}
	for i, s := range append(r.Legacy, r.New...) {
		if s.Kind() != want[i] {
			t.Errorf("step %d is a %q, want %q", i, s.Kind(), want[i])
		}
	}
	if a := r.Legacy[7].API; a.Deps[0].Name != "configApi" || a.Deps[0].Export != "configApiRef" || a.Uses[0].Local() != "XClient" {
		t.Errorf("the api is %+v", a)
	}
	if e := r.Legacy[5].AppRootElement; !e.Router || e.Export != "XListener" {
		t.Errorf("the root element is %+v", e)
	}
}

func TestBadAppStepsAreRefused(t *testing.T) {
	for _, c := range []struct{ name, old, with, says string }{
		{"a module of no package", `{module: "@x/plugin-x", export: HomePageX}`, `{module: "@y/plugin-y", export: HomePageY}`, `legacy[1].home-widget: module "@y/plugin-y"`},
		{"a bad prop", "props: {to: /x}", "props: {t o: /x}", `"t o" is no JSX attribute name`},
		{"a style sheet that is none", "@x/plugin-x/styles.css", "@x/plugin-x/styles", "is no style sheet"},
		{"a factory over lines", "factory: XClient.fromConfig(configApi)", `factory: "XClient\n.fromConfig(configApi)"`, "several lines"},
		{"a factory that does not use its class", "factory: XClient.fromConfig(configApi)", "factory: Client.from(configApi)", "the factory does not use XClient"},
		{"an api for the old system with a file", "factory: XClient.fromConfig(configApi)", "factory: XClient.fromConfig(configApi)\n      file: src/x.ts", "for the new system alone"},
		{"an api for the new system without a file", "file: src/apis/x.ts, ", "", `new[1].api: file "" is no source file under src`},
		{"a dependency without a name", "name: configApi, ", "", `deps: "" is no identifier`},
		{"a card at a path", "export: EntityXCard, if:", "export: EntityXCard, path: /x, if:", "cards: a path does not belong here"},
		{"no extensions", "      pages: [{module: \"@x/plugin-x\", export: XPage, path: /x}]\n      contents: [{module: \"@x/plugin-x\", export: EntityXContent, path: /x, title: X, if: {module: \"@x/plugin-x\", export: isXAvailable}}]\n      cards: [{module: \"@x/plugin-x\", export: EntityXCard, if: {module: \"@x/plugin-x\", export: isXAvailable}}]\n", "", "there are no extensions"},
		{"a file outside of src", "file: src/plugins/x.ts", "file: ../x.ts", "is no source file under src"},
		{"a page that is none", "pages: [user,", "pages: [User page,", `page "User page" is no entity page`},
		{"config of what is off", "disabled: true", `disabled: true, config: "a: 1\n"`, "needs no config"},
		{"a step of the other system", "  - {why: g, css-import", "  - {why: g, legacy-plugin: {module: \"@x/plugin-x\", export: x, file: src/x.ts, pages: [{module: \"@x/plugin-x\", export: X}]}}\n  - {why: g, css-import", "a legacy-plugin does not belong to this system"},
		{"two kinds at once", "home-widget: {module", "css-import: {module: \"@x/plugin-x/a.css\"}, home-widget: {module", "exactly one kind"},
		{"an unknown field", "router: true", "routed: true", `no field "routed"; did you mean "router"?`},
	} {
		if !strings.Contains(appSteps, c.old) {
			t.Fatalf("%s: the recipe has no %q", c.name, c.old)
		}
		_, err := Load("x.yaml", []byte(strings.Replace(appSteps, c.old, c.with, 1)))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.says)
		}
	}
}
