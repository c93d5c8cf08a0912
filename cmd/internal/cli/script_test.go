package cli

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/fixtures"
)

var update = flag.Bool("update", false, "write what was printed into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"batten": func() { os.Exit(Main(context.Background(), os.Args[1:], iostreams.System())) },
	})
}

// The scripts run in a folder of their own. Besides testscript's commands they have
//
//	fixture NAME [DIR]      copy a fixture app to DIR, or to app
//	change VERB FILE FROM   commit a change: FILE in app gets the content of FROM
//	registry [search]       take packages from the registry of the tests, which has a search or none
//	status N COMMAND ARG... run a command that must end with exit status N
func TestScripts(t *testing.T) {
	plain, searchable := published(t), published(t)
	searchable.Searchable()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fixture": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 1 || len(args) > 2 {
					ts.Fatalf("usage: fixture NAME [DIR]")
				}
				dir := "app"
				if len(args) == 2 {
					dir = args[1]
				}
				ts.Check(copyFS(ts.MkAbs(dir), fixtures.App(args[0])))
			},
			"change": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 3 {
					ts.Fatalf("usage: change VERB FILE FROM")
				}
				root := ts.MkAbs("app")
				over := change.NewOverlay(os.DirFS(root))
				reason := change.Reason{Text: "The script asks for it."}
				ts.Check(over.Write(args[1], []byte(ts.ReadFile(args[2])), reason))
				ts.Check(change.Commit(context.Background(), root, over.Changes(), change.Options{Verb: args[0]}))
			},
			"registry": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) > 1 {
					ts.Fatalf("usage: registry [search]")
				}
				registry := plain
				if len(args) == 1 && args[0] == "search" {
					registry = searchable
				}
				ts.Setenv("npm_config_registry", registry.URL)
				ts.Setenv("REGISTRY", strings.TrimPrefix(registry.URL, "http://"))
			},
			"status": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: status N COMMAND ARG...")
				}
				status := 0
				var exit *exec.ExitError
				if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
					status = exit.ExitCode()
				} else {
					ts.Check(err)
				}
				if want := args[0]; want != strconv.Itoa(status) {
					ts.Fatalf("ended with status %d, want %s", status, want)
				}
			},
		},
		Setup: func(env *testscript.Env) error {
			// No repository above the scripts' folder, and no user's settings.
			env.Setenv("GIT_CEILING_DIRECTORIES", env.WorkDir)
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("TZ", "UTC")
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			return nil
		},
	})
}

func copyFS(dir string, fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}
