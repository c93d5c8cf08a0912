package iostreams

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestConfirmTakesOnlyAClearYes(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n": true, "YES\n": true, " yes \r\n": true, "y": true,
		"n\n": false, "\n": false, "": false, "what\nno\n": false, "what\ny\n": true, "what": false,
	} {
		s, _, errs := Test(answer)
		s.Terminal(false)
		got, err := s.Confirm(context.Background(), "Apply?")
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", answer, got, err, want)
		}
		if !strings.HasPrefix(errs.String(), "Apply? [y/N] ") {
			t.Errorf("%q: asked %q", answer, errs)
		}
	}
}

func TestAskRepeatsUntilTheAnswerIsAccepted(t *testing.T) {
	s, _, errs := Test("what\n 2 \n")
	s.Terminal(false)
	number := func(text string) bool { return text == "1" || text == "2" }
	got, err := s.Ask(context.Background(), "Which? [1, 2]", number)
	if err != nil || got != "2" || errs.String() != "Which? [1, 2] Which? [1, 2] " {
		t.Errorf("got %q, %v, asked %q", got, err, errs)
	}
	if got, err := s.Ask(context.Background(), "Which?", number); err != nil || got != "" {
		t.Errorf("at the end of the input: %q, %v", got, err)
	}
}

func TestSeveralQuestionsReadOneInput(t *testing.T) {
	s, _, _ := Test("y\nn\ny\n")
	s.Terminal(false)
	for i, want := range []bool{true, false, true, false} {
		if got, err := s.Confirm(context.Background(), "?"); err != nil || got != want {
			t.Errorf("question %d: got %v, %v, want %v", i, got, err, want)
		}
	}
}

func TestAnInterruptEndsTheQuestion(t *testing.T) {
	s, _, errs := Test("")
	s.Terminal(false)
	in, keep := io.Pipe() // no answer ever comes
	defer func() { _ = keep.Close() }()
	s.In = in
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if yes, err := s.Confirm(ctx, "Apply?"); yes || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", yes, err)
	}
	if errs.String() != "Apply? [y/N] \n" {
		t.Errorf("printed %q", errs)
	}
}

func TestColourIsForTerminals(t *testing.T) {
	s, _, _ := Test("")
	if got := s.OutStyle().Red("x"); got != "x" || s.CanAsk() {
		t.Errorf("not a terminal: got %q", got)
	}
	s.Terminal(true)
	if got := s.ErrStyle().Red("x"); got != "\x1b[31mx\x1b[0m" || !s.CanAsk() {
		t.Errorf("a terminal: got %q", got)
	}
	if got := s.OutStyle().Bold(""); got != "" {
		t.Errorf("nothing in bold: got %q", got)
	}
	s.NoColor()
	if got := s.OutStyle().Green("x"); got != "x" {
		t.Errorf("turned off: got %q", got)
	}
}

func TestProgressLeavesNothingBehind(t *testing.T) {
	s, _, errs := Test("")
	s.Progress("reading")
	if errs.Len() > 0 {
		t.Errorf("not a terminal: got %q", errs)
	}
	s.Terminal(false)
	s.Progress("reading")
	s.Progress("")
	if got := errs.String(); got != "\r\x1b[Kreading ...\r\x1b[K" {
		t.Errorf("a terminal: got %q", got)
	}
}
