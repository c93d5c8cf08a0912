//go:build unix

package hooks

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/fixtures"
)

// home is where batten's repository is said to be.
const home = "https://github.com/batten-dev/batten"

// root is the root of this work tree, from the folder of the tests.
var root = filepath.Join("..", "..", "..")

// published is the environment of a machine that finds batten's repository, with what stands
// in this work tree on its branch main.
func published(t *testing.T) []string {
	t.Helper()
	fixtures.Require(t, "git", "network")
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Skipf("this is no work tree of git: %v", err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not yet committed so
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(content))
	}
	fixtures.Git(t, dir)
	run(t, dir, nil, "git", "branch", "-M", "main")
	env := strings.Fields(run(t, root, nil, "go", "env", "GOMODCACHE", "GOPROXY"))
	return []string{
		"GOPRIVATE=github.com/batten-dev", // asks the repository, not a proxy
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url." + dir + ".insteadOf", "GIT_CONFIG_VALUE_0=" + home,
		// A Go that has nothing installed, but is spared what this machine has downloaded and compiled.
		"GOPATH=" + t.TempDir(), "GOMODCACHE=", "GOBIN=", "CGO_ENABLED=0", "GOFLAGS=-modcacherw -trimpath",
		"GOPROXY=file://" + filepath.ToSlash(env[0]) + "/cache/download," + env[1],
	}
}

// program is a folder with batten in it, built from this work tree.
func program(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	run(t, root, []string{"CGO_ENABLED=0"}, "go", "build", "-o", filepath.Join(dir, "batten"), "./cmd/batten")
	return dir
}

// portal is a new app, committed to git.
func portal(t *testing.T) string {
	t.Helper()
	app := fixtures.Template(t, fixtures.Newest(fixtures.LayoutLegacy), fixtures.LayoutLegacy)
	dir := fixtures.Copy(t, app)
	fixtures.Git(t, dir)
	return dir
}

const (
	index = "packages/backend/src/index.ts"
	fault = "backend.add(import('@backstage/plugin-app-backend'));\n"
	found = "BB003"
)

// breakIt adds a plugin to the backend that it has already.
func breakIt(t *testing.T, app string) {
	t.Helper()
	name := filepath.Join(app, index)
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(src), "backend.start();", fault+"backend.start();", 1)
	if broken == string(src) {
		t.Fatalf("%s does not start the backend as expected", index)
	}
	write(t, name, broken)
}

// commits tries to commit a good change and then a fault, as somebody whose hooks are set up,
// and expects that the first is taken and the second is not.
func commits(t *testing.T, app string, env []string) {
	t.Helper()
	write(t, filepath.Join(app, "packages/app/src/note.ts"), "export const note = 'a good change';\n")
	run(t, app, env, "git", "add", "-A")
	run(t, app, env, "git", "commit", "-m", "a good change")
	breakIt(t, app)
	run(t, app, env, "git", "add", "-A")
	out, err := try(app, env, "git", "commit", "-m", "a fault")
	if err == nil || !strings.Contains(out, found) {
		t.Errorf("the fault was committed, or what was found is not said (%v):\n%s", err, out)
	}
	if status := run(t, app, env, "git", "status", "--porcelain"); status != "M  "+index+"\n" {
		t.Errorf("the hook left other things behind than the staged fault:\n%s", status)
	}
}

func TestPreCommitRunsTheHook(t *testing.T) {
	fixtures.Require(t, "pre-commit")
	env := append(published(t), "PRE_COMMIT_HOME="+t.TempDir())
	app := portal(t)
	config, err := yaml.Marshal(map[string]any{"repos": snippets(t)["repos"]})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(app, ".pre-commit-config.yaml"), string(config))
	run(t, app, env, "pre-commit", "install")
	commits(t, app, env)
}

func TestHuskyAndLintStagedRunBatten(t *testing.T) {
	fixtures.Require(t, "git", "oracle", "network")
	batten := program(t)
	env := []string{"PATH=" + batten + string(os.PathListSeparator) + os.Getenv("PATH")}
	tools := t.TempDir()
	write(t, filepath.Join(tools, "package.json"), `{"private": true, "dependencies": {"husky": "9.1.7", "lint-staged": "16.4.0"}}`)
	run(t, tools, nil, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts")

	readme := read(t, filepath.Join(root, "README.md"))
	for _, way := range []struct{ name, line, hook, staged string }{
		{name: "husky", line: "batten check --changed", hook: "batten check --changed"},
		{name: "lint-staged", line: `"*.{ts,tsx,yaml}": "batten check"`, hook: "npx lint-staged", staged: `{"*.{ts,tsx,yaml}": "batten check"}`},
	} {
		t.Run(way.name, func(t *testing.T) {
			if !strings.Contains(readme, "`"+way.line+"`") {
				t.Errorf("the README does not say to write %s", way.line)
			}
			app := portal(t)
			if err := os.Symlink(filepath.Join(tools, "node_modules"), filepath.Join(app, "node_modules")); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(app, ".git/info/exclude"), "node_modules\n")
			run(t, app, env, "npx", "husky", "init")
			write(t, filepath.Join(app, ".husky/pre-commit"), way.hook+"\n")
			if way.staged != "" {
				write(t, filepath.Join(app, ".lintstagedrc.json"), way.staged+"\n")
			}
			commits(t, app, env)
		})
	}
}

func TestGitLabJobWritesTheReportAndFails(t *testing.T) {
	env := published(t)
	app := portal(t)
	job := snippets(t)["batten"].(map[string]any)
	script := []string{"set -eu", `PATH="$(go env GOPATH)/bin:$PATH"`} // as in the image of the job
	for _, line := range job["script"].([]any) {
		script = append(script, line.(string))
	}
	report := job["artifacts"].(map[string]any)["reports"].(map[string]any)["codequality"].(string)
	for _, broken := range []bool{false, true} {
		if broken {
			breakIt(t, app)
		}
		out, err := try(app, env, "bash", "-c", strings.Join(script, "\n"))
		if (err != nil) != broken {
			t.Fatalf("broken: %v, the job says %v:\n%s", broken, err, out)
		}
		var findings []struct {
			Rule string `json:"check_name"`
		}
		if err := json.Unmarshal([]byte(read(t, filepath.Join(app, report))), &findings); err != nil {
			t.Fatal(err)
		}
		has := false
		for _, f := range findings {
			has = has || f.Rule == found
		}
		if has != broken {
			t.Errorf("broken: %v, and the report has %v", broken, findings)
		}
	}
}

// action is what of a composite action is used here.
type action struct {
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Runs struct {
		Steps []struct {
			Uses string            `yaml:"uses"`
			Run  string            `yaml:"run"`
			Env  map[string]string `yaml:"env"`
		} `yaml:"steps"`
	} `yaml:"runs"`
}

func TestActionAnnotatesAndFails(t *testing.T) {
	env := published(t)
	app := portal(t)
	breakIt(t, app)
	run(t, app, nil, "git", "commit", "-qam", "a fault")

	var a action
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(root, ".github/actions/check/action.yml"))), &a); err != nil {
		t.Fatal(err)
	}
	inputs := map[string]string{}
	for name, input := range a.Inputs {
		inputs[name] = input.Default
	}
	for _, step := range snippets(t)["jobs"].(map[string]any)["check"].(map[string]any)["steps"].([]any) {
		step := step.(map[string]any)
		if uses, _ := step["uses"].(string); !strings.HasPrefix(uses, "batten-dev/batten/.github/actions/check@") {
			continue
		}
		for name, value := range step["with"].(map[string]any) {
			if _, ok := inputs[name]; !ok {
				t.Errorf("the README gives the action %s, which it does not know", name)
			}
			inputs[name] = value.(string)
		}
	}
	summary := filepath.Join(t.TempDir(), "summary.md")
	var out string
	var err error
	for _, step := range a.Runs.Steps {
		if step.Run == "" {
			continue
		}
		if err != nil {
			t.Fatalf("%v:\n%s", err, out)
		}
		of := append(env, "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+summary)
		for name, value := range step.Env {
			for input, with := range inputs {
				value = strings.ReplaceAll(value, "${{ inputs."+input+" }}", with)
			}
			of = append(of, name+"="+value)
		}
		out, err = try(app, of, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
	}
	if err == nil || !strings.Contains(out, "::error file="+index+",") {
		t.Errorf("the fault does not fail the step, or has no annotation (%v):\n%s", err, out)
	}
	if s := read(t, summary); !strings.Contains(s, found) {
		t.Errorf("the summary of the step does not have the fault:\n%s", s)
	}
	if s := read(t, filepath.Join(app, inputs["sarif"])); !strings.Contains(s, `"ruleId": "`+found+`"`) {
		t.Errorf("the file for code scanning does not have the fault:\n%s", s)
	}
}

// snippets is the YAML of the README that says how to run batten in CI and hooks.
func snippets(t *testing.T) map[string]any {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, filepath.Join(root, "README.md")), "**In CI and hooks.**")
	_, rest, _ = strings.Cut(rest, "```yaml\n")
	block, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the README has no YAML after **In CI and hooks.**")
	}
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(block), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// try runs a program and returns what it printed, on both streams.
func try(dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// run is try for what has to succeed.
func run(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	out, err := try(dir, env, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}
