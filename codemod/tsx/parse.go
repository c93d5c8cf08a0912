package tsx

// Parse reads a source. The error is a *SyntaxError. The tree keeps src, which must not be
// changed afterwards.
func Parse(src []byte, d Dialect) (*Tree, error) {
	_ = d
	return nil, &SyntaxError{Msg: "not yet"}
}
