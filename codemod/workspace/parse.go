package workspace

import (
	"errors"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
)

func parse(file string, src []byte) (*tsx.Tree, error) {
	tree, err := tsx.Parse(src, tsx.DialectOf(file))
	if err == nil {
		return tree, nil
	}
	var syntax *tsx.SyntaxError
	if !errors.As(err, &syntax) {
		return nil, err
	}
	d := diag.Errorf("invalid-source", "cannot be read: %s", syntax.Msg)
	return nil, d.At(file, src, text.Span{Start: syntax.Offset, End: syntax.Offset})
}
