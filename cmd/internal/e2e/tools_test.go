//go:build unix

package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/registry/recipe"
)

// nodeMajor is a version of Node that every current Backstage release supports.
const nodeMajor = "22"

// toolsEnv is the environment of all that is run: Node and yarn from npm come first on the
// PATH, native modules build against that Node, and yarn keeps its cache in home.
func toolsEnv(ctx context.Context, t *testing.T, home string, step stepper) []string {
	tools := filepath.Join(home, "tools")
	modules := filepath.Join(tools, "node_modules")
	node := filepath.Join(modules, "node", "bin", "node")
	step("node and yarn", func() string {
		if version(ctx, node) == "" {
			install(ctx, t, tools, "node@"+nodeMajor, "yarn@1")
		}
		v := version(ctx, node)
		if !strings.HasPrefix(v, "v"+nodeMajor+".") {
			t.Fatalf("the npm package node@%s gave no Node %s in %s: its version is %q", nodeMajor, nodeMajor, node, v)
		}
		return "node " + v
	})
	env := append(os.Environ(),
		"PATH="+strings.Join([]string{filepath.Dir(node), filepath.Join(modules, ".bin"), os.Getenv("PATH")}, string(os.PathListSeparator)),
		"YARN_CACHE_FOLDER="+filepath.Join(home, "yarn"),
		"YARN_ENABLE_GLOBAL_CACHE=false",
		"YARN_ENABLE_TELEMETRY=0",
		"YARN_ENABLE_IMMUTABLE_INSTALLS=false", // which yarn wants where CI is set
	)
	headers, _ := filepath.Glob(filepath.Join(modules, "node", "node_modules", "node-*", "include"))
	hoisted, _ := filepath.Glob(filepath.Join(modules, "node-*", "include"))
	if headers = append(headers, hoisted...); len(headers) > 0 {
		env = append(env, "npm_config_nodedir="+filepath.Dir(headers[0]))
	}
	return env
}

func version(ctx context.Context, node string) string {
	out, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func install(ctx context.Context, t *testing.T, dir string, packages ...string) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte("{\"private\": true}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"install", "--no-audit", "--no-fund", "--no-save", "--prefix", dir}, packages...)
	cmd := exec.CommandContext(ctx, "npm", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// dummies sets every variable that a recipe's configuration names.
func dummies() []string {
	var env []string
	for _, name := range plugins {
		if r, ok := recipe.Lookup(name); ok {
			for _, e := range r.Env {
				env = append(env, e.Name+"=dummy")
			}
		}
	}
	return env
}
