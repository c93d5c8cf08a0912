package changelog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/batten-dev/batten/registry/npm"
)

// Step is a package that goes from one version to another.
type Step struct {
	Name string `json:"name"`
	From string `json:"from"` // exact
	To   string `json:"to"`   // exact
}

// Log is what changed in a package.
type Log struct {
	Step
	Entries []Entry `json:"entries"` // see Between
	Problem error   `json:"-"`       // why there is no change log; nil if there is one
}

// ErrNoChangelog is the problem of a package without a CHANGELOG.md.
var ErrNoChangelog = errors.New("the package has no CHANGELOG.md")

// Collect reads the change logs in the packages of the versions that steps lead to, in the order of
// the steps. progress, if not nil, is called after each, from one goroutine at a time. The error is
// that of a context that ended; what else fails is the Problem of its Log.
func Collect(ctx context.Context, client *npm.Client, steps []Step, progress func(done, all int)) ([]Log, error) {
	logs := make([]Log, len(steps))
	var mu sync.Mutex
	var wait sync.WaitGroup
	done := 0
	slots := make(chan struct{}, 8) // packages unpacked at a time
	for i, step := range steps {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			logs[i] = Log{Step: step}
			if ctx.Err() != nil {
				return
			}
			src, err := read(ctx, client, step)
			if err != nil {
				logs[i].Problem = err
			} else {
				logs[i].Entries = Between(Parse(src), step.From, step.To)
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			if progress != nil {
				progress(done, len(steps))
			}
		})
	}
	wait.Wait()
	return logs, ctx.Err()
}

func read(ctx context.Context, client *npm.Client, step Step) ([]byte, error) {
	v, err := client.Version(ctx, step.Name, step.To)
	if err != nil {
		return nil, err
	}
	files, err := client.Tarball(ctx, v)
	if err != nil {
		return nil, err
	}
	src, err := files.ReadFile("CHANGELOG.md")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s@%s: %w", step.Name, step.To, ErrNoChangelog)
	}
	return src, err
}
