package npmver

import "testing"

var specifiers = []struct {
	text  string
	kind  Kind
	name  string
	rng   string // "-": none
	style Style
	next  string // WithVersion("2.0.0"), "-": none
}{
	{"", Ranged, "", "", OtherStyle, "-"},
	{"*", Ranged, "", "*", OtherStyle, "-"},
	{"1.2.3", Exact, "", "1.2.3", ExactStyle, "2.0.0"},
	{"1.2.3-next.0", Exact, "", "1.2.3-next.0", ExactStyle, "2.0.0"},
	{"=1.2.3", Ranged, "", "=1.2.3", OtherStyle, "-"},
	{"v1.2.3", Ranged, "", "v1.2.3", OtherStyle, "-"},
	{"^1.2.3", Ranged, "", "^1.2.3", CaretStyle, "^2.0.0"},
	{"~1.2.3", Ranged, "", "~1.2.3", TildeStyle, "~2.0.0"},
	{"^1.2", Ranged, "", "^1.2", OtherStyle, "-"},
	{"^ 1.2.3", Ranged, "", "^ 1.2.3", OtherStyle, "-"},
	{"1.x", Ranged, "", "1.x", OtherStyle, "-"},
	{">=1.2.3", Ranged, "", ">=1.2.3", OtherStyle, "-"},
	{"^1.2.3 || ^2.0.0", Ranged, "", "^1.2.3 || ^2.0.0", OtherStyle, "-"},
	{"latest", Tag, "", "-", OtherStyle, "-"},
	{"next", Tag, "", "-", OtherStyle, "-"},
	{"workspace:^", Workspace, "", "-", CaretStyle, "-"},
	{"workspace:~", Workspace, "", "-", TildeStyle, "-"},
	{"workspace:*", Workspace, "", "-", OtherStyle, "-"},
	{"workspace:^1.2.3", Workspace, "", "^1.2.3", CaretStyle, "workspace:^2.0.0"},
	{"workspace:packages/x", Workspace, "", "-", OtherStyle, "-"},
	{"workspace:", Workspace, "", "-", OtherStyle, "-"},
	{"backstage:^", Backstage, "", "-", CaretStyle, "-"},
	{"backstage:~", Unknown, "", "-", OtherStyle, "-"},
	{"npm:other@^1.2.3", Alias, "other", "^1.2.3", CaretStyle, "npm:other@^2.0.0"},
	{"npm:@scope/other@1.2.3", Alias, "@scope/other", "1.2.3", ExactStyle, "npm:@scope/other@2.0.0"},
	{"npm:@scope/other@latest", Alias, "@scope/other", "-", OtherStyle, "-"},
	{"npm:@scope/other", Alias, "@scope/other", "-", OtherStyle, "-"},
	{"npm:^1.2.3", Alias, "", "^1.2.3", CaretStyle, "npm:^2.0.0"},
	{"npm:", Alias, "", "-", OtherStyle, "-"},
	{"npm:a b@c d", Unknown, "", "-", OtherStyle, "-"},
	{"file:../x", Local, "", "-", OtherStyle, "-"},
	{"./x", Local, "", "-", OtherStyle, "-"},
	{"../x", Local, "", "-", OtherStyle, "-"},
	{"..", Local, "", "-", OtherStyle, "-"},
	{"/x", Local, "", "-", OtherStyle, "-"},
	{"~/x", Local, "", "-", OtherStyle, "-"},
	{"x-1.2.3.tgz", Local, "", "-", OtherStyle, "-"},
	{"link:../x", Link, "", "-", OtherStyle, "-"},
	{"portal:../x", Portal, "", "-", OtherStyle, "-"},
	{"catalog:", Catalog, "", "-", OtherStyle, "-"},
	{"catalog:react18", Catalog, "", "-", OtherStyle, "-"},
	{"patch:a@npm%3A1.2.3#~/.yarn/patches/a.patch", Patch, "a", "1.2.3", ExactStyle, "-"},
	{"patch:@s/a@npm%3A%5E1.2.3#./a.patch", Patch, "@s/a", "%5E1.2.3", CaretStyle, "-"},
	{"patch:@s/a@npm:^1.2.3#./a.patch", Patch, "@s/a", "^1.2.3", CaretStyle, "-"},
	{"patch:a@1.2.3", Unknown, "", "-", OtherStyle, "-"},
	{"git+https://example.test/a.git#semver:^1", Git, "", "-", OtherStyle, "-"},
	{"git@example.test:a/b.git", Git, "", "-", OtherStyle, "-"},
	{"github:a/b", Git, "", "-", OtherStyle, "-"},
	{"a/b", Git, "", "-", OtherStyle, "-"},
	{"a/b#main", Git, "", "-", OtherStyle, "-"},
	{"https://example.test/a.git", Git, "", "-", OtherStyle, "-"},
	{"https://example.test/a-1.2.3.tgz", URL, "", "-", OtherStyle, "-"},
	{"^1.2.3.4", Unknown, "", "-", OtherStyle, "-"},
	{"jsr:^1", Unknown, "", "-", OtherStyle, "-"},
	{"two words", Unknown, "", "-", OtherStyle, "-"},
	{":", Unknown, "", "-", OtherStyle, "-"},
}

func TestSpecifier(t *testing.T) {
	for _, test := range specifiers {
		s := ParseSpecifier(test.text)
		if s.String() != test.text || s.Kind() != test.kind || s.Name() != test.name || s.Style() != test.style {
			t.Errorf("%q: %q, kind %v, name %q, style %v", test.text, s, s.Kind(), s.Name(), s.Style())
		}
		if r, ok := s.Range(); ok != (test.rng != "-") || ok && r.String() != decode.Replace(test.rng) {
			t.Errorf("%q: range %q, %v", test.text, r, ok)
		}
		next, ok := s.WithVersion("2.0.0")
		want := test.next
		if want == "-" {
			want = test.text
		}
		if ok != (test.next != "-") || next.String() != want {
			t.Errorf("%q for 2.0.0: %q, %v", test.text, next, ok)
		}
	}
}

func TestWithVersionRefusesWhatIsNoVersion(t *testing.T) {
	if s, ok := ParseSpecifier("^1.2.3").WithVersion("next"); ok || s.String() != "^1.2.3" {
		t.Errorf("%q %v", s, ok)
	}
}

func TestStyleWritesARange(t *testing.T) {
	for style, want := range map[Style]string{CaretStyle: "^1.2.3", TildeStyle: "~1.2.3", ExactStyle: "1.2.3", OtherStyle: "^1.2.3"} {
		if got := style.Range("1.2.3"); got != want {
			t.Errorf("%v: %s", style, got)
		}
	}
}

func FuzzSpecifierKeepsItsText(f *testing.F) {
	for _, s := range specifiers {
		f.Add(s.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := ParseSpecifier(text)
		if s.String() != text {
			t.Errorf("%q became %q", text, s)
		}
		s.Range()
		next, ok := s.WithVersion("2.0.0")
		if !ok {
			return
		}
		if next.Kind() != s.Kind() || next.Style() != s.Style() || next.Name() != s.Name() {
			t.Errorf("%q became %q", text, next)
		}
		again := ParseSpecifier(next.String())
		if again.String() != next.String() || again.Kind() != next.Kind() {
			t.Errorf("%q is %v, read again %v", next, next.Kind(), again.Kind())
		}
		r, ok := again.Range()
		if v, _ := ParseVersion("2.0.0"); !ok || !r.Satisfies(v) {
			t.Errorf("%q does not admit 2.0.0", next)
		}
	})
}
