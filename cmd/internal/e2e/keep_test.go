//go:build unix

package e2e

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// clear takes the last run's app off the disk. With keep, what yarn made stays: the folders of
// the modules and yarn's own record of them.
func (a *app) clear() {
	a.t.Helper()
	if !a.keep {
		a.check(os.RemoveAll(a.dir))
		return
	}
	a.check(filepath.WalkDir(a.dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "node_modules":
			return filepath.SkipDir
		case d.IsDir() && d.Name() == ".git":
			if err := os.RemoveAll(name); err != nil {
				return err
			}
			return filepath.SkipDir
		case d.IsDir() || d.Name() == "install-state.gz":
			return nil
		}
		return os.Remove(name)
	}))
}

// save keeps what yarn resolved for the next run, and restore gives it to a new app.
func (a *app) save() {
	a.t.Helper()
	if !a.keep {
		return
	}
	lock, err := os.ReadFile(filepath.Join(a.dir, "yarn.lock"))
	a.check(err)
	a.check(os.WriteFile(a.dir+".lock", lock, 0o644))
	a.saveMirror()
}

// saveMirror keeps what was found out about the registry.
func (a *app) saveMirror() {
	a.t.Helper()
	if !a.keep {
		return
	}
	data, err := json.Marshal(a.mirror)
	a.check(err)
	a.check(os.WriteFile(filepath.Join(a.apps, "mirror.json"), data, 0o644))
}

func (a *app) restore() {
	a.t.Helper()
	if !a.keep {
		return
	}
	lock, err := os.ReadFile(a.dir + ".lock")
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	a.check(err)
	a.check(os.WriteFile(filepath.Join(a.dir, "yarn.lock"), lock, 0o644))
}

// load reads what save wrote, if it did.
func (m *mirror) load(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = json.Unmarshal(data, m)
	}
	if err != nil {
		t.Fatal(err)
	}
}
