package template

import (
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/merge3"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/udiff"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// mergeStyled merges by lines after the template's lines, at both ends, were given the form that
// the app's formatter gave them: lines that differ in indentation, quotes, semicolons or commas
// alone are the same line. False if that conflicts or cannot be proved.
func mergeStyled(name string, b, o, t []byte) (outcome, bool) {
	var plain func(string) string
	switch {
	case isSource(name):
		plain = func(l string) string { return sourceForm.Replace(l) }
	case path.Ext(name) == ".yaml", path.Ext(name) == ".yml":
		plain = func(l string) string { return strings.TrimRight(strings.ReplaceAll(l, `"`, "'"), " \r") }
	case isIgnore(name):
		return mergeIgnore(b, o, t)
	case path.Ext(name) == ".json":
		return outcome{}, false
	default:
		plain = plainForm
	}
	base, ours, theirs := strings.SplitAfter(string(b), "\n"), strings.SplitAfter(string(o), "\n"), strings.SplitAfter(string(t), "\n")
	styled := slices.Clone(base)
	for i, j := range aligned(base, ours, plain) {
		if j >= 0 {
			styled[i] = ours[j]
		}
	}
	after := slices.Clone(theirs)
	same := aligned(theirs, base, func(l string) string { return l })
	for i, j := range same {
		if j >= 0 {
			after[i] = styled[j]
		}
	}
	if isSource(name) {
		for i, j := range same {
			if j < 0 {
				after[i] = indentedAs(i, theirs, after, same)
			}
		}
	}
	b2, t2 := []byte(strings.Join(styled, "")), []byte(strings.Join(after, ""))
	merged := merge3.Merge(b2, o, t2)
	if merged.Clean() {
		out := outcome{text: merged.Text(), how: "text"}
		return out, proved(name, b, o, t, out.text)
	}
	switch path.Ext(name) {
	case ".yaml", ".yml":
	default:
		text, ok := settled(merged, b2, o, t2)
		return outcome{text: text, how: "text"}, ok && proved(name, b, o, t, text)
	}
	// What both put at one place, one after the other.
	for _, first := range [...]merge3.Kind{merge3.Ours, merge3.Theirs} {
		var joined []byte
		for _, h := range merged.Hunks {
			mine, other := o[h.Ours.Start:h.Ours.End], t2[h.Theirs.Start:h.Theirs.End]
			switch {
			case h.Kind == merge3.Conflict && h.Base.Len() > 0:
				return outcome{}, false
			case h.Kind == merge3.Conflict && first == merge3.Ours:
				joined = append(append(joined, mine...), other...)
			case h.Kind == merge3.Conflict:
				joined = append(append(joined, other...), mine...)
			case h.Kind == merge3.Theirs:
				joined = append(joined, other...)
			default:
				joined = append(joined, mine...)
			}
		}
		if proved(name, b, o, t, joined) {
			return outcome{text: joined, how: "text"}, true
		}
	}
	return outcome{}, false
}

// indentedAs is a new line of the template's, indented as the app indents the nearest line that has
// the same indentation in the template.
func indentedAs(i int, theirs, after []string, same []int) string {
	indent := func(l string) string { return l[:len(l)-len(strings.TrimLeft(l, " \t"))] }
	for d := 1; d <= 20; d++ {
		for _, k := range [...]int{i - d, i + d} {
			if k >= 0 && k < len(theirs) && same[k] >= 0 && strings.TrimSpace(theirs[k]) != "" && indent(theirs[k]) == indent(theirs[i]) {
				return indent(after[k]) + strings.TrimLeft(theirs[i], " \t")
			}
		}
	}
	return theirs[i]
}

var sourceForm = strings.NewReplacer(" ", "", "\t", "", "\r", "", `"`, "'", ";", "", ",", "")

// aligned pairs the lines of two texts that are the same in a form, in order: for each of a its
// index in b, or -1.
func aligned(a, b []string, form func(string) string) []int {
	join := func(lines []string) []byte {
		var out strings.Builder
		for _, l := range lines {
			out.WriteString(strings.TrimSuffix(form(strings.TrimSuffix(l, "\n")), "\n") + "\n")
		}
		return []byte(out.String())
	}
	out := slices.Repeat([]int{-1}, len(a))
	next := [2]int{}
	pairUp := func(until int) {
		for next[0] < until {
			out[next[0]] = next[1]
			next[0]++
			next[1]++
		}
	}
	for _, h := range udiff.Hunks(join(a), join(b)) {
		for _, l := range h.Lines {
			switch l.Kind {
			case udiff.Equal:
				pairUp(l.Old)
			case udiff.Removed:
				pairUp(l.Old - 1)
				next[0]++
			case udiff.Added:
				pairUp(next[0] + l.New - 1 - next[1])
				next[1]++
			}
		}
	}
	pairUp(len(a))
	return out
}

// proved says whether a merge by lines that were reshaped is one: it is whole, and by structure
// it is what both sides make of the base together.
func proved(name string, b, o, t, merged []byte) bool {
	if sound(name, o, t, merged) != "" {
		return false
	}
	if isSource(name) {
		var trees [4]*tsx.Tree
		for i, src := range [...][]byte{b, o, t, merged} {
			tree, err := tsx.Parse(src, tsx.DialectOf(name))
			if err != nil {
				return false
			}
			trees[i] = tree
		}
		return !repeats(name, o, t, merged) && conserved(trees[0], trees[1], trees[2], trees[3], nil)
	}
	if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
		return true // of the lines, each is from where it belongs
	}
	byKey, ok := mergeYAML(name, b, o, t)
	if !ok || len(byKey.clashes) > 0 {
		return false
	}
	var x, y any
	for at, src := range map[*any][]byte{&x: merged, &y: byKey.text} {
		doc, err := yamledit.Parse(name, src)
		if err != nil || doc.Root().Decode(at) != nil {
			return false
		}
	}
	return reflect.DeepEqual(x, y) && len(newComments(b, o, t, merged)) == 0
}
