package udiff

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// context is how many equal lines a hunk shows before and after its changes.
const context = 3

// Kind says which side of a diff a line is on.
type Kind uint8

// The kinds of lines.
const (
	Equal   Kind = iota // on both sides
	Removed             // in the old content only
	Added               // in the new content only
)

// Line is one line of a hunk.
type Line struct {
	Kind Kind
	Text string // its bytes, newline included; without one only if it is the last of its content
	Old  int    // 1-based line in the old content; 0 if Added
	New  int    // 1-based line in the new content; 0 if Removed
}

// Hunk is a run of changed lines with up to three equal lines before and after. Removed lines
// come before the added lines that replace them.
type Hunk struct {
	OldStart, OldLines int // first line (1-based) and count in the old content; with count 0, the line before
	NewStart, NewLines int // the same in the new content
	Lines              []Line
}

// Header is the hunk's first line in a unified diff, "@@ -1,3 +1,4 @@", without a newline.
func (h Hunk) Header() string {
	return "@@ -" + lineRange(h.OldStart, h.OldLines) + " +" + lineRange(h.NewStart, h.NewLines) + " @@"
}

func lineRange(start, count int) string {
	if count == 1 {
		return strconv.Itoa(start)
	}
	return strconv.Itoa(start) + "," + strconv.Itoa(count)
}

// Hunks returns the difference of two contents; none if they are equal.
func Hunks(before, after []byte) []Hunk {
	a, b := splitLines(before), splitLines(after)
	cs := diffLines(a, b)
	var out []Hunk
	for len(cs) > 0 {
		n := 1
		for n < len(cs) && cs[n].A0-cs[n-1].A1 <= 2*context {
			n++
		}
		out = append(out, newHunk(a, b, cs[:n]))
		cs = cs[n:]
	}
	return out
}

func newHunk(a, b []string, cs []chunk) Hunk {
	first, last := cs[0], cs[len(cs)-1]
	lead := min(context, first.A0)
	end := min(last.A1+context, len(a))
	i, j := first.A0-lead, first.B0-lead
	h := Hunk{OldStart: i + 1, OldLines: end - i, NewStart: j + 1, NewLines: last.B1 + end - last.A1 - j}
	if h.OldLines == 0 {
		h.OldStart--
	}
	if h.NewLines == 0 {
		h.NewStart--
	}
	equal := func(to int) {
		for ; i < to; i, j = i+1, j+1 {
			h.Lines = append(h.Lines, Line{Equal, a[i], i + 1, j + 1})
		}
	}
	for _, c := range cs {
		equal(c.A0)
		for ; i < c.A1; i++ {
			h.Lines = append(h.Lines, Line{Removed, a[i], i + 1, 0})
		}
		for ; j < c.B1; j++ {
			h.Lines = append(h.Lines, Line{Added, b[j], 0, j + 1})
		}
	}
	equal(end)
	return h
}

// File is two versions of a file.
type File struct {
	OldName, NewName string      // slash paths without "a/" or "b/"; "" where the file is absent
	Before, After    []byte      // contents; ignored where the file is absent
	Mode             fs.FileMode // of a created or deleted file; only "executable by its owner" counts
}

// Header returns the lines that a git patch has before the first hunk, each with its newline.
// Names are written as git does: quoted in the manner of C where they have a quote, a
// backslash, a control character or a byte above 0x7E.
func (f File) Header() string {
	oldName, newName := f.OldName, f.NewName
	if oldName == "" {
		oldName = newName
	}
	if newName == "" {
		newName = oldName
	}
	var w strings.Builder
	fmt.Fprintf(&w, "diff --git %s %s\n", quote("a/"+oldName), quote("b/"+newName))
	mode := "100644"
	if f.Mode&0o100 != 0 {
		mode = "100755"
	}
	switch {
	case f.OldName == "":
		w.WriteString("new file mode " + mode + "\n")
	case f.NewName == "":
		w.WriteString("deleted file mode " + mode + "\n")
	case oldName != newName:
		fmt.Fprintf(&w, "rename from %s\nrename to %s\n", quote(oldName), quote(newName))
	}
	if string(f.Before) == string(f.After) {
		return w.String()
	}
	fmt.Fprintf(&w, "--- %s\n+++ %s\n", side("a/", f.OldName), side("b/", f.NewName))
	return w.String()
}

func side(prefix, name string) string {
	if name == "" {
		return "/dev/null"
	}
	quoted := quote(prefix + name)
	if strings.Contains(name, " ") {
		quoted += "\t" // ends the name for tools that expect a time stamp after it
	}
	return quoted
}

func quote(name string) string {
	var w strings.Builder
	plain := true
	for i := range len(name) {
		c := name[i]
		if at := strings.IndexByte("\a\b\t\n\v\f\r\"\\", c); at >= 0 {
			w.WriteByte('\\')
			w.WriteByte(`abtnvfr"\`[at])
			plain = false
		} else if c < ' ' || c >= 0x7F {
			fmt.Fprintf(&w, `\%03o`, c)
			plain = false
		} else {
			w.WriteByte(c)
		}
	}
	if plain {
		return name
	}
	return `"` + w.String() + `"`
}

// String is the file's patch in git's format; "" if the versions have the same name and
// content.
func (f File) String() string {
	if f.OldName == "" {
		f.Before = nil
	}
	if f.NewName == "" {
		f.After = nil
	}
	if f.OldName == f.NewName && string(f.Before) == string(f.After) {
		return ""
	}
	var w strings.Builder
	w.WriteString(f.Header())
	for _, h := range Hunks(f.Before, f.After) {
		w.WriteString(h.Header() + "\n")
		for _, l := range h.Lines {
			w.WriteByte(" -+"[l.Kind])
			w.WriteString(l.Text)
			if !strings.HasSuffix(l.Text, "\n") {
				w.WriteString("\n\\ No newline at end of file\n")
			}
		}
	}
	return w.String()
}

// Unified returns the patch from before to after in git's format, for `git apply`. Names are
// slash paths; an empty oldName means that the file is created (mode 0644), an empty newName
// that it is deleted. The result is "" if nothing differs.
func Unified(oldName, newName string, before, after []byte) string {
	return File{OldName: oldName, NewName: newName, Before: before, After: after}.String()
}
