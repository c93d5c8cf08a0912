package wiremap

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean spells out the characters that cannot be seen, or change how others are seen: control
// and format characters (terminal escapes, bidirectional overrides, zero-width ones, byte order
// marks), line and paragraph separators, bytes that are not UTF-8, and what XML does not allow.
func clean(s string) string {
	if !strings.ContainsFunc(s, unseen) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02X`, s[i])
		case unseen(r):
			fmt.Fprintf(&b, `\u{%04X}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}

func cleanAll(list []string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = clean(s)
	}
	return out
}

// cleanLines is clean, line by line.
func cleanLines(s string) string {
	return strings.Join(cleanAll(strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")), "\n")
}

// isolated is s so that letters written from right to left do not move what is beside them:
// between the isolating characters of Unicode, if it has such letters. It is for plain text;
// markup has other means.
func isolated(s string) string {
	if !strings.ContainsFunc(s, rightToLeft) {
		return s
	}
	return "\u2068" + s + "\u2069"
}

func rightToLeft(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko,
		unicode.Samaritan, unicode.Mandaic, unicode.Adlam, unicode.Mende_Kikakui, unicode.Hanifi_Rohingya)
}
