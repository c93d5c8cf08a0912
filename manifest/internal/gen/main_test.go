package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunWritesTheTableOfAFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("1.0.0.json", `{"releaseVersion": "1.0.0", "packages": [{"name": "b", "version": "1.0.0"}, {"name": "a", "version": "1.0.0"}]}`)
	write("1.1.0-next.0.json", `{"releaseVersion": "1.1.0-next.0", "packages": [{"name": "a", "version": "1.1.0-next.0"}]}`)
	var b strings.Builder
	if err := run(dir, &b); err != nil {
		t.Fatal(err)
	}
	if want := "batten releases 1\n1.0.0 1.1.0-next.0\na =1.0.0;M\nb =1.0.0;-\n"; b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	write("1.1.0.json", `<html>`)
	if err := run(dir, &b); err == nil || !strings.Contains(err.Error(), "1.1.0.json") {
		t.Error(err)
	}
	if err := run(t.TempDir(), &b); err == nil {
		t.Error("an empty folder is no error")
	}
}

func TestTheCommittedTableIsGenerated(t *testing.T) {
	dir := os.Getenv("BATTEN_RELEASES")
	if dir == "" {
		t.Skip("BATTEN_RELEASES does not name a folder of release manifests")
	}
	want, err := os.ReadFile("../../releases.txt")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := run(dir, &b); err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Error("releases.txt is stale: run go run ./manifest/internal/gen " + dir + " > manifest/releases.txt")
	}
}
