//go:build linux

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/batten-dev/batten/fixtures"
)

// TestBuildMakesAnImage builds with a real docker engine, which it starts: this needs dockerd on
// the PATH and root. Where BATTEN_REQUIRE names docker, it fails instead of being skipped.
func TestBuildMakesAnImage(t *testing.T) {
	host := engine(t)
	t.Setenv("DOCKER_HOST", host)
	t.Setenv("PATH", programs(t)+string(os.PathListSeparator)+os.Getenv("PATH"))
	app := fixtures.With(fixtures.App("legacy"), map[string]string{
		"packages/backend/Dockerfile": "FROM scratch\nCOPY backstage.json /\nCMD [\"/none\"]\n",
		".dockerignore":               "node_modules\n",
	})
	dir := fixtures.Copy(t, app)
	status, out, errs := batten(dir, "build", "--tag", "batten-test:1")
	if status != 0 || out != "" || !strings.Contains(errs, "docker build . -f packages/backend/Dockerfile --tag batten-test:1") {
		t.Fatalf("%d %s\n%s", status, out, errs)
	}
	if out, err := exec.Command("docker", "image", "inspect", "--format", "{{.Config.Cmd}}", "batten-test:1").CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "[/none]" {
		t.Errorf("the image: %v\n%s", err, out)
	}

	if err := os.WriteFile(filepath.Join(dir, "packages/backend/Dockerfile"), []byte("FROM scratch\nCOPY missing /\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	status, _, errs = batten(dir, "build", "--tag", "batten-test:2", "--no-install")
	if status != 2 || !strings.Contains(errs, "`docker build . -f packages/backend/Dockerfile --tag batten-test:2` ended with status 1") {
		t.Fatalf("%d\n%s", status, errs)
	}
	_, after, _ := strings.Cut(errs, "The output of all is in ")
	log, _, _ := strings.Cut(after, ".log")
	data, err := os.ReadFile(log + ".log")
	if err != nil || !bytes.Contains(data, []byte("missing")) {
		t.Errorf("the log: %v\n%s", err, data)
	}
	if err := os.Remove(log + ".log"); err != nil {
		t.Error(err)
	}
}

// programs is a folder with a yarn that does nothing, and a node that says it is a current one.
func programs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, script := range map[string]string{"yarn": "echo yarn \"$@\"", "node": "echo v22.11.0"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// engine starts a docker engine in a folder of its own and returns its address.
func engine(t *testing.T) string {
	t.Helper()
	skip := func(why string) {
		if strings.Contains(os.Getenv("BATTEN_REQUIRE"), "docker") {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	for _, program := range []string{"dockerd", "docker"} {
		if _, err := exec.LookPath(program); err != nil {
			skip(program + " is not on the PATH")
		}
	}
	if os.Getuid() != 0 {
		skip("an engine can be started by root alone")
	}
	dir, err := os.MkdirTemp("", "engine") // the address of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	address := "unix://" + filepath.Join(dir, "s")
	var log bytes.Buffer
	cmd := exec.Command("dockerd", "--storage-driver=vfs", "--iptables=false", "--bridge=none", "--host", address,
		"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"), "--pidfile", filepath.Join(dir, "pid"))
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		skip(err.Error())
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
		}
		_ = os.RemoveAll(dir)
	})
	for range 150 {
		select {
		case err := <-ended:
			ended <- err
			skip("the engine does not start: " + err.Error() + "\n" + log.String())
		case <-time.After(200 * time.Millisecond):
		}
		if exec.Command("docker", "--host", address, "info").Run() == nil {
			return address
		}
	}
	skip("the engine does not answer within 30 s\n" + log.String())
	return ""
}
