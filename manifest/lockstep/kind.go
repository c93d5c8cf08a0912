package lockstep

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/batten-dev/batten/registry/npmver"
)

// kindOf is what kind of change it is from one version to another; Minor if the first is not
// known. Below 1.0 another minor version is breaking, below 0.1 any other, as for a caret.
func kindOf(from, to string) Kind {
	a, errA := npmver.ParseVersion(from)
	b, errB := npmver.ParseVersion(to)
	switch {
	case errA != nil || errB != nil:
		return Minor
	case a.Compare(b) == 0:
		return Same
	case a.Compare(b) > 0:
		return Downgrade
	case a.Major() != b.Major():
		return Breaking
	case a.Major() == 0 && a.Minor() != b.Minor(), a.Major() == 0 && a.Minor() == 0 && a.Patch() != b.Patch():
		return Breaking
	case a.Minor() != b.Minor():
		return Minor
	}
	return Patch
}

// less says whether a is a lower version than b; false if one of them is none.
func less(a, b string) bool {
	v, errV := npmver.ParseVersion(a)
	w, errW := npmver.ParseVersion(b)
	return errV == nil && errW == nil && v.Compare(w) < 0
}

// hold makes the row one that is left as it is.
func (r Row) hold(format string, args ...any) Row {
	r.Change, r.To, r.Why = Held, "", sentence(fmt.Sprintf(format, args...))
	return r
}

// sentence begins with a capital letter and ends in a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[n:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// lower is a sentence as a clause.
func lower(s string) string {
	s = strings.TrimSuffix(s, ".")
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[n:]
}
