package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// The codes of problems.
const (
	UnknownKey     = "unknown-key"     // a key that the schema does not have
	WrongType      = "wrong-type"      // a value of another type, or none of the alternatives
	WrongValue     = "wrong-value"     // a value that is not in the enumeration
	MissingKey     = "missing-key"     // a required key is not there
	PlainSecret    = "plain-secret"    // a secret is written in the file
	FrontendSecret = "frontend-secret" // what looks like a secret is sent to browsers
	DeprecatedKey  = "deprecated-key"  // a key that should no longer be used
)

// Problem is one way in which a configuration does not fit its schema.
type Problem struct {
	Code string
	// Severity is a hint: how likely it is that something does not work.
	Severity diag.Severity
	Path     Path   // to the value, or to the key that is missing; "[0]" is an item of a list
	Summary  string // one sentence, no full stop
	Expected string // what the schema wants, in words; "" if that says nothing
	Near     string // the known key that an unknown one is close to; "" for none
	Sources  []Source

	File string
	Span text.Span
	Pos  text.Pos
}

// Diagnostic is the problem as a diagnostic, with who says so as its detail.
func (p Problem) Diagnostic() *diag.Diagnostic {
	d := &diag.Diagnostic{Severity: p.Severity, Code: p.Code, File: p.File, Span: p.Span, Pos: p.Pos, Summary: p.Summary}
	if len(p.Sources) > 0 {
		said := make([]string, 0, 3)
		for _, s := range p.Sources[:min(len(p.Sources), 3)] {
			said = append(said, s.String())
		}
		d.Detail = "the schema is of " + strings.Join(said, ", ")
	}
	return d
}

// CheckOptions say how strict Check is.
type CheckOptions struct {
	// Unknown reports all keys that the schema does not have, where it has any. Otherwise only
	// those are reported that are close to one that is not set, and those where the schema says
	// that there must be no others.
	Unknown bool
	// NoMissing leaves out required keys: for a file that is not the whole configuration.
	NoMissing bool
}

// Check compares a configuration with a schema and says what does not fit, in the order of files
// and places.
//
// It is as lenient as Backstage: null is as good as nothing, but in lists a value; strings that a number
// or boolean can be read from are those, scalars are strings, and what comes from the environment or from another
// file ($env, $file, $include, ${NAME}) fits everything.
func (s *Schema) Check(config *Node, opts CheckOptions) []Problem {
	c := &checker{opts: opts, left: maxValues}
	c.value(s, config, nil, "")
	return order(c.out)
}

// order sorts problems by place, each once.
func order(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Path.String(), b.Path.String()))
	})
	return slices.CompactFunc(list, func(a, b Problem) bool {
		return a.File == b.File && a.Span == b.Span && a.Code == b.Code && a.Path.String() == b.Path.String()
	})
}

// CheckFiles checks the files that a configuration is made of, in the order in which they are
// laid over each other: the values of each file by themselves, for each may be the one that counts
// somewhere, and the required keys of all of them together, for what any file sets is not
// missing. nil files are left out.
func (s *Schema) CheckFiles(files []*Node, opts CheckOptions) []Problem {
	var out []Problem
	all := together(files)
	for _, f := range files {
		if f == nil {
			continue
		}
		// What a file lacks and others have may be meant, in one of several alternatives too.
		c := &checker{left: maxValues, opts: opts, all: all}
		c.value(s, f, nil, "")
		out = append(out, slices.DeleteFunc(c.out, func(p Problem) bool { return p.Code == MissingKey })...)
	}
	if !opts.NoMissing {
		for _, p := range s.Check(all, opts) {
			if p.Code == MissingKey {
				out = append(out, p)
			}
		}
	}
	return order(out)
}

type checker struct {
	opts CheckOptions
	out  []Problem
	left int
	// all is the configuration that all files make together, if what is checked is one of them.
	all *Node
	// known says that unknown keys are no matter: another alternative may have them.
	known bool
}

func (c *checker) report(p Problem, n *Node) {
	p.File, p.Span, p.Pos = n.File, n.Span, n.Pos
	c.out = append(c.out, p)
}

// value checks a value that is there. deep is the inherited visibility.
func (c *checker) value(s *Schema, n *Node, path Path, deep Visibility) {
	if c.left--; s == nil || n == nil || c.left < 0 || len(path) > maxDepth*2 {
		return
	}
	if s.DeepVisibility != "" {
		deep = s.DeepVisibility
	}
	c.secrecy(s, n, path, deep)
	if n.From != "" || n.Type == Null && !inList(path) {
		return
	}
	if s.Deprecated != "" && len(path) > 0 {
		why := strings.Join(strings.Fields(s.Deprecated), " ")
		summary := path.String() + " is deprecated"
		if why != "deprecated" {
			summary += ": " + strings.TrimSuffix(why, ".")
		}
		c.report(Problem{Code: DeprecatedKey, Severity: diag.Note, Path: path, Summary: summary, Sources: s.Sources}, n)
	}
	if !c.typed(s, n, path) || !c.enumerated(s, n, path) || !c.chosen(s, n, path, deep) {
		return
	}
	switch n.Type {
	case Object:
		c.object(s, n, path, deep)
	case Array:
		for i, item := range n.Items {
			if sub, ok := s.item(i, 0); ok {
				c.value(sub, item, down(path, "["+strconv.Itoa(i)+"]"), deep)
			}
		}
	}
}

func (c *checker) typed(s *Schema, n *Node, path Path) bool {
	if len(s.Types) == 0 || !n.Known() {
		return true
	}
	for _, t := range s.Types {
		if n.fits(t) {
			return true
		}
	}
	want := s.TypeName()
	p := Problem{
		Code: WrongType, Severity: diag.Error, Path: path, Expected: want, Sources: s.Sources,
		Summary: fmt.Sprintf("%s is %s, but should be %s", pathName(path), n.describe(), withArticle(want)),
	}
	if hasType(s.Types, Boolean) && n.Type != Object && n.Type != Array && isBoolean(n.Text) {
		p.Severity = diag.Note
		p.Summary = fmt.Sprintf("%s is %q, which the backend takes for a boolean, and the official validation does not", pathName(path), n.Text)
	}
	c.report(p, n)
	return false
}

// withArticle is the name of a type in a sentence.
func withArticle(name string) string {
	switch {
	case name == "anything", strings.Contains(name, " | "):
		return name
	case strings.ContainsAny(name[:1], "aeiou"):
		return "an " + name
	}
	return "a " + name
}

// inList reports whether a path is to a value in a list. There null is a value; elsewhere it is
// as good as nothing.
func inList(path Path) bool {
	return slices.ContainsFunc(path, func(name string) bool { return strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") })
}

// fits reports whether a value can be read as a type.
func (n *Node) fits(t Type) bool {
	if n.Type == Null {
		return t != Object && t != Array
	}
	switch t {
	case Object, Array:
		return n.Type == t
	case Null:
		return n.Type == Null || n.Text == ""
	case String:
		return n.Type == String || n.Type == Number || n.Type == Boolean
	case Number:
		return n.Type == Number || n.Type == Boolean || n.Type == String && isNumber(n.Text)
	case Integer:
		f, err := strconv.ParseFloat(strings.TrimSpace(n.Text), 64)
		return (n.Type == Number || n.Type == String) && (err != nil && n.Type == Number || err == nil && f == float64(int64(f)))
	case Boolean:
		return n.Type == Boolean || n.Type == String && (n.Text == "true" || n.Text == "false") || n.Type == Number && (n.Text == "0" || n.Text == "1")
	}
	return true
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil
}

// isBoolean knows the words that @backstage/config takes for booleans.
func isBoolean(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "y", "yes", "true", "1", "on", "n", "no", "false", "0", "off":
		return true
	}
	return false
}

func (n *Node) describe() string {
	switch n.Type {
	case Object:
		return "an object"
	case Array:
		return "a list"
	case String:
		return "a string"
	case Number:
		return "the number " + n.Text
	case Boolean:
		return n.Text
	}
	return "empty"
}

func (c *checker) enumerated(s *Schema, n *Node, path Path) bool {
	if len(s.Enum) == 0 || !n.Known() || n.Type == Object || n.Type == Array {
		return true
	}
	names := make([]string, 0, len(s.Enum))
	for _, v := range s.Enum {
		text := scalarText(v)
		if text == n.Text || typeOf(v) == Boolean && strings.EqualFold(text, n.Text) {
			return true
		}
		names = append(names, text)
	}
	c.report(Problem{
		Code: WrongValue, Severity: diag.Error, Path: path, Expected: s.TypeName(), Near: nearest(n.Text, names), Sources: s.Sources,
		Summary: fmt.Sprintf("%s is %s, but should be %s", pathName(path), n.quoted(s, path), oneOf(names)),
	}, n)
	return false
}

// quoted is a value for a message, which never shows secrets.
func (n *Node) quoted(s *Schema, path Path) string {
	if s.Visibility == Secret || len(n.Text) > 60 || len(path) > 0 && looksSecret(path[len(path)-1]) {
		return n.describe()
	}
	if n.Type == String {
		return strconv.Quote(n.Text)
	}
	return n.Text
}

func oneOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	if len(names) > 12 {
		names = append(names[:12:12], "...")
	}
	return "one of " + strings.Join(names, ", ")
}

// chosen checks choices: of each, one alternative must fit. If none does, it reports the problems
// of the alternative that is meant, or that there is none.
func (c *checker) chosen(s *Schema, n *Node, path Path, deep Visibility) bool {
	all := true
	for _, choice := range s.Choices {
		var meant []alternative // those that may be meant
		fits := false
		for _, a := range choice {
			sub := &checker{opts: c.opts, left: c.left, all: c.all, known: true}
			sub.value(a, n, path, deep)
			c.left = sub.left
			if !slices.ContainsFunc(sub.out, Problem.excludes) {
				fits = true
				// What else the alternative says (a secret, a deprecation) holds.
				c.out = append(c.out, sub.out...)
				break
			}
			if n.shape(a) {
				meant = append(meant, alternative{a, sub.out})
			}
		}
		switch {
		case fits:
			continue
		case len(meant) == 1:
			c.out = append(c.out, meant[0].problems...)
		case len(meant) > 0 || !c.told(choice, n, path):
			c.none(s, choice, meant, n, path)
		}
		all = false
	}
	return all
}

// alternative is one of several schemas, with what is wrong with a value by it.
type alternative struct {
	schema   *Schema
	problems []Problem
}

// knows is how many of a value's keys an alternative has.
func (a alternative) knows(n *Node) int {
	count := 0
	for _, m := range n.Members {
		if _, ok := a.schema.own(m.Name); ok {
			count++
		}
	}
	return count
}

// excludes reports whether the problem says that an alternative is not the one that is meant.
func (p Problem) excludes() bool {
	return p.Code == WrongType || p.Code == WrongValue || p.Code == MissingKey
}

// none reports that a value is none of several alternatives, with what keeps it from being the
// nearest one.
func (c *checker) none(s *Schema, choice []*Schema, meant []alternative, n *Node, path Path) {
	want := (&Schema{Choices: [][]*Schema{choice}}).TypeName()
	summary := fmt.Sprintf("%s is %s, but should be %s", pathName(path), n.describe(), withArticle(want))
	if len(meant) > 0 {
		nearest := slices.MinFunc(meant, func(a, b alternative) int {
			return cmp.Or(cmp.Compare(b.knows(n), a.knows(n)), cmp.Compare(len(a.problems), len(b.problems)))
		}).problems
		i := slices.IndexFunc(nearest, Problem.excludes)
		summary = fmt.Sprintf("%s is none of what it can be (for one of them, %s)", pathName(path), nearest[i].Summary)
	}
	c.report(Problem{Code: WrongType, Severity: diag.Warning, Path: path, Expected: want, Sources: s.Sources, Summary: summary}, n)
}

// told reports a value of the key that tells the alternatives apart, such as type, if it is none
// of theirs. It is false if there is no such key.
func (c *checker) told(choice []*Schema, n *Node, path Path) bool {
	if n.Type != Object {
		return false
	}
	for _, m := range n.Members {
		var names []string
		var from []Source
		for _, a := range choice {
			p, ok := a.own(m.Name)
			if !ok || len(p.Schema.Enum) == 0 {
				names = nil
				break
			}
			from = appendSources(from, p.Schema.Sources)
			for _, v := range p.Schema.Enum {
				if text := scalarText(v); !slices.Contains(names, text) {
					names = append(names, text)
				}
			}
		}
		if len(names) == 0 || !m.Value.Known() || slices.Contains(names, m.Value.Text) {
			continue
		}
		key := down(path, m.Name)
		c.report(Problem{
			Code: WrongValue, Severity: diag.Warning, Path: key, Expected: strings.Join(names, " | "), Near: nearest(m.Value.Text, names), Sources: from,
			Summary: fmt.Sprintf("%s is %s, but should be %s", key, m.Value.quoted(&Schema{}, key), oneOf(names)),
		}, m.Value)
		return true
	}
	return false
}

// shape reports whether a is the alternative that the value seems to be meant for: of its type,
// and with the constants that tell alternatives apart.
func (n *Node) shape(a *Schema) bool {
	fits := len(a.Types) == 0
	for _, t := range a.Types {
		fits = fits || n.Type == t || n.fits(t)
	}
	if !fits {
		return false
	}
	for _, p := range a.Properties {
		if len(p.Schema.Enum) == 0 || !p.Required {
			continue
		}
		v := n.Get(p.Name)
		if v == nil || !v.Known() {
			return false
		}
		if !slices.ContainsFunc(p.Schema.Enum, func(e any) bool { return scalarText(e) == v.Text }) {
			return false
		}
	}
	return true
}
