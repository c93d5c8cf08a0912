package lockfile

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
)

// read is what dump.cjs prints of an entry.
type read struct {
	Version      string            `json:"version"`
	Resolution   string            `json:"resolution"`
	Dependencies map[string]string `json:"dependencies"`
	Peers        map[string]string `json:"peers"`
}

// Yarn's own parsers read the same in the table's lockfiles, and in every yarn.lock below the
// folder that BATTEN_LOCKFILES names; what they refuse is refused.
func TestOracleYarnReadsTheSame(t *testing.T) {
	fixtures.Require(t, "oracle", "network")
	dir := t.TempDir()
	install := exec.Command("npm", "install", "--no-audit", "--no-fund", "--prefix", dir, "@yarnpkg/lockfile@1", "@yarnpkg/parsers@3")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
	var files []string
	for i, c := range readable {
		name := filepath.Join(dir, string(rune('a'+i))+".lock")
		if err := os.WriteFile(name, []byte(c.src), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	if corpus := os.Getenv("BATTEN_LOCKFILES"); corpus != "" {
		err := filepath.WalkDir(corpus, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && d.Name() == "yarn.lock" {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	dump := exec.Command("node", filepath.Join("testdata", "dump.cjs"))
	dump.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(dir, "node_modules"))
	dump.Stdin = strings.NewReader(strings.Join(files, "\n"))
	out, err := dump.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(lines) != len(files) {
		t.Fatalf("%d answers for %d files", len(lines), len(files))
	}
	count, entries := map[Format]int{}, 0
	for i, line := range lines {
		var want struct {
			Error   string
			Format  Format
			Entries map[string]read
		}
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		l, err := Parse(src)
		if err != nil || want.Error != "" {
			if err == nil || want.Error == "" {
				t.Errorf("%s: %v, yarn says %q", files[i], err, want.Error)
			}
			continue
		}
		compare(t, files[i], l, want.Format, want.Entries)
		count[l.Format]++
		entries += len(l.Entries)
	}
	t.Logf("%d files of yarn 1, %d of berry, %d entries", count[Classic], count[Berry], entries)
}

func compare(t *testing.T, file string, l *Lockfile, format Format, want map[string]read) {
	t.Helper()
	if l.Format != format {
		t.Errorf("%s: %s, yarn says %s", file, l.Format, format)
	}
	seen := 0
	for i := range l.Entries {
		e := &l.Entries[i]
		got := read{e.Version, e.Resolution, mapOf(append(e.Dependencies, e.OptionalDependencies...)), mapOf(e.PeerDependencies)}
		for _, d := range e.Descriptors {
			key := d.String()
			if d.Range == "" {
				key = d.Name
			}
			w, ok := want[key]
			if !ok || w.Version != got.Version || w.Resolution != got.Resolution || !maps.Equal(w.Dependencies, got.Dependencies) || !maps.Equal(w.Peers, got.Peers) {
				t.Errorf("%s:%d: %s is\n%+v, yarn says\n%+v", file, e.Line, key, got, w)
			}
			seen++
		}
	}
	if seen != len(want) {
		t.Errorf("%s: %d descriptors, yarn says %d", file, seen, len(want))
	}
}

func mapOf(list []Descriptor) map[string]string {
	m := map[string]string{}
	for _, d := range list {
		m[d.Name] = d.Range
	}
	return m
}
