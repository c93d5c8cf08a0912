package iostreams

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"
)

// Streams are the standard streams of one run.
type Streams struct {
	In  io.Reader
	Out io.Writer // results
	Err io.Writer // everything else

	inTTY, outTTY, errTTY bool
	color                 bool
	answers               *bufio.Scanner
}

// System are the process's own streams.
func System() *Streams {
	tty := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	return &Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		inTTY: tty(os.Stdin), outTTY: tty(os.Stdout), errTTY: tty(os.Stderr),
		color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}

// Test are streams in memory, for tests: not terminals, unless Terminal is called.
func Test(in string) (s *Streams, out, errs *bytes.Buffer) {
	out, errs = new(bytes.Buffer), new(bytes.Buffer)
	return &Streams{In: strings.NewReader(in), Out: out, Err: errs}, out, errs
}

// Terminal makes all streams pass for terminals, with or without colour.
func (s *Streams) Terminal(color bool) {
	s.inTTY, s.outTTY, s.errTTY, s.color = true, true, true, color
}

// NoColor turns colour off.
func (s *Streams) NoColor() { s.color = false }

// CanAsk reports whether someone is there to answer a question.
func (s *Streams) CanAsk() bool { return s.inTTY && s.errTTY }

// Confirm asks a question with a yes or no answer. An empty answer, like the end of the
// input, is a no. It may be called only if CanAsk. When ctx ends, so does the question, with an
// error that wraps that of ctx; no other may be asked then.
func (s *Streams) Confirm(ctx context.Context, question string) (bool, error) {
	answer, err := s.Ask(ctx, question+" [y/N]", func(text string) bool {
		return slices.Contains([]string{"", "y", "yes", "n", "no"}, strings.ToLower(text))
	})
	return err == nil && strings.HasPrefix(strings.ToLower(answer), "y"), err
}

// Ask asks a question until the answer, without space around it, is accepted. The end of the
// input is an empty answer, accepted or not. It may be called, and ends with ctx, as Confirm.
func (s *Streams) Ask(ctx context.Context, question string, accept func(string) bool) (string, error) {
	if s.answers == nil {
		s.answers = bufio.NewScanner(s.In)
	}
	for {
		text, hint, _ := strings.Cut(question, " [")
		if hint != "" {
			hint = " [" + hint
		}
		if _, err := fmt.Fprintf(s.Err, "%s%s ", s.ErrStyle().Bold(text), hint); err != nil {
			return "", err
		}
		answered := make(chan bool, 1)
		go func() { answered <- s.answers.Scan() }() // nothing but input ends a read from a terminal
		select {
		case <-ctx.Done():
			_, _ = fmt.Fprintln(s.Err) // the question's line is still open
			return "", fmt.Errorf("nothing was changed: %w", ctx.Err())
		case ok := <-answered:
			if !ok {
				_, _ = fmt.Fprintln(s.Err)
				return "", s.answers.Err()
			}
		}
		if answer := strings.TrimSpace(s.answers.Text()); accept(answer) {
			return answer, nil
		}
	}
}

// Style writes text in colour, or as it is. The zero Style is without colour.
type Style struct{ on bool }

// OutStyle is the style for results.
func (s *Streams) OutStyle() Style { return Style{s.color && s.outTTY} }

// ErrStyle is the style for everything else.
func (s *Streams) ErrStyle() Style { return Style{s.color && s.errTTY} }

func (s Style) sgr(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Bold is for headings and names.
func (s Style) Bold(text string) string { return s.sgr("1", text) }

// Dim is for what may be overlooked.
func (s Style) Dim(text string) string { return s.sgr("2", text) }

// Red is for errors and removed lines.
func (s Style) Red(text string) string { return s.sgr("31", text) }

// Green is for success and added lines.
func (s Style) Green(text string) string { return s.sgr("32", text) }

// Yellow is for warnings.
func (s Style) Yellow(text string) string { return s.sgr("33", text) }

// Cyan is for places.
func (s Style) Cyan(text string) string { return s.sgr("36", text) }

// Progress says on one line of a terminal what is being done, in place of what it said
// before; "" leaves the line empty, as it must be before anything else is printed.
func (s *Streams) Progress(what string) {
	if !s.errTTY {
		return
	}
	if what != "" {
		what = s.ErrStyle().Dim(what + " ...")
	}
	_, _ = fmt.Fprint(s.Err, "\r\x1b[K"+what) // a lost status line is no harm
}
