package upgradereport

import (
	"reflect"
	"regexp"
	"strings"
	"unicode"
)

// coloursForm are the sequences that colour text on terminals.
var coloursForm = regexp.MustCompile("\x1b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-_])")

// clean takes out of a text what is not to be seen: colours, control characters but for tabs and
// newlines, and marks that turn the direction of text; bytes that are no UTF-8 are replaced.
func clean(s string) string {
	s = strings.ReplaceAll(coloursForm.ReplaceAllString(strings.ToValidUTF8(s, "\uFFFD"), ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029, r == 0x200e, r == 0x200f, r == 0x061c:
			return -1
		}
		return r
	}, s)
}

// cleaned is a copy of a report with every string clean.
func cleaned(r Report) Report {
	v := reflect.New(reflect.TypeFor[Report]()).Elem()
	copyClean(v, reflect.ValueOf(r))
	return v.Interface().(Report)
}

func copyClean(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(clean(from.String()))
	case reflect.Struct:
		for i := range from.NumField() {
			copyClean(to.Field(i), from.Field(i))
		}
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			copyClean(to.Elem(), from.Elem())
		}
	case reflect.Slice:
		if !from.IsNil() {
			to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
			for i := range from.Len() {
				copyClean(to.Index(i), from.Index(i))
			}
		}
	default:
		to.Set(from)
	}
}
