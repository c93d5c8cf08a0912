package rewire

import (
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

type operation func(File, wiring.Mount) ([]text.Edit, error)

func route(path, module, export string) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddRoute(f, m, Route{Path: path, Page: Component{Ref: Ref{Module: module, Export: export}}})
	}
}

func sidebarItem(to, label, icon string) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddSidebarItem(f, m, SidebarItem{To: to, Text: label, Icon: Ref{Module: "@material-ui/icons/" + icon, Export: "default", As: icon + "Icon"}})
	}
}

var isX = &Ref{Module: "plugin-x", Export: "isXAvailable"}

func tab(path, title string, cond *Ref) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddEntityTab(f, m, EntityTab{Path: path, Title: title, Content: Component{Ref: Ref{Module: "plugin-x", Export: "EntityXContent"}}, If: cond})
	}
}

func card(cond *Ref, attrs ...Attr) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddEntityCard(f, m, EntityCard{Card: Component{Ref{Module: "plugin-x", Export: "EntityXCard"}, attrs}, If: cond, Grid: []Attr{{Name: "md", Value: "{6}"}}})
	}
}

func cicd(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddEntityCase(f, m, EntityCase{Content: Component{Ref: Ref{Module: "plugin-x", Export: "EntityXContent"}}, If: *isX})
}

func backend(module string) operation {
	return func(f File, m wiring.Mount) ([]text.Edit, error) { return AddBackendFeature(f, m, module) }
}

var github = SignInProvider{ID: "github-auth-provider", Title: "GitHub", Message: "Sign in using GitHub", APIRef: Ref{Module: "@backstage/core-plugin-api", Export: "githubAuthApiRef"}}

func signIn(f File, m wiring.Mount) ([]text.Edit, error)     { return AddSignInProvider(f, m, github) }
func signInPage(f File, m wiring.Mount) ([]text.Edit, error) { return AddSignInPage(f, m, github) }

func feature(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddFeature(f, m, Ref{Module: "plugin-x/alpha", Export: "default", As: "xPlugin"})
}

func features(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddFeatures(f, m, Ref{Module: "plugin-x/alpha", Export: "default", As: "xPlugin"})
}

func legacyRouter(f File, m wiring.Mount) ([]text.Edit, error) {
	return AddLegacyRouter(f, m, LegacyRouter{ID: "tech-x", Path: "/tech-x"})
}

// operationCase is an operation on a shape that apps have. at is text that the mount's construct
// begins with, "" for an operation on the whole file; label is the mount's label.
type operationCase struct {
	name, file, at, label string
	op                    operation
	src, want             string
}

// mountAt is the largest construct that begins where at does, up to a statement if label asks
// for a backend's mounts.
func mountAt(t *testing.T, f File, at, label string) wiring.Mount {
	t.Helper()
	src := string(f.Tree.Source())
	start := strings.Index(src, strings.ReplaceAll(at, "\n", text.EOL([]byte(src))))
	if start < 0 {
		t.Fatalf("%q is not in the source", at)
	}
	kinds := []tsx.Kind{tsx.KindJsxElement, tsx.KindJsxSelfClosingElement, tsx.KindArray, tsx.KindObject, tsx.KindCallExpression}
	if strings.HasSuffix(f.Name, "index.ts") {
		kinds = []tsx.Kind{tsx.KindExpressionStatement}
	}
	var found tsx.Node
	for n := f.Tree.At(start); n.Ok() && n.Start() == start; n = n.Parent() {
		if n.Is(kinds...) {
			found = n
		}
	}
	if !found.Ok() {
		t.Fatalf("nothing to hang at begins at %q", at)
	}
	return wiring.Mount{File: f.Name, Span: found.Span(), Label: label}
}

func parseFile(t *testing.T, name, src string) File {
	t.Helper()
	tree, err := tsx.Parse([]byte(src), tsx.DialectOf(name))
	if err != nil {
		t.Fatalf("%s:%v\n%s", name, err, src)
	}
	return File{name, tree}
}

func TestOperations(t *testing.T) {
	for _, c := range slices.Concat(pageCases, appCases, added) {
		for _, crlf := range []bool{false, true} {
			name, src, want := c.name, c.src, c.want
			if crlf {
				name, src, want = name+" (CRLF)", strings.ReplaceAll(src, "\n", "\r\n"), strings.ReplaceAll(want, "\n", "\r\n")
			}
			t.Run(name, func(t *testing.T) {
				f := parseFile(t, c.file, src)
				var m wiring.Mount
				if c.at != "" {
					m = mountAt(t, f, c.at, c.label)
				}
				edits, err := c.op(f, m)
				if err != nil {
					t.Fatal(err)
				}
				got, err := text.Apply([]byte(src), edits)
				if err != nil {
					t.Fatal(err)
				}
				if string(got) != want {
					t.Errorf("got:\n%s\nwant:\n%s", got, want)
				}
				parseFile(t, c.file, string(got))
			})
		}
	}
}

func TestRefusalsNameTheManualStep(t *testing.T) {
	for _, c := range []struct {
		name, file, at, label string
		op                    operation
		src, manual           string
	}{
		{"a sign-in page of the app's own", "App.tsx", "{\n  components", "", signInPage,
			"const app = createApp({\n  components: { SignInPage: OurSignIn },\n});\n",
			"By hand, in App.tsx, add this provider to it:\n    import { githubAuthApiRef } from '@backstage/core-plugin-api';\n    {\n      id: 'github-auth-provider',"},
		{"features made elsewhere", "App.tsx", "{ features", "", features,
			"const app = createApp({ features });\n",
			"By hand, in App.tsx, add this to the features:\n    import xPlugin from 'plugin-x/alpha';\n    xPlugin"},
		{"a legacy backend of another shape", "index.ts", "apiRouter.use(notFoundHandler())", "apiRouter", legacyRouter,
			"apiRouter.use(notFoundHandler());\n",
			"By hand, in index.ts, where the other plugins' routers are made:\n    import techX from './plugins/tech-x';\n    const techXEnv = useHotMemoize(module, () => createEnv('tech-x'));\n    apiRouter.use('/tech-x', await techX(techXEnv));"},
	} {
		f := parseFile(t, c.file, c.src)
		edits, err := c.op(f, mountAt(t, f, c.at, c.label))
		found := diag.Of(err)
		if len(found) != 1 || edits != nil {
			t.Errorf("%s: got edits %v and %v, want a refusal", c.name, edits, err)
			continue
		}
		if !strings.HasPrefix(found[0].Manual, c.manual) {
			t.Errorf("%s: manual step is\n%s\nwant\n%s", c.name, found[0].Manual, c.manual)
		}
		if found[0].Pos.Line == 0 {
			t.Errorf("%s: the refusal has no position", c.name)
		}
	}
}

func TestMountsFor(t *testing.T) {
	mount := func(start int, pages ...string) wiring.Mount {
		return wiring.Mount{File: "EntityPage.tsx", Span: text.Span{Start: start, End: start + 1}, Pages: pages}
	}
	for _, c := range []struct {
		name   string
		mounts []wiring.Mount
		want   []int
	}{
		{"services and websites", []wiring.Mount{mount(1, "component:service"), mount(2, "component:website"), mount(3, "default")}, []int{1, 2}},
		{"one page for both", []wiring.Mount{mount(1, "component:service", "component:website"), mount(1, "component:website")}, []int{1}},
		{"one page for all components", []wiring.Mount{mount(1, "api"), mount(2, "component")}, []int{2}},
		{"one page for everything", []wiring.Mount{mount(1, "default")}, []int{1}},
		{"none that fits", []wiring.Mount{mount(1, "user")}, nil},
	} {
		var got []int
		for _, m := range MountsFor(c.mounts, DefaultPages) {
			got = append(got, m.Span.Start)
		}
		if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
