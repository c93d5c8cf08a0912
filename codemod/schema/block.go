package schema

import (
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// BlockOptions say what Block writes beyond what the schema requires. Paths are from the root of
// the configuration; "[]" is an item of a list, and a name where the schema has free keys is
// written as it is.
type BlockOptions struct {
	// Required are keys that are needed although the schema does not say so.
	Required []Path
	// Optional are keys to show commented out.
	Optional []Path
	// Values are YAML values to write, on one line each, by Path.String().
	Values map[string]string
	// Env names the environment variable of a key; nil for EnvName.
	Env func(Path) string
	// Width is the column that comments do not pass; 0 for 90.
	Width int
}

// Block is a piece of configuration to put into app-config.yaml.
type Block struct {
	Path []string // the keys down to it
	// YAML is the value at Path: a mapping, a sequence or a scalar with comments, indented by two
	// spaces, ending in a newline.
	YAML string
	// Required says that something in it must be there.
	Required bool
	Why      string   // one sentence
	Env      []EnvVar // that YAML names as ${NAME}, in their order
}

// EnvVar is an environment variable that a Block names.
type EnvVar struct {
	Name        string
	Description string
	Secret      bool
	Optional    bool // only commented-out lines name it
	Path        Path // the key whose value it is; the first, if several
}

// Block writes the configuration at a path that the schema requires there, with the options'.
// It is false if that is nothing, or nothing but empty collections.
//
// Values are the default, the constant or the first of an enumeration; a secret, and what nobody
// can know, is an environment variable: ${NAME}. Descriptions become comments above the keys.
// Lists get one item, of alternatives the first that is not deprecated is written. s may be nil:
// then the keys of the options alone are written.
func (s *Schema) Block(path []string, opts BlockOptions) (Block, bool) {
	w := &blockWriter{opts: opts, env: map[string]int{}}
	if w.opts.Width == 0 {
		w.opts.Width = 90
	}
	if w.opts.Env == nil {
		w.opts.Env = EnvName
	}
	at, ok := s.At(path...)
	if !ok {
		at = &Schema{}
	}
	deep := Visibility("")
	for i := 0; i <= len(path); i++ {
		if sub, ok := s.At(path[:i]...); ok && sub.DeepVisibility != "" {
			deep = sub.DeepVisibility
		}
	}
	out := Block{Path: append([]string(nil), path...)}
	base := append(Path(nil), path...)
	inline, lines := w.value(at, base, deep, 0, false)
	if inline != "" && (len(base) == 0 || inline == "{}") && !w.wanted(base) {
		return out, false
	}
	if inline != "" {
		lines = []string{inline}
	}
	out.YAML = strings.Join(lines, "\n") + "\n"
	says := false // anything but empty collections
	for _, l := range lines {
		l = strings.TrimSpace(l)
		live := l != "" && l[0] != '#'
		out.Required = out.Required || live
		says = says || !live || !strings.HasSuffix(l, ":") && !strings.HasSuffix(l, ": {}") && !strings.HasSuffix(l, ": []")
	}
	if !says && !w.wanted(base) {
		return out, false
	}
	out.Env = w.vars
	out.Why = why(at, base, out.Required)
	return out, true
}

func why(s *Schema, path Path, required bool) string {
	needs := "may set under"
	if required {
		needs = "needs under"
	}
	who := "the plugin"
	if len(s.Sources) > 0 && s.Sources[0].Package != "" {
		who = s.Sources[0].Package
	}
	return "What " + who + " " + needs + " " + pathName(path) + "."
}

// EnvName is the environment variable for the value of a key: SONARQUBE_API_KEY for
// sonarqube.apiKey.
func EnvName(path Path) string {
	var b strings.Builder
	for _, name := range path {
		if name == "[]" || name == "*" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('_')
		}
		lower := false
		for _, c := range name {
			switch {
			case c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c):
				c = '_'
			case unicode.IsUpper(c) && lower:
				b.WriteByte('_')
			}
			lower = unicode.IsLower(c) || unicode.IsDigit(c)
			b.WriteRune(unicode.ToUpper(c))
		}
	}
	name := b.String()
	if name == "" || unicode.IsDigit(rune(name[0])) {
		return "CONFIG_" + name
	}
	return name
}

type blockWriter struct {
	opts BlockOptions
	vars []EnvVar
	env  map[string]int // index in vars by name
	size int
}

// wanted reports whether the options require the key at path, or one in it.
func (w *blockWriter) wanted(path Path) bool {
	return anyWithin(w.opts.Required, path) || w.hasValue(path)
}

func (w *blockWriter) hasValue(path Path) bool {
	prefix := path.String()
	for name := range w.opts.Values {
		if rest, ok := strings.CutPrefix(name, prefix); ok && (rest == "" || prefix == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

func anyWithin(paths []Path, path Path) bool {
	for _, p := range paths {
		if within(p, path) {
			return true
		}
	}
	return false
}

// within reports whether p is path or below it. "*" is any key.
func within(p, path Path) bool {
	if len(p) < len(path) {
		return false
	}
	for i, name := range path {
		if p[i] != name && (p[i] != "*" || name == "[]") {
			return false
		}
	}
	return true
}

// value writes a value at an indentation: as text behind the key, or as lines of its own.
func (w *blockWriter) value(s *Schema, path Path, deep Visibility, indent int, commented bool) (string, []string) {
	if v, ok := w.opts.Values[path.String()]; ok {
		return v, nil
	}
	if w.size++; w.size > 2000 || len(path) > maxDepth/2 {
		return "{}", nil
	}
	s = w.choose(s, path)
	if s.DeepVisibility != "" {
		deep = s.DeepVisibility
	}
	vis := s.Visibility
	if vis == "" {
		vis = deep
	}
	switch {
	case w.isList(s, path):
		return w.list(s, path, deep, indent, commented)
	case isDuration(s) && len(path) > 0 && !anyBelow(w.opts.Required, path) && !w.valueBelow(path):
		if path[len(path)-1] == "timeout" {
			return "{ minutes: 3 }", nil
		}
		return "{ minutes: 30 }", nil
	case isObject(s) || anyBelow(w.opts.Required, path) || w.valueBelow(path):
		return w.object(s, path, deep, indent, commented)
	}
	return w.scalar(s, path, vis, commented), nil
}

func (w *blockWriter) valueBelow(path Path) bool {
	_, itself := w.opts.Values[path.String()]
	return w.hasValue(path) && !itself
}

func anyBelow(paths []Path, path Path) bool {
	for _, p := range paths {
		if len(p) > len(path) && within(p, path) {
			return true
		}
	}
	return false
}

func isObject(s *Schema) bool {
	return hasType(s.Types, Object) && len(s.Types) == 1 || len(s.Types) == 0 && (len(s.Properties) > 0 || s.Rest != nil || s.Closed)
}

func (w *blockWriter) isList(s *Schema, path Path) bool {
	return len(s.Types) == 1 && s.Types[0] == Array || anyWithin(w.opts.Required, append(path[:len(path):len(path)], "[]"))
}

// isDuration recognises HumanDuration, whose keys are all optional and of which one is needed.
func isDuration(s *Schema) bool {
	_, minutes := s.own("minutes")
	_, seconds := s.own("seconds")
	if !minutes || !seconds {
		return false
	}
	for _, p := range s.Properties {
		if p.Required {
			return false
		}
	}
	return true
}

// choose settles on one alternative of each choice: the first that has the keys asked for, else
// a duration, else the first that is not deprecated.
func (w *blockWriter) choose(s *Schema, path Path) *Schema {
	for depth := 0; len(s.Choices) > 0 && depth < maxDepth; depth++ {
		out := *s
		choice := s.Choices[0]
		out.Choices = s.Choices[1:]
		best, score := choice[0], -1
		for _, a := range choice {
			if n := w.score(a, path); n > score {
				best, score = a, n
			}
		}
		var m merger
		s = m.both(nil, &out, best)
	}
	return s
}

func (w *blockWriter) score(s *Schema, path Path) int {
	n := 1
	switch {
	case s.Deprecated != "":
		n = 0
	case isDuration(s):
		n = 2
	}
	for _, p := range w.opts.Required {
		if len(p) > len(path) && within(p, path) {
			if _, ok := s.step(p[len(path)]); ok {
				n += 2
			}
		}
	}
	return n
}

func (w *blockWriter) list(s *Schema, path Path, deep Visibility, indent int, commented bool) (string, []string) {
	item, ok := s.item(-1, 0)
	if !ok {
		item = &Schema{}
		if !anyBelow(w.opts.Required, path) && !w.hasValue(path) {
			return "[]", nil
		}
	}
	if len(s.Tuple) > 0 {
		item = s.Tuple[0]
	}
	pad := strings.Repeat(" ", indent)
	inline, lines := w.value(item, append(path[:len(path):len(path)], "[]"), deep, indent+2, commented)
	if inline == "{}" {
		return "[]", nil
	}
	if inline != "" {
		return "", []string{pad + "- " + inline}
	}
	// The dash goes to the first line that is not a comment; comments before it stand above.
	done := false
	for i, l := range lines {
		switch {
		case done:
		case strings.HasPrefix(strings.TrimSpace(l), "#"):
			lines[i] = strings.TrimPrefix(l, "  ")
		default:
			lines[i] = pad + "- " + l[indent+2:]
			done = true
		}
	}
	if !done {
		return "[]", nil
	}
	return "", lines
}

func (w *blockWriter) object(s *Schema, path Path, deep Visibility, indent int, commented bool) (string, []string) {
	names := s.names()
	add := func(paths []Path) {
		for _, p := range paths {
			if len(p) > len(path) && within(p, path) && !contains(names, p[len(path)]) && p[len(path)] != "[]" {
				names = append(names, p[len(path)])
			}
		}
	}
	add(w.opts.Required)
	add(w.opts.Optional)
	var lines []string
	live := false
	for _, name := range names {
		p, _ := s.Property(name)
		if p.Schema == nil {
			if sub, ok := s.step(name); ok {
				p.Schema = sub
			} else {
				p.Schema = &Schema{}
			}
		}
		key := append(path[:len(path):len(path)], name)
		need := p.Required || w.wanted(key)
		if !need && !anyWithin(w.opts.Optional, key) {
			continue
		}
		if name == "*" {
			name = "default"
		}
		below := w.member(p.Schema, name, key, deep, indent, commented || !need)
		if !need && !commented {
			below = commentOut(below, indent)
		}
		live = live || need
		lines = append(lines, below...)
	}
	if !live {
		// Commented-out keys alone would leave null behind; at the root that is for the caller.
		if len(lines) == 0 || indent > 0 && !commented {
			return "{}", nil
		}
	}
	return "", lines
}

func contains(list []string, s string) bool {
	for _, has := range list {
		if has == s {
			return true
		}
	}
	return false
}

// member writes a key with its comment and value.
func (w *blockWriter) member(s *Schema, name string, path Path, deep Visibility, indent int, commented bool) []string {
	pad := strings.Repeat(" ", indent)
	lines := w.comment(s, pad)
	inline, below := w.value(s, path, deep, indent+2, commented)
	if inline != "" {
		return append(lines, pad+keyText(name)+": "+inline)
	}
	return append(append(lines, pad+keyText(name)+":"), below...)
}

func commentOut(lines []string, indent int) []string {
	out := make([]string, len(lines))
	pad := strings.Repeat(" ", indent)
	for i, l := range lines {
		body := strings.TrimPrefix(l, pad)
		if strings.HasPrefix(body, "# ") || body == "#" {
			out[i] = l
		} else {
			out[i] = pad + "# " + body
		}
	}
	return out
}

func (w *blockWriter) scalar(s *Schema, path Path, vis Visibility, commented bool) string {
	if vis != Secret {
		if d := s.Default; d != nil && s.fitsScalar(d) {
			return yamlText(d)
		}
		if len(s.Enum) > 0 && isScalar(s.Enum[0]) {
			return yamlText(s.Enum[0])
		}
		if len(s.Types) == 1 && s.Types[0] == Boolean {
			return "false"
		}
		if len(s.Types) == 1 && s.Types[0] == Null {
			return "null"
		}
	}
	name := w.opts.Env(path)
	at, known := w.env[name]
	if known && w.vars[at].Path.String() != path.String() {
		for i := 2; known; i++ {
			next := name + "_" + strconv.Itoa(i)
			if at, known = w.env[next]; !known || w.vars[at].Path.String() == path.String() {
				name = next
				break
			}
		}
	}
	if !known {
		w.env[name] = len(w.vars)
		w.vars = append(w.vars, EnvVar{
			Name: name, Description: envDescription(s, path), Secret: vis == Secret, Optional: commented, Path: path,
		})
	} else if !commented {
		w.vars[at].Optional = false
	}
	return "${" + name + "}"
}

func isScalar(v any) bool {
	switch v.(type) {
	case string, float64, bool:
		return true
	}
	return false
}

// fitsScalar reports whether a default can be written as the value.
func (s *Schema) fitsScalar(v any) bool {
	if !isScalar(v) || len(s.Types) > 0 && !hasType(s.Types, typeOf(v)) {
		return false
	}
	return len(s.Enum) == 0 || hasValue(s.Enum, v)
}

func envDescription(s *Schema, path Path) string {
	first := paragraph(s.Description)
	if first == "" {
		return "The value of " + path.String() + "."
	}
	for i := range len(first) - 1 {
		if first[i] == '.' && first[i+1] == ' ' && !strings.HasSuffix(first[:i], "e.g") && !strings.HasSuffix(first[:i], "i.e") {
			return first[:i+1]
		}
	}
	return first
}

// yamlText is a scalar as YAML on one line.
func yamlText(v any) string {
	switch x := v.(type) {
	case float64:
		v = jsonNumber(x)
	case string:
		if strings.ContainsAny(x, "\n\r") {
			v = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: x, Style: yaml.DoubleQuotedStyle}
		}
	}
	out, err := yaml.Marshal(v)
	if err != nil {
		return "null"
	}
	return strings.TrimSpace(string(out))
}

// keyText is a key as YAML. Other than values, n and on are not put into quotes for readers of old
// YAML.
func keyText(name string) string {
	switch name {
	case "y", "Y", "n", "N", "on", "off", "yes", "no":
		return name
	}
	return yamlText(name)
}

func jsonNumber(f float64) any {
	if i := int64(f); float64(i) == f {
		return i
	}
	return f
}
