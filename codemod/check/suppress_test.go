package check_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

// twice is the legacy app with a feature added twice, the second time after a comment.
func twice(comment, after string) fstest.MapFS {
	good := fixtures.App("legacy")
	src := strings.Replace(string(good[backend].Data), "backend.start();", comment+"backend.add(import('@backstage/plugin-app-backend'));"+after+"\n\nbackend.start();", 1)
	return fixtures.With(good, map[string]string{backend: src})
}

func TestCommentsSuppressWhatIsOnTheirLineOrTheNext(t *testing.T) {
	for _, x := range []struct {
		name, before, after string
		ignored             bool
		reason              string
		finds               string // codes of the family check
	}{
		{"line before", "// batten-ignore BB003: on purpose\n", "", true, "on purpose", ""},
		{"same line", "", " // batten-ignore BB003: on purpose", true, "on purpose", ""},
		{"block comment", "/* batten-ignore BB003: on purpose */\n", "", true, "on purpose", ""},
		{"other comments between", "// batten-ignore BB003: on purpose\n// more\n\n", "", true, "on purpose", ""},
		{"by name, one of several", "// batten-ignore BF001, added-twice: both\n", "", true, "both", "BX003"},
		{"several, and one that there is not", "// batten-ignore BB003, BF999: both\n", "", true, "both", "BX003"},
		{"another rule", "// batten-ignore BB001: on purpose\n", "", false, "", "BX003"},
		{"no such rule", "// batten-ignore BB999: on purpose\n", "", false, "", "BX003"},
		{"no reason", "// batten-ignore BB003\n", "", true, "", "BX004"},
		{"too early", "// batten-ignore BB003: on purpose\nbackend.use(1);\n", "", false, "", "BX003"},
		{"CRLF", "// batten-ignore BB003: on purpose\r\n", "", true, "on purpose", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			res := run(t, twice(x.before, x.after), check.Rules())
			found, own := 0, ""
			for _, f := range res.Findings {
				if f.Code == "BB003" {
					found++
				}
				if strings.HasPrefix(f.Code, "BX") {
					own += f.Code
				}
			}
			if x.ignored != (found == 0) || own != x.finds || x.ignored != (len(res.Ignored) == 1) {
				t.Fatalf("found %d, ignored %d, check's own %q:%s", found, len(res.Ignored), own, lines(res.Findings))
			}
			if x.ignored && res.Ignored[0].Reason != x.reason {
				t.Errorf("reason %q", res.Ignored[0].Reason)
			}
		})
	}
}

func TestSettingsSetSeveritiesAndIgnorePaths(t *testing.T) {
	for _, x := range []struct {
		name, yaml string
		want       string // severity of BB003, "" if it is not found
		bad        string // part of the error
	}{
		{"none", "", "error", ""},
		{"off", "check: {rules: {BB003: off}}", "", ""},
		{"by name", "check: {rules: {added-twice: warning}}", "warning", ""},
		{"rule above family", "check: {rules: {BB003: note, backend: warning}}", "note", ""},
		{"family", "check: {rules: {backend: warning}}", "warning", ""},
		{"path", "check: {ignore: [{rule: BB003, paths: [packages/**/index.ts], reason: x}]}", "", ""},
		{"folder", "check: {ignore: [{paths: [packages/backend], reason: x}]}", "", ""},
		{"other path", "check: {ignore: [{rule: BB003, paths: [packages/app/**], reason: x}]}", "error", ""},
		{"no severity", "check: {rules: {BB003: bad}}", "", `"bad" is no severity`},
		{"everything", "check: {ignore: [{reason: x}]}", "", "everything is ignored everywhere"},
		{"unknown setting", "check: {rule: {}}", "", `no setting "rule" of check`},
		{"not YAML", "check: [", "", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			fsys := fixtures.With(twice("", ""), map[string]string{check.SettingsFile: x.yaml})
			if _, err := check.ReadSettings(fsys, check.Rules()); err != nil {
				if x.want != "" || x.bad != "" && !strings.Contains(err.Error(), x.bad) || diag.Of(err) == nil {
					t.Errorf("error %v", err)
				}
				return
			}
			got := ""
			for _, f := range run(t, fsys, check.Rules()).Findings {
				if f.Code == "BB003" {
					got = f.Severity.String()
				}
			}
			if got != x.want || x.bad != "" {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
}

func TestAPanicOfARuleIsAFindingAndTheOthersRun(t *testing.T) {
	rules := append(check.Rules(), check.Rule{Code: "ZZ001", Name: "bad", Family: check.Backend, Check: func(*check.Repo) []check.Finding { panic("oh") }})
	res := run(t, twice("", ""), rules)
	codes := ""
	for _, f := range res.Findings {
		codes += f.Code + " "
	}
	if !strings.Contains(codes, "BX002") || !strings.Contains(codes, "BB003") {
		t.Error(codes)
	}
}

func TestFingerprintsStayWhenLinesMove(t *testing.T) {
	printOf := func(fsys fs.FS) string {
		for _, f := range run(t, fsys, check.Rules()).Findings {
			if f.Code == "BB003" {
				return f.Fingerprint
			}
		}
		return ""
	}
	a, b := printOf(twice("", "")), printOf(twice("// one\n// two\n\n", ""))
	if a == "" || a != b {
		t.Errorf("%q and %q", a, b)
	}
}

// denied is a file system some of whose files cannot be read.
type denied struct {
	fstest.MapFS
	name string
}

func (d denied) ReadFile(name string) ([]byte, error) {
	if name == d.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.ReadFile(name)
}

func (d denied) Open(name string) (fs.File, error) {
	if name == d.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.MapFS.Open(name)
}

func TestAFileThatCannotBeReadIsOneFinding(t *testing.T) {
	for _, name := range []string{app, backend, appJSON, "app-config.yaml", "yarn.lock"} {
		n := 0
		res := run(t, denied{fixtures.App("legacy"), name}, check.Rules())
		for _, f := range res.Findings {
			if f.Code == "BX001" && f.File == name {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s: %d findings:%s", name, n, lines(res.Findings))
		}
	}
}

func FuzzAnyFileMayHaveAnyContent(f *testing.F) {
	files := []string{app, backend, appJSON, "app-config.yaml", "yarn.lock", entity, "package.json", "catalog-info.yaml", "packages/backend/Dockerfile", check.SettingsFile}
	good := fixtures.App("legacy")
	for i, name := range files {
		if file := good[name]; file != nil {
			f.Add(i, file.Data)
			f.Add(i, file.Data[:len(file.Data)/2])
		}
		f.Add(i, []byte("\xff{[\n# batten-ignore BF001"))
	}
	rules := check.Rules()
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		name := files[uint(i)%uint(len(files))]
		fsys := fixtures.With(good, map[string]string{name: string(data)})
		ws, err := workspace.Load(fsys)
		if err != nil {
			return
		}
		repo, err := check.Open(context.Background(), ws)
		if err != nil {
			t.Fatal(err)
		}
		one, err := check.Run(context.Background(), repo, rules, nil)
		if err != nil {
			t.Fatal(err)
		}
		two, err := check.Run(context.Background(), repo, rules, nil)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(one.Findings) != fmt.Sprint(two.Findings) {
			t.Errorf("two runs differ")
		}
		for _, f := range one.Findings {
			if f.Code == "BX002" {
				t.Error(line(f))
			}
			src, err := fs.ReadFile(fsys, f.File)
			if f.File != "" && err == nil && (f.Span.Start < 0 || f.Span.End > len(src) || f.Span.Start > f.Span.End) {
				t.Errorf("span %v of %d bytes: %s", f.Span, len(src), line(f))
			}
		}
	})
}
