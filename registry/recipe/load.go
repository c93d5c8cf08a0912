package recipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Problem is one thing that is wrong with a recipe's text.
type Problem struct {
	Line, Col int    // 1-based, Col in bytes; 0 where they are not known
	Text      string // with its place in the recipe: "legacy[1].entity-card: why is missing"
}

// Error is what is wrong with a recipe.
type Error struct {
	Source   string    // the name given to Load
	Problems []Problem // in the order of their lines
}

// Error has a line for each problem: "SOURCE:LINE:COL: TEXT", without what is not known.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		at := e.Source
		if p.Line > 0 {
			at += ":" + strconv.Itoa(p.Line)
		}
		if p.Col > 0 {
			at += ":" + strconv.Itoa(p.Col)
		}
		lines[i] = at + ": " + p.Text
	}
	return strings.Join(lines, "\n")
}

func oneProblem(source, text string) *Error {
	return &Error{source, []Problem{{Text: text}}}
}

// Load reads one recipe. Source names where the text comes from, for errors and for
// Recipe.Source. Every error is an *Error.
func Load(source string, text []byte) (Recipe, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return Recipe{}, oneProblem(source, "the file is empty")
		}
		return Recipe{}, &Error{source, fromYAML(err)}
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Recipe{}, oneProblem(source, "more than one YAML document")
	}
	root := doc.Content[0]
	if problems := checkForm(root); len(problems) > 0 {
		return Recipe{}, &Error{source, problems}
	}
	var r Recipe
	if err := root.Decode(&r); err != nil {
		return Recipe{}, &Error{source, fromYAML(err)}
	}
	r.Source = source
	if found := validate(r); len(found) > 0 {
		problems := make([]Problem, len(found))
		for i, p := range found {
			line, col := locate(root, p)
			problems[i] = Problem{line, col, p.String()}
		}
		slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
		return Recipe{}, &Error{source, problems}
	}
	return r, nil
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)

// fromYAML takes the lines out of what the YAML package says.
func fromYAML(err error) []Problem {
	texts := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		texts = typed.Errors
	}
	problems := make([]Problem, len(texts))
	for i, t := range texts {
		if m := yamlLine.FindStringSubmatch(t); m != nil {
			problems[i].Line, _ = strconv.Atoi(m[1])
			t = t[len(m[0]):]
		}
		problems[i].Text = t
	}
	return problems
}

// Dir is the folder of a repository that its own recipes are in.
const Dir = ".batten/recipes"

// maxSize is the size beyond which a file of recipes is refused, in bytes.
const maxSize = 1 << 20

// LoadDir reads the repository's own recipes, Dir/*.yaml and Dir/*.yml, sorted by file name.
// There are none if there is no such folder. Source is each one's slash path in fsys.
//
// All files are read; the error joins what is wrong with each (an *Error), what could not be
// read, and ids that two files have. The recipes without faults are returned nevertheless.
func LoadDir(fsys fs.FS) ([]Recipe, error) {
	entries, err := fs.ReadDir(fsys, Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var recipes []Recipe
	var errs []error
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		r, err := loadFile(fsys, path.Join(Dir, e.Name()))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if i := slices.IndexFunc(recipes, func(other Recipe) bool { return other.ID == r.ID }); i >= 0 {
			errs = append(errs, oneProblem(r.Source, fmt.Sprintf("the id %s is that of %s too", r.ID, recipes[i].Source)))
			continue
		}
		recipes = append(recipes, r)
	}
	return recipes, errors.Join(errs...)
}

func loadFile(fsys fs.FS, name string) (Recipe, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return Recipe{}, err
	}
	defer func() { _ = f.Close() }() // it is only read
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return Recipe{}, err
	}
	if len(text) > maxSize {
		return Recipe{}, oneProblem(name, "the file is larger than a megabyte")
	}
	return Load(name, text)
}
