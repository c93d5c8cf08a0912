package lockfile

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Problem classifies an Error.
type Problem string

// The problems.
const (
	Conflict Problem = "lockfile-conflict" // markers of an unfinished merge are in it
	Foreign  Problem = "not-a-lockfile"    // a file of another kind
	Invalid  Problem = "invalid-lockfile"  // a line that cannot be read
)

// Error says why a lockfile cannot be read.
type Error struct {
	Problem Problem
	Line    int // 1-based
	Detail  string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Detail) }

// node is a key of the file with what stands below it.
type node struct {
	key, value string
	more       []string // further keys, only in yarn 1
	leaf       bool     // has a value on its own line
	line       int
	indent     int

	first, last *node // of those below
	next        *node // below the same
}

// nodes makes many nodes at once.
type nodes struct{ free []node }

func (s *nodes) one(line, indent int) *node {
	if len(s.free) == 0 {
		s.free = make([]node, 512)
	}
	n := &s.free[0]
	s.free = s.free[1:]
	n.line, n.indent = line, indent
	return n
}

// scan reads lines into a tree. The root has no key.
func scan(src string) (*node, error) {
	var made nodes
	root := made.one(0, -1)
	stack := []*node{root}
	explicit := false // the line before was "? key", and ":" must follow
	number := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(src, "\ufeff"), "\n") {
		number++
		line = strings.TrimSuffix(line, "\r")
		if isMarker(line) {
			return nil, &Error{Conflict, number, "a conflict marker of an unfinished merge"}
		}
		body := strings.TrimLeft(line, " ")
		if body == "" || body[0] == '#' {
			continue
		}
		indent := len(line) - len(body)
		body = strings.TrimRight(body, " ")
		if explicit {
			explicit = false
			if body != ":" {
				return nil, &Error{Invalid, number, "there is no \":\" after a key with \"?\""}
			}
			continue
		}
		n := made.one(number, indent)
		if rest, ok := strings.CutPrefix(body, "? "); ok {
			explicit = true
			body = rest + ":"
		}
		if err := n.read(body); err != nil {
			return nil, err
		}
		for stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		parent := stack[len(stack)-1]
		if parent.leaf {
			return nil, &Error{Invalid, number, "it stands deeper than the line above, which has a value"}
		}
		if parent.first != nil && parent.first.indent != indent {
			return nil, &Error{Invalid, number, "it stands deeper than the lines beside it"}
		}
		if parent == root && indent > 0 {
			return nil, &Error{Invalid, number, "it stands deeper than it may"}
		}
		if parent.first == nil {
			parent.first = n
		} else {
			parent.last.next = n
		}
		parent.last = n
		stack = append(stack, n)
	}
	if explicit {
		return nil, &Error{Invalid, number, "there is no \":\" after a key with \"?\""}
	}
	return root, nil
}

// isMarker says whether git wrote the line to mark a conflict.
func isMarker(line string) bool {
	if len(line) < 7 {
		return false
	}
	switch line[:7] {
	case "<<<<<<<", ">>>>>>>", "|||||||":
		return len(line) == 7 || line[7] == ' '
	case "=======":
		return len(line) == 7
	}
	return false
}

// read takes a line apart: "key:", "key: value", or, in yarn 1, "a, b:" and "key value".
func (n *node) read(body string) error {
	for first := true; ; first = false {
		key, rest, ok := token(body)
		if !ok {
			return &Error{Invalid, n.line, "this is no line of a lockfile"}
		}
		if first {
			n.key = key
		} else {
			n.more = append(n.more, key)
		}
		if after, more := strings.CutPrefix(rest, ","); more {
			body = strings.TrimLeft(after, " ")
			continue
		}
		after, colon := strings.CutPrefix(rest, ":")
		if colon && after == "" {
			return nil
		}
		if len(after) == len(strings.TrimLeft(after, " ")) || len(n.more) > 0 {
			return &Error{Invalid, n.line, "there is neither a value nor a \":\" after the key"}
		}
		return n.take(strings.TrimLeft(after, " "))
	}
}

func (n *node) take(value string) error {
	n.leaf = true
	if value[0] != '"' && value[0] != '\'' {
		n.value = value
		return nil
	}
	text, rest, ok := quoted(value)
	if !ok || rest != "" {
		return &Error{Invalid, n.line, "the value is not a text in quotes"}
	}
	n.value = text
	return nil
}

// token is the key at the start of a line: in quotes, or up to a comma, a space, or a colon that
// ends the line or has a space after it.
func token(s string) (key, rest string, ok bool) {
	if s == "" {
		return "", "", false
	}
	if s[0] == '"' || s[0] == '\'' {
		return quoted(s)
	}
	end := len(s)
	for i := range len(s) {
		c := s[i]
		if c == ' ' || c == ',' || c == ':' && (i+1 == len(s) || s[i+1] == ' ') {
			end = i
			break
		}
		if c == '\t' || c == '{' || c == '}' || c == '[' || c == ']' {
			return "", "", false
		}
	}
	return s[:end], s[end:], end > 0
}

// quoted reads a text in quotes: JSON's, or YAML's with single ones.
func quoted(s string) (value, rest string, ok bool) {
	mark := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && mark == '"':
			i++
		case s[i] == mark && mark == '\'' && i+1 < len(s) && s[i+1] == mark:
			i++
		case s[i] == mark && mark == '\'':
			return strings.ReplaceAll(s[1:i], "''", "'"), s[i+1:], true
		case s[i] == mark:
			text := s[1:i]
			if strings.Contains(text, `\`) && json.Unmarshal([]byte(s[:i+1]), &text) != nil {
				return "", "", false
			}
			return text, s[i+1:], true
		}
	}
	return "", "", false
}
