package npmver_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/batten-dev/batten/fixtures"
)

func TestTableIsWhatNodeSemverAnswersNow(t *testing.T) {
	fixtures.Require(t, "oracle", "network")
	want, err := os.ReadFile(filepath.Join("testdata", "node-semver.json"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	install := exec.Command("npm", "install", "--no-audit", "--no-fund", "--prefix", dir, "semver@7")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm install semver: %v\n%s", err, out)
	}
	generate := exec.Command("node", "generate.cjs")
	generate.Dir = "testdata"
	generate.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(dir, "node_modules"))
	got, err := generate.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("testdata/node-semver.json differs from what node-semver answers; regenerate it and see what changed")
	}
}
