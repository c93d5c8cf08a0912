package template_test

import (
	"archive/tar"
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/template"
	"github.com/batten-dev/batten/registry/npm"
)

var update = flag.Bool("update", false, "add to history.txt what the templates have; all that are in a clone of the upgrade helper's repository that BATTEN_TEMPLATES names")

// told is what history.txt tells: for each path and hash the release that brought it, and layouts.
type told map[string]map[string][2]string

func (h told) add(t *testing.T, release, layouts string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		if care, _ := template.CareOf(name); care != template.Text {
			continue
		}
		if path.Base(name) != "package.json" {
			h.put(name, template.HashOf(content), release, layouts)
			continue
		}
		var doc map[string]any
		if err := json.Unmarshal(content, &doc); err != nil {
			t.Fatal(release, name, err)
		}
		for key, value := range doc {
			if key == "name" || key == "version" {
				continue
			}
			inner, nested := value.(map[string]any)
			if !nested || key == "workspaces" {
				inner = map[string]any{"": value}
			}
			for k, v := range inner {
				if strings.HasSuffix(key, "ependencies") && strings.HasPrefix(k, "@backstage/") {
					continue // their versions are the release's
				}
				text, _ := json.Marshal(v) // what was just read
				h.put(name+"#"+strings.TrimSuffix(key+"."+k, "."), template.HashOf(text), release, layouts)
			}
		}
	}
}

func (h told) put(name, hash, release, layouts string) {
	if h[name] == nil {
		h[name] = map[string][2]string{}
	}
	was, ok := h[name][hash]
	if !ok {
		was[0] = release
	}
	for _, l := range strings.Split(layouts, "") {
		if !strings.Contains(was[1], l) {
			was[1] += l
		}
	}
	h[name][hash] = was
}

func (h told) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		b.WriteString(name)
		hashes := slices.SortedFunc(maps.Keys(h[name]), func(x, y string) int {
			return cmp.Or(slices.Index(manifest.Releases(), h[name][x][0])-slices.Index(manifest.Releases(), h[name][y][0]), cmp.Compare(x, y))
		})
		for _, hash := range hashes {
			fmt.Fprintf(&b, " %s:%s:%s", h[name][hash][0], h[name][hash][1], hash)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func readHistory(t *testing.T) told {
	t.Helper()
	data, err := os.ReadFile("history.txt")
	if err != nil {
		t.Fatal(err)
	}
	h := told{}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		for _, f := range fields[1:] {
			parts := strings.Split(f, ":")
			h.put(fields[0], parts[2], parts[0], parts[1])
		}
	}
	return h
}

// The table of what templates had has all of the pinned ones.
func TestHistoryKnowsTheTemplates(t *testing.T) {
	h := readHistory(t)
	if *update {
		h = told{}
		addClone(t, h)
	}
	for _, p := range fixtures.Pins() {
		for _, layout := range p.Layouts {
			letter := map[string]string{fixtures.LayoutLegacy: "l", fixtures.LayoutNew: "n"}[layout]
			h.add(t, p.Release, letter, contents(t, fixtures.Template(t, p.Release, layout)))
		}
	}
	if *update {
		if err := os.WriteFile("history.txt", []byte(h.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if was := readHistory(t); was.String() != h.String() {
		t.Error("history.txt lacks contents of templates: run with -update")
	}
}

// addClone adds the apps of releases that a clone of the upgrade helper's repository has.
func addClone(t *testing.T, h told) {
	t.Helper()
	clone := os.Getenv("BATTEN_TEMPLATES")
	if clone == "" {
		t.Fatal("BATTEN_TEMPLATES names no clone")
	}
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	config.Offline = true
	done := map[string]bool{}
	for _, release := range manifest.Releases() {
		version, err := manifest.CreateAppOf(t.Context(), npm.New(config), release)
		if err != nil || strings.Contains(release, "-") || done[version] {
			continue
		}
		done[version] = true
		archive, err := exec.Command("git", "-C", clone, "archive", "--format=tar", "refs/heads/release/"+version).Output()
		if err != nil {
			t.Logf("%s: create-app %s is not in the clone", release, version)
			continue
		}
		files := map[string][]byte{}
		for r := tar.NewReader(bytes.NewReader(archive)); ; {
			header, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if header.Typeflag == tar.TypeReg {
				content, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				files[path.Clean(header.Name)] = content
			}
		}
		layout := "l"
		if files["packages/app/src/modules/nav/Sidebar.tsx"] != nil || strings.Contains(string(files["packages/app/src/App.tsx"]), "@backstage/frontend-defaults") {
			layout = "n"
		}
		h.add(t, release, layout, files)
	}
}
