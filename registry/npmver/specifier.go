package npmver

import (
	"regexp"
	"strings"
)

// Kind is what a dependency specifier is.
type Kind uint8

// The kinds of specifiers. What npm reads as a name of a release line ("latest") is a Tag;
// what none of the rules fits is Unknown.
const (
	Unknown   Kind = iota
	Exact          // 1.2.3
	Ranged         // ^1.2.3, "", 1.x || 2
	Tag            // next
	Workspace      // workspace:^, workspace:*, workspace:^1.2.3, workspace:packages/x
	Backstage      // backstage:^ of the Backstage yarn plugin
	Alias          // npm:other@^1.2.3; also npm:^1.2.3, which is the range alone
	Local          // file:../x, ../x, /x, x.tgz
	Link           // link:../x
	Portal         // portal:../x
	Patch          // patch:name@npm%3A^1.2.3#./x.patch
	Catalog        // catalog:, catalog:name
	Git            // git+https://..., github:a/b, a/b#main
	URL            // http(s) address of a tarball
)

func (k Kind) String() string {
	return [...]string{"unknown", "exact version", "range", "tag", "workspace", "backstage", "alias", "file", "link", "portal",
		"patch", "catalog", "git", "url"}[k]
}

// Style is how the range of a specifier is written.
type Style uint8

// The styles of ranges. OtherStyle is everything else: "*", ">=1", "1 || 2", tags, files.
const (
	OtherStyle Style = iota
	CaretStyle       // ^1.2.3
	TildeStyle       // ~1.2.3
	ExactStyle       // 1.2.3
)

// Range is the range of this style for a version: "^1.2.3", "~1.2.3" or "1.2.3"; OtherStyle
// gives a caret.
func (s Style) Range(version string) string {
	switch s {
	case TildeStyle:
		return "~" + version
	case ExactStyle:
		return version
	}
	return "^" + version
}

// Specifier is the value of an entry in a package.json's dependencies. The zero Specifier is
// the range "".
type Specifier struct {
	kind Kind
	name string // Alias, Patch: the package it stands for

	// The text is before + inner + after; inner is the range or tag, if there is one. In a
	// patch it may be percent-encoded.
	before, inner, after string
}

var (
	tagForm      = regexp.MustCompile(`^[A-Za-z0-9._~!'()-][A-Za-z0-9._~!'()*-]*$`)
	packageForm  = regexp.MustCompile(`^(?:@[a-z0-9-~][a-z0-9-._~]*/)?[A-Za-z0-9-~_][A-Za-z0-9-._~]*$`)
	shorthand    = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+(?:#.*)?$`)
	gitForm      = regexp.MustCompile(`^(?:git\+[a-z+]+:|git:|ssh:|github:|gitlab:|bitbucket:|gist:|[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:)|^https?://[^#]+\.git(?:#.*)?$`)
	localForm    = regexp.MustCompile(`^(?:file:|\.\.?(?:/|$)|/|~/|[A-Za-z]:[/\\])`)
	urlForm      = regexp.MustCompile(`^https?://`)
	localTarball = regexp.MustCompile(`^[^:]+\.(?:tgz|tar\.gz)$`)
)

// ParseSpecifier reads any text: what it cannot read is of kind Unknown.
func ParseSpecifier(text string) Specifier {
	s := Specifier{before: text}
	protocol, rest, hasProtocol := strings.Cut(text, ":")
	switch {
	case hasProtocol && protocol == "workspace":
		return s.ranged(Workspace, "workspace:", rest, "")
	case hasProtocol && protocol == "backstage":
		if rest == "^" {
			s.kind = Backstage
		}
	case hasProtocol && protocol == "npm":
		return s.alias(rest)
	case hasProtocol && protocol == "patch":
		return s.patch(rest)
	case hasProtocol && protocol == "link":
		s.kind = Link
	case hasProtocol && protocol == "portal":
		s.kind = Portal
	case hasProtocol && protocol == "catalog":
		s.kind = Catalog
	case localForm.MatchString(text), localTarball.MatchString(text):
		s.kind = Local
	case gitForm.MatchString(text):
		s.kind = Git
	case urlForm.MatchString(text):
		s.kind = URL
	case shorthand.MatchString(text):
		s.kind = Git
	default:
		return s.ranged(Unknown, "", text, "")
	}
	return s
}

// ranged is s with an inner range. For kind Unknown the range decides the kind.
func (s Specifier) ranged(kind Kind, before, inner, after string) Specifier {
	t := Specifier{kind: kind, name: s.name, before: before, inner: inner, after: after}
	if kind != Unknown {
		return t
	}
	if _, err := ParseRange(inner); err == nil {
		t.kind = Ranged
		if t.Style() == ExactStyle {
			t.kind = Exact
		}
		return t
	}
	if tagForm.MatchString(inner) {
		t.kind = Tag
		return t
	}
	return s
}

func (s Specifier) alias(rest string) Specifier {
	s.kind = Alias
	if i := strings.LastIndexByte(rest, '@'); i > 0 && packageForm.MatchString(rest[:i]) {
		s.name = rest[:i]
		return s.ranged(Alias, "npm:"+rest[:i+1], rest[i+1:], "")
	}
	if _, err := ParseRange(rest); err == nil {
		return s.ranged(Alias, "npm:", rest, "")
	}
	if packageForm.MatchString(rest) {
		s.name = rest
		return s
	}
	s.kind = Unknown
	return s
}

func (s Specifier) patch(rest string) Specifier {
	source, _, found := strings.Cut(rest, "#")
	i := strings.LastIndexByte(source, '@')
	if !found || i <= 0 || !packageForm.MatchString(source[:i]) {
		return s
	}
	s.kind, s.name = Patch, source[:i]
	inner, before := source[i+1:], "patch:"+source[:i+1]
	for _, protocol := range []string{"npm%3A", "npm%3a", "npm:"} {
		if strings.HasPrefix(inner, protocol) {
			before, inner = before+protocol, inner[len(protocol):]
			break
		}
	}
	return s.ranged(Patch, before, inner, rest[len(source):])
}

// String is the text that the specifier was made from.
func (s Specifier) String() string { return s.before + s.inner + s.after }

// Kind is what the specifier is.
func (s Specifier) Kind() Kind {
	if s == (Specifier{}) {
		return Ranged
	}
	return s.kind
}

// Name is the package that an Alias or a Patch stands for; "" for an Alias that names none, and
// for other kinds, where it is the entry's own name.
func (s Specifier) Name() string { return s.name }

var decode = strings.NewReplacer("%20", " ", "%3C", "<", "%3E", ">", "%3D", "=", "%5E", "^", "%7C", "|", "%7E", "~", "%2A", "*")

// Range is the range of versions that the specifier itself states: of a range or an exact
// version, of an alias ("npm:a@^1") or patch, of "workspace:^1.2.3". It is false for what
// only the workspace, a manifest or a registry can tell.
func (s Specifier) Range() (Range, bool) {
	switch s.Kind() {
	case Exact, Ranged, Alias, Workspace, Patch:
	default:
		return Range{}, false
	}
	inner := s.inner
	if s.kind == Patch {
		inner = decode.Replace(inner)
	}
	if s.kind != Exact && s.kind != Ranged && strings.TrimSpace(inner) == "" {
		return Range{}, false
	}
	if s.kind == Workspace && (inner == "*" || inner == "^" || inner == "~") {
		return Range{}, false
	}
	r, err := ParseRange(inner)
	return r, err == nil
}

// Style is how the specifier's range is written. "workspace:^" and "backstage:^" have
// CaretStyle, "workspace:~" has TildeStyle.
func (s Specifier) Style() Style {
	inner := s.inner
	if s.kind == Patch {
		inner = decode.Replace(inner)
	}
	style := ExactStyle
	switch {
	case s.kind == Backstage:
		return CaretStyle
	case strings.HasPrefix(inner, "^"):
		style, inner = CaretStyle, inner[1:]
	case strings.HasPrefix(inner, "~"):
		style, inner = TildeStyle, inner[1:]
	}
	if s.kind == Workspace && inner == "" && style != ExactStyle {
		return style
	}
	if inner == "" || inner[0] < '0' || inner[0] > '9' {
		return OtherStyle
	}
	if _, err := ParseVersion(inner); err != nil {
		return OtherStyle
	}
	return style
}

// WithVersion is the specifier, written in the same style, for another version: "^1.2.3"
// becomes "^2.0.0", "npm:a@~1.0.0" becomes "npm:a@~2.0.0". It is false, and the specifier is
// unchanged, if it states no version in a style that says how to write another: tags, wider
// ranges, "workspace:^", "backstage:^", files, URLs; and patches, which are made for one
// version.
func (s Specifier) WithVersion(version string) (Specifier, bool) {
	if _, err := ParseVersion(version); err != nil {
		return s, false
	}
	switch s.Kind() {
	case Exact, Ranged, Alias, Workspace:
	default:
		return s, false
	}
	style := s.Style()
	if _, ok := s.Range(); !ok || style == OtherStyle {
		return s, false
	}
	s.inner = style.Range(version)
	return s, true
}
