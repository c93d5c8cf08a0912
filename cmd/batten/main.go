// Command batten hangs plugins in Backstage apps. Package cli says how it is used.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/batten-dev/batten/cmd/internal/cli"
	"github.com/batten-dev/batten/cmd/internal/iostreams"
)

func main() {
	collectLess()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	status := cli.Main(ctx, os.Args[1:], iostreams.System())
	stop()
	os.Exit(status)
}

// collectLess makes garbage collections rarer: a run is short, and they are a fifth of its time.
// Where that would take much memory, they are as frequent as is needed to stay below. GOGC and
// GOMEMLIMIT of the environment go first.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(512 << 20)
	}
}
