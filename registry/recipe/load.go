package recipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// Error is what is wrong with a recipe's text. Problems that YAML itself reports, and fields
// that are not in the format, carry their line in the text: "line 12: ...".
type Error struct {
	Source   string // the name given to Load
	Problems []string
}

func (e *Error) Error() string {
	return fmt.Sprintf("recipe %s: %s", e.Source, strings.Join(e.Problems, "\n  "))
}

// Load reads one recipe. Source names where the text comes from, for errors and for
// Recipe.Source. Every error is an *Error.
func Load(source string, text []byte) (Recipe, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	var r Recipe
	if err := dec.Decode(&r); err != nil {
		return Recipe{}, loadError(source, err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Recipe{}, &Error{source, []string{"more than one YAML document"}}
	}
	r.Source = source
	if problems := Validate(r); len(problems) > 0 {
		return Recipe{}, &Error{source, problems}
	}
	return r, nil
}

func loadError(source string, err error) *Error {
	var typed *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		return &Error{source, []string{"the file is empty"}}
	case errors.As(err, &typed):
		return &Error{source, typed.Errors}
	}
	return &Error{source, []string{strings.TrimPrefix(err.Error(), "yaml: ")}}
}
