// Command batten hangs plugins in Backstage apps. Package cli says how it is used.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/batten-dev/batten/cmd/internal/cli"
	"github.com/batten-dev/batten/cmd/internal/iostreams"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	status := cli.Main(ctx, os.Args[1:], iostreams.System())
	stop()
	os.Exit(status)
}
