package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
)

// Main runs one command line (without the program's name) and returns the exit status.
func Main(ctx context.Context, args []string, io *iostreams.Streams) int {
	f := &factory{io: io}
	root := newCmdRoot(f)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		// A flag that is not known ends the reading of flags.
		f.json = f.json || slices.Contains(args, "--json")
		f.printError(err)
	}
	return exitStatus(err)
}

// errPending is the end of a dry run with --exit-code that found changes to make.
var errPending = errors.New("changes are pending")

// errDeclined is the end of a question answered with no.
var errDeclined = errors.New("nothing was changed")

// usageError is a command line that cannot be understood.
type usageError struct {
	command string // whose help to read: "batten add"
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// exitStatus is the one place where errors become exit statuses.
func exitStatus(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errPending), errors.Is(err, errFindings):
		return 1
	default:
		return 2
	}
}
