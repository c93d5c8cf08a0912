package tsx_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/text"
)

// explanation is a construct that tree-sitter reads wrongly. It explains a difference with
// its two sides if the line of the difference matches.
type explanation struct {
	ours, theirs string
	line         *regexp.Regexp
	used         bool
}

type explanations []*explanation

// readExplanations reads testdata/oracle/explained.txt; its head says how it is written.
func readExplanations(t testing.TB) explanations {
	data, err := os.ReadFile("testdata/oracle/explained.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out explanations
	for line := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "ours":
			out = append(out, &explanation{ours: value})
		case "theirs":
			out[len(out)-1].theirs = value
		case "line":
			re, err := regexp.Compile(value)
			if err != nil {
				t.Fatal(err)
			}
			out[len(out)-1].line = re
		}
	}
	return out
}

func (x explanations) explain(src []byte, d difference) bool {
	for _, e := range x {
		line := bytes.TrimRight(src[text.LineStart(src, d.at):text.LineEnd(src, d.at)], "\r\n")
		if e.ours == kindOf(d.ours) && e.theirs == kindOf(d.theirs) && (e.line == nil || e.line.Match(line)) {
			e.used = true
			return true
		}
	}
	return false
}

// kindOf is one side of a difference without its field.
func kindOf(side string) string { return side[strings.LastIndexByte(side, ' ')+1:] }

// unused fails the test for explanations that explain nothing any more.
func (x explanations) unused(t *testing.T) {
	for _, e := range x {
		if !e.used {
			t.Errorf("no file has the explained difference: ours %s, theirs %s, line %v", e.ours, e.theirs, e.line)
		}
	}
}
