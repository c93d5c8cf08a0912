package merge3

import "bytes"

// Style is how conflicts are marked.
type Style uint8

// The styles, as git's merge.conflictStyle names them.
const (
	MergeStyle Style = iota // ours and theirs; lines that both have in common are outside
	Diff3Style              // with the base between them, and whole
)

// Labels are what stands behind the markers; "" for nothing.
type Labels struct{ Ours, Base, Theirs string }

// Marked is the merged text with conflicts between markers, as git writes them.
func (r *Result) Marked(style Style, labels Labels) []byte {
	switch {
	case r.unchangedOurs:
		return bytes.Clone(r.theirs.src)
	case r.unchangedTheirs:
		return bytes.Clone(r.ours.src)
	}
	list := r.refined
	if style == Diff3Style {
		list = r.changes
	}
	var out []byte
	done := 0 // lines of ours that are written
	for _, c := range list {
		if c.kind == Both {
			continue
		}
		out = append(out, r.ours.text(lineRun{done, c.ours.start - done})...)
		switch c.kind {
		case Ours:
			out = append(out, r.ours.text(c.ours)...)
		case Theirs:
			out = append(out, r.theirs.text(c.theirs)...)
		default:
			out = r.mark(out, c, style, labels)
		}
		done = c.ours.end()
	}
	return append(out, r.ours.text(lineRun{done, len(r.ours.ids) - done})...)
}

func (s side) text(run lineRun) []byte { return s.src[s.at[run.start]:s.at[run.end()]] }

func (r *Result) mark(out []byte, c change, style Style, labels Labels) []byte {
	eol := "\n"
	if r.crlf(c) {
		eol = "\r\n"
	}
	marker := func(with byte, label string) {
		out = append(out, bytes.Repeat([]byte{with}, 7)...)
		if label != "" {
			out = append(out, ' ')
			out = append(out, label...)
		}
		out = append(out, eol...)
	}
	content := func(s side, run lineRun) {
		body := s.text(run)
		out = append(out, body...)
		if len(body) > 0 && body[len(body)-1] != '\n' {
			out = append(out, eol...)
		}
	}
	marker('<', labels.Ours)
	content(r.ours, c.ours)
	if style == Diff3Style {
		marker('|', labels.Base)
		content(r.base, c.base)
	}
	marker('=', "")
	content(r.theirs, c.theirs)
	marker('>', labels.Theirs)
	return out
}

// crlf says whether markers end in CRLF: where the lines before the conflict do on both sides, and
// the first of the base.
func (r *Result) crlf(c change) bool {
	decided := endsInCRLF(r.ours.lines, max(c.ours.start-1, 0))
	if decided != no {
		decided = endsInCRLF(r.theirs.lines, max(c.theirs.start-1, 0))
	}
	if decided != no {
		decided = endsInCRLF(r.base.lines, 0)
	}
	return decided == yes
}

type answer uint8

const (
	unknown answer = iota
	no
	yes
)

func endsInCRLF(lines [][]byte, i int) answer {
	if len(lines) == 0 {
		return unknown
	}
	if i == len(lines)-1 && !bytes.HasSuffix(lines[i], []byte("\n")) {
		if i == 0 {
			return unknown
		}
		i--
	}
	if bytes.HasSuffix(lines[i], []byte("\r\n")) {
		return yes
	}
	return no
}
