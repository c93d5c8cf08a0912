package template_test

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/manifest/template"
)

func contents(t testing.TB, fsys fstest.MapFS) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, f := range fsys {
		if f.Mode.IsRegular() {
			out[name] = f.Data
		}
	}
	return out
}

type pair struct{ from, to, layout string }

// pairs are the pairs of releases that follow each other, those two and four apart, and each
// with the newest, for both layouts.
func pairs() []pair {
	var out []pair
	for _, layout := range []string{fixtures.LayoutLegacy, fixtures.LayoutNew} {
		var releases []string
		for _, p := range fixtures.Pins() {
			if slices.Contains(p.Layouts, layout) {
				releases = append(releases, p.Release)
			}
		}
		for i := range releases {
			var to []int
			for _, j := range []int{i + 1, i + 2, i + 4, len(releases) - 1} {
				if j > i && j < len(releases) && !slices.Contains(to, j) {
					to = append(to, j)
					out = append(out, pair{releases[i], releases[j], layout})
				}
			}
		}
	}
	return out
}

// An app that nobody changed becomes the app of the other release, but for what the template
// leaves to the app.
func TestAnUntouchedAppBecomesTheNewTemplate(t *testing.T) {
	n, files := 0, 0
	for _, p := range pairs() {
		t.Run(p.layout+" "+p.from+" "+p.to, func(t *testing.T) {
			base, theirs := contents(t, fixtures.Template(t, p.from, p.layout)), contents(t, fixtures.Template(t, p.to, p.layout))
			over := change.NewOverlay(fixtures.Template(t, p.from, p.layout))
			result, err := template.Merge(t.Context(), over, base, theirs, template.MergeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			withoutExamples := map[string]bool{} // the template had none then, and its files stay out
			for _, f := range result.Files {
				withoutExamples[f.Path] = slices.ContainsFunc(f.Notes, func(n string) bool { return strings.Contains(n, "locations of examples") }) && base["examples/entities.yaml"] == nil
				care, _ := template.CareOf(f.Path)
				if f.Status == template.Conflict || f.Status == template.Skipped && care != template.Users {
					t.Errorf("%s: %s: %s %v", f.Path, f.Status, f.Why, f.Conflicts)
				}
			}
			for name, want := range theirs {
				if care, _ := template.CareOf(name); care == template.Users || withoutExamples[name] {
					continue
				}
				if got, err := over.ReadFile(name); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s is not the template's (%v)", name, err)
				}
				files++
			}
			for name := range base {
				if _, stays := theirs[name]; stays {
					continue
				}
				if care, _ := template.CareOf(name); care != template.Users {
					if _, err := fs.Stat(over, name); err == nil {
						t.Errorf("%s is still there", name)
					}
				}
			}
			n++
		})
	}
	t.Logf("%d pairs, %d files", n, files)
}

// lines are the lines of a text without white space at their ends, and what formatters decide.
func lines(src []byte) map[string]int {
	out := map[string]int{}
	for l := range strings.Lines(string(src)) {
		if l = strings.Trim(l, " \t\r\n,"); l != "" {
			out[l]++
		}
	}
	return out
}
