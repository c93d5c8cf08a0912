package engines

import (
	"regexp"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

var (
	argLine  = regexp.MustCompile(`(?i)^[ \t]*ARG[ \t]+([A-Za-z_]\w*)=("[^"\n]*"|'[^'\n]*'|[^ \t\r\n]*)`)
	fromLine = regexp.MustCompile(`(?i)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)`)
	variable = regexp.MustCompile(`\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))`)
)

// traced is a text made of pieces of a source: at[i] is the offset of its byte i, -1 if it is
// made up.
type traced struct {
	text string
	at   []int
}

func (t *traced) add(s string, at int) {
	t.text += s
	for i := range len(s) {
		t.at = append(t.at, at+i)
	}
}

func (t *traced) addTraced(o traced) {
	t.text += o.text
	t.at = append(t.at, o.at...)
}

// span is the source of a part of the text; false if it is not in one piece.
func (t traced) span(start, end int) (text.Span, bool) {
	if start >= end {
		return text.Span{}, false
	}
	for i := start; i < end; i++ {
		if t.at[i] != t.at[start]+i-start {
			return text.Span{}, false
		}
	}
	return text.Span{Start: t.at[start], End: t.at[start] + end - start}, true
}

// readDockerfile reads the images of FROM lines, with what the ARG lines before them say.
func readDockerfile(src []byte) []Place {
	args := map[string]traced{}
	var found []Place
	seen := map[int]bool{}
	at := 0
	for line := range strings.SplitAfterSeq(string(src), "\n") {
		start := at
		at += len(line)
		if m := argLine.FindStringSubmatchIndex(line); m != nil {
			value, offset := line[m[4]:m[5]], start+m[4]
			if len(value) > 1 && (value[0] == '"' || value[0] == '\'') {
				value, offset = value[1:len(value)-1], offset+1
			}
			args[line[m[2]:m[3]]] = expand(value, offset, args)
			continue
		}
		m := fromLine.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		if p, ok := imagePlace(expand(line[m[2]:m[3]], start+m[2], args)); ok && !seen[p.Span.Start] {
			seen[p.Span.Start] = true
			p.Kind = Dockerfile
			found = append(found, p)
		}
	}
	return found
}

// expand replaces variables by what ARG lines gave them. It never grows beyond maxImage.
func expand(s string, at int, args map[string]traced) traced {
	var t traced
	last := 0
	for _, m := range variable.FindAllStringSubmatchIndex(s, -1) {
		t.add(s[last:m[0]], at+last)
		last = m[1]
		name := ""
		if m[2] >= 0 {
			name = s[m[2]:m[3]]
		} else {
			name = s[m[6]:m[7]]
		}
		switch value, ok := args[name]; {
		case ok && len(t.text)+len(value.text) <= maxImage:
			t.addTraced(value)
		case m[4] >= 0:
			t.add(s[m[4]:m[5]], at+m[4])
		default:
			t.text += "$"
			t.at = append(t.at, -1)
		}
	}
	t.add(s[last:], at+last)
	return t
}

const maxImage = 1000

var (
	nodeTag    = regexp.MustCompile(`^(?:\d+-)?(v?\d+(?:\.\d+){0,2}|lts|current|latest|fermium|gallium|hydrogen|iron|jod|krypton)(?:-[\w.-]*)?$`)
	plainTag   = regexp.MustCompile(`^(v?\d+(?:\.\d+){0,2}|lts|current|latest|fermium|gallium|hydrogen|iron|jod|krypton)(?:-[\w.-]*)?$`)
	distroless = regexp.MustCompile(`^nodejs(\d+)-debian\d+$`)
	redHat     = regexp.MustCompile(`^nodejs-(\d+)(?:-minimal)?$`)
)

// oldSystem matches what is left of an image's name or tag after the version, if images of newer
// versions of Node are not made for that system, or not surely.
var oldSystem = regexp.MustCompile(`^-(.*-)?(buster|stretch|jessie|debian(9|10|11)|alpine\d+\.\d+)(-|$)`)

// imagePlace is the version in the name of an image with Node: node:18-slim, cimg/node:18.17,
// distroless/nodejs18-debian12, ubi9/nodejs-18.
func imagePlace(image traced) (Place, bool) {
	s := image.text
	p := Place{}
	if i := strings.IndexByte(s, '@'); i >= 0 {
		s, p.fixed = s[:i], "The image is pinned by its digest, which changes with the version."
	}
	base := strings.LastIndexByte(s, '/') + 1
	name, tag, tagged := strings.Cut(s[base:], ":")
	var start, end int
	switch {
	case name == "node" && tagged:
		start, end = group(plainTag, tag, base+len(name)+1)
	case (name == "javascript-node" || name == "typescript-node") && tagged:
		start, end = group(nodeTag, tag, base+len(name)+1)
	case distroless.MatchString(name):
		start, end = group(distroless, name, base)
	case redHat.MatchString(name):
		start, end = group(redHat, name, base)
	}
	span, ok := image.span(start, end)
	if !ok {
		return Place{}, false
	}
	if p.fixed == "" && oldSystem.MatchString(s[end:]) {
		p.fixed = "The system of this image is an old one, for which newer versions are not made: choose another."
	}
	p.Span = span
	return p, true
}

func group(form *regexp.Regexp, s string, at int) (start, end int) {
	m := form.FindStringSubmatchIndex(s)
	if m == nil {
		return 0, 0
	}
	return at + m[2], at + m[3]
}
