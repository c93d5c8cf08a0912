package schema

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// Set is a value that the user gives for a key.
type Set struct {
	Path Path   // items of lists are "[0]"
	YAML string // the value as YAML on one line
	// Secret says that the schema wants the value to be secret, and it is written in plain text.
	Secret bool
}

// ParseSet reads "a.b[0].c=value". Keys with dots in them are written in quotes or in brackets
// with quotes: a."b.c", a["b.c"]. The value has the type that the schema gives it; one that may be
// of several types, or anything, is read as YAML. Lists and objects are written as YAML in
// brackets and braces. ${NAME} fits everything.
//
// With a nil schema every key and value is taken. Otherwise the key must be one that the schema
// has: where it says nothing of a value's keys, any goes. The error is a *diag.Diagnostic:
// invalid-set, unknown-key (naming the key that is near, or those there are), wrong-type,
// wrong-value.
func ParseSet(s *Schema, text string) (Set, error) {
	path, value, err := splitSet(text)
	if err != nil {
		return Set{}, err
	}
	set := Set{Path: path}
	at := s
	for i, name := range path {
		if at.Any() {
			at = &Schema{}
			break
		}
		next, ok := at.step(name)
		if !ok {
			if at.Allows(Object) && len(at.names()) == 0 && !at.closed(0) && at.Allows(Array) == strings.HasPrefix(name, "[") {
				at = &Schema{}
				break
			}
			return Set{}, unknownSet(at, path, i, text)
		}
		at = next
	}
	set.YAML = setYAML(at, value)
	n, err := ReadYAML("", []byte("value: "+set.YAML+"\n"))
	if err != nil || n.Get("value") == nil || len(n.Members) != 1 {
		return Set{}, diag.Errorf("invalid-set", "--set %s: the value is not YAML on one line", text)
	}
	var sub checker
	sub.left = maxValues
	v := n.Get("value")
	sub.value(at, v, path, "")
	for _, p := range sub.out {
		switch p.Code {
		case UnknownKey, WrongType, WrongValue, MissingKey:
			d := diag.Errorf(p.Code, "--set %s: %s", path, p.Summary)
			if p.Near != "" {
				d.Detail = "Did you mean " + p.Near + "?"
			}
			return Set{}, d
		}
	}
	set.Secret = s.VisibilityAt(path...) == Secret && v.Type == String && v.Known()
	return set, nil
}

func unknownSet(at *Schema, path Path, i int, text string) error {
	parent := pathName(path[:i])
	if strings.HasPrefix(path[i], "[") || !at.Allows(Object) {
		return diag.Errorf(UnknownKey, "--set %s: %s is %s and has no %s", text, parent, withArticle(at.TypeName()), path[i])
	}
	names := at.names()
	if near := nearest(path[i], names); near != "" {
		d := diag.Errorf(UnknownKey, "--set %s: there is no key %s", text, path[:i+1])
		d.Detail = "Did you mean " + down(path[:i], near).String() + "?"
		return d
	}
	slices.Sort(names)
	if len(names) > 30 {
		names = append(names[:30], "...")
	}
	d := diag.Errorf(UnknownKey, "--set %s: there is no key %s", text, path[:i+1])
	if len(names) > 0 {
		d.Detail = "The keys of " + parent + " are " + strings.Join(names, ", ") + "."
	}
	return d
}

// splitSet takes KEY=VALUE apart.
func splitSet(text string) (Path, string, error) {
	invalid := func(why string) error {
		d := diag.Errorf("invalid-set", "--set %s: %s", text, why)
		d.Manual = "Write KEY=VALUE, such as --set sonarqube.baseUrl=https://sonarqube.example.com or --set a.list[0].name=x."
		return d
	}
	var path Path
	rest := text
	for first := true; ; first = false {
		var name string
		switch {
		case rest == "":
			return nil, "", invalid("there is no =")
		case rest[0] == '=':
			if first {
				return nil, "", invalid("there is no key")
			}
			return path, rest[1:], nil
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end > 1 && (rest[1] == '"' || rest[1] == '\'') {
				end = strings.Index(rest, rest[1:2]+"]") + 1
			}
			if end < 2 {
				return nil, "", invalid("a bracket is not closed")
			}
			name, rest = rest[:end+1], rest[end+1:]
			if q := name[1]; (q == '"' || q == '\'') && len(name) > 4 {
				name = name[2 : len(name)-2]
			} else if _, ok := indexOf(name); !ok {
				return nil, "", invalid("in brackets there is a number, or a key in quotes")
			}
		default:
			if !first {
				if rest[0] != '.' {
					return nil, "", invalid("after a bracket or quote comes a dot, a bracket or =")
				}
				rest = rest[1:]
			}
			if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
				end := strings.IndexByte(rest[1:], rest[0])
				if end < 0 {
					return nil, "", invalid("a quote is not closed")
				}
				name, rest = rest[1:end+1], rest[end+2:]
			} else {
				end := strings.IndexAny(rest, ".[=")
				if end < 0 {
					return nil, "", invalid("there is no =")
				}
				name, rest = rest[:end], rest[end:]
			}
			if name == "" || strings.TrimSpace(name) != name {
				return nil, "", invalid("a key is empty, or has spaces around it")
			}
		}
		path = append(path, name)
	}
}

// setYAML writes a value for a schema.
func setYAML(s *Schema, value string) string {
	trimmed := strings.TrimSpace(value)
	if trimmed == "" {
		return `""`
	}
	collection := (trimmed[0] == '[' || trimmed[0] == '{') && (s.Allows(Array) || s.Allows(Object))
	switch {
	case collection && !s.Allows(String), collection && !onlyString(s) && isYAML(trimmed):
		return strings.Join(strings.Fields(trimmed), " ")
	case onlyString(s) || len(s.Types) == 0 && len(s.Enum) > 0 && typeOf(s.Enum[0]) == String:
		return yamlText(value)
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(trimmed), &n); err == nil && len(n.Content) == 1 && n.Content[0].Kind == yaml.ScalarNode &&
		n.Content[0].Style == 0 && n.Content[0].Value == trimmed && n.Content[0].Tag != "!!str" && n.Content[0].Tag != "!!timestamp" {
		return trimmed
	}
	return yamlText(value)
}

func onlyString(s *Schema) bool {
	return len(s.Types) == 1 && s.Types[0] == String
}

func isYAML(text string) bool {
	var v any
	return yaml.Unmarshal([]byte(text), &v) == nil
}

// Apply puts values into blocks: each into the block whose Path it is under, in the place of the
// value that is there, or of the line that shows the key commented out, else as a further key.
// Values under no block make blocks of their own. Variables that no block names any longer are
// left out of Env. The blocks given are not changed.
//
// The error is a *diag.Diagnostic: a value cannot be set where the block has something else.
func Apply(blocks []Block, sets ...Set) ([]Block, error) {
	out := slices.Clone(blocks)
	for _, set := range sets {
		i := slices.IndexFunc(out, func(b Block) bool {
			return len(b.Path) <= len(set.Path) && within(set.Path, b.Path)
		})
		if i < 0 {
			cut := 1
			if len(set.Path) == 1 {
				cut = 0
			}
			out = append(out, Block{Path: set.Path[:cut:cut], Required: true, Why: "What was set with --set."})
			i = len(out) - 1
		}
		src, err := setIn(out[i].YAML, set.Path[len(out[i].Path):], set.YAML)
		if err != nil {
			return nil, err
		}
		out[i].YAML = src
		out[i].Required = true
	}
	for i, b := range out {
		out[i].Env = nil
		for _, e := range b.Env {
			live, shown := names(b.YAML, e.Name)
			if live || shown {
				e.Optional = !live
				out[i].Env = append(out[i].Env, e)
			}
		}
	}
	return out, nil
}

// names reports whether YAML names a variable, in values and in comments.
func names(src, name string) (live, commented bool) {
	for line := range strings.Lines(src) {
		if !strings.Contains(line, "${"+name+"}") && !strings.Contains(line, "${"+name+":-") {
			continue
		}
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			commented = true
		} else {
			live = true
		}
	}
	return live, commented
}

func setIn(src string, path Path, value string) (string, error) {
	if len(path) == 0 {
		return value + "\n", nil
	}
	keys := make([]string, len(path))
	for i, name := range path {
		keys[i] = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
		if _, ok := indexOf(name); !ok {
			keys[i] = name
		}
	}
	if out, ok := uncomment(src, keys, value); ok {
		return out, nil
	}
	// Further keys get no blank lines between them, as they would at the top of a file.
	doc, err := yamledit.Parse("", []byte(under(src)))
	if err != nil {
		return "", err
	}
	path, keys = append(Path{holder}, path...), append([]string{holder}, keys...)
	// A list that is not there, or has not that item yet, gets one.
	for i := range path {
		if _, isItem := indexOf(path[i]); !isItem || i == 0 {
			continue
		}
		if _, there := doc.Lookup(keys[:i+1]...); there {
			continue
		}
		item := value + "\n"
		if i+1 < len(path) {
			item = nested(path[i+1:], value)
		}
		edits, err := doc.Append(item, keys[:i]...)
		if err != nil {
			return "", err
		}
		return applied(doc, edits)
	}
	edits, err := doc.Set(value, keys...)
	if err != nil {
		return "", err
	}
	return applied(doc, edits)
}

// nested is a value under keys and in lists.
func nested(path Path, value string) string {
	if len(path) == 0 {
		return value
	}
	inner := nested(path[1:], value)
	if _, ok := indexOf(path[0]); ok {
		return "[" + strings.TrimSuffix(inner, "\n") + "]"
	}
	return fmt.Sprintf("{%s: %s}", keyText(path[0]), strings.TrimSuffix(inner, "\n"))
}
