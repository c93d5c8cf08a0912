package cli

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/batten-dev/batten/cmd/internal/handoff"
	"github.com/batten-dev/batten/cmd/internal/upgradereport"
)

// runLog notes what became of an upgrade's commands.
type runLog struct {
	root     string
	tell     bool // a report will have the last lines of what fails
	made     bool // the files are changed
	commands []upgradereport.Command
}

// plan adds a command that is not run yet, and why it may never be.
func (l *runLog) plan(line, why string, toDo bool) {
	l.commands = append(l.commands, upgradereport.Command{Line: line, Why: why, ToDo: toDo})
}

// run runs a command, which writes to out, and notes what came of it. A nil log notes nothing. Only
// for a report does it listen in: a program that writes to a terminal writes otherwise.
func (l *runLog) run(line string, out io.Writer, do func(handoff.Streams) error) error {
	if l == nil || !l.tell {
		return do(handoff.Streams{Out: out, Err: out})
	}
	tail := &tailWriter{}
	both := io.MultiWriter(out, tail) // one writer, so that what is written comes in its order
	start := time.Now()
	err := do(handoff.Streams{Out: both, Err: both})
	c := upgradereport.Command{Line: line, Result: upgradereport.Passed, Took: time.Since(start)}
	if err != nil {
		c.Result, c.Status = upgradereport.Broken, -1
		var failed *handoff.Failure
		if errors.As(err, &failed) {
			c.Status = failed.Status
		}
		c.Tail = strings.Split(l.local(tail.String()), "\n")
	}
	at := slices.IndexFunc(l.commands, func(c upgradereport.Command) bool { return c.Line == line })
	if at < 0 {
		at = len(l.commands)
		l.commands = append(l.commands, c)
	}
	l.commands[at] = c
	for i := at + 1; err != nil && i < len(l.commands); i++ {
		l.commands[i].Why, l.commands[i].ToDo = "`"+line+"` failed", true
	}
	return err
}

// local is a text of a command without the place of the repository on this machine.
func (l *runLog) local(text string) string {
	root := filepath.Clean(l.root)
	if len(root) < 2 {
		return text
	}
	text = strings.ReplaceAll(text, " in "+root, "")
	return strings.ReplaceAll(strings.ReplaceAll(text, root+string(filepath.Separator), ""), root, ".")
}

// tailWriter keeps the last of what is written to it.
type tailWriter struct{ data []byte }

func (w *tailWriter) Write(p []byte) (int, error) {
	const most = 16 << 10
	w.data = append(w.data, p...)
	if len(w.data) > 2*most {
		w.data = slices.Clone(w.data[len(w.data)-most:])
	}
	return len(p), nil
}

// String are the last lines, whole ones, the empty ones at the end left out. What a program wrote
// over with a carriage return is gone.
func (w *tailWriter) String() string {
	const most, wide = 30, 400
	lines := strings.Split(strings.TrimRight(string(bytes.ReplaceAll(w.data, []byte("\r\n"), []byte("\n"))), "\n"), "\n")
	lines = lines[max(0, len(lines)-most):]
	for i, line := range lines {
		if at := strings.LastIndexByte(line, '\r'); at >= 0 {
			line = line[at+1:]
		}
		if len(line) > wide {
			line = strings.ToValidUTF8(line[:wide], "") + "..."
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}
