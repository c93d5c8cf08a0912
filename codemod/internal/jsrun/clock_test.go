package jsrun

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Code that does much between two steps is stopped by the time that it takes.
func TestRunawaysAreStoppedByTheTimeTheyTake(t *testing.T) {
	for _, src := range []string{
		`const f = n => n && f(n - 1) + f(n - 1); f(600);`,
		`const f = async () => { await null; f(); }; f();`,
		`for (;;) [1, 2, 3].map(x => x + 1);`,
		`for (;;) JSON.parse('{"a":[1,2,3]}');`,
		`for (;;) { const { a, ...r } = { a: 1, b: 2 }; }`,
		`const a = Array.from({ length: 1000 }, (_, i) => i); for (;;) a.slice().sort();`,
		`for (;;) { try { null.x } catch {} }`,
	} {
		b, err := build(map[string]string{"a.tsx": src + "\nexport {};"}, "a.tsx")
		if err != nil {
			t.Fatal(err)
		}
		err = b.Run(context.Background(), Limits{Time: 50 * time.Millisecond, Wall: time.Minute}, func(s *Session) {
			if got := fmt.Sprint(s.Problems); !strings.Contains(got, "stopped after running for 50ms") {
				t.Errorf("%s: problems: %s", src, got)
			}
		})
		if err != nil {
			t.Errorf("%s: %v", src, err)
		}
	}
}

func TestTheClockStandsStillWhileNothingRuns(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no such clock on " + runtime.GOOS)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := busy()
	time.Sleep(100 * time.Millisecond)
	if d := busy() - before; d > 50*time.Millisecond {
		t.Errorf("%v have passed", d)
	}
	for end := time.Now().Add(10 * time.Second); busy() == before; {
		if time.Now().After(end) {
			t.Fatal("it never goes on")
		}
	}
}
