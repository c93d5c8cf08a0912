package merge3_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/batten-dev/batten/codemod/merge3"
	"github.com/batten-dev/batten/fixtures"
)

// triple is a merge to be made.
type triple struct {
	name               string
	base, ours, theirs []byte
}

// generated are n triples of texts of a few lines to some hundred, of few different lines or many,
// with a few changes on each side or many.
func generated(n int) []triple {
	random := rand.New(rand.NewPCG(1, 2))
	line := func(words int) string {
		switch random.IntN(8) {
		case 0:
			return "\n"
		case 1:
			return "}\n"
		}
		return fmt.Sprintf("%sline %d\n", strings.Repeat("  ", random.IntN(3)), random.IntN(words))
	}
	change := func(lines []string, words, edits int) []string {
		lines = append([]string(nil), lines...)
		for range edits {
			at, count := random.IntN(len(lines)+1), random.IntN(4)
			count = min(count, len(lines)-at)
			var with []string
			for range random.IntN(4) {
				with = append(with, line(words))
			}
			switch random.IntN(5) {
			case 0: // move
				moved := append([]string(nil), lines[at:at+count]...)
				lines = append(lines[:at], lines[at+count:]...)
				to := random.IntN(len(lines) + 1)
				lines = append(lines[:to], append(moved, lines[to:]...)...)
			default:
				lines = append(lines[:at], append(with, lines[at+count:]...)...)
			}
		}
		return lines
	}
	text := func(lines []string, crlf, open bool) []byte {
		s := strings.Join(lines, "")
		if crlf {
			s = strings.ReplaceAll(s, "\n", "\r\n")
		}
		if open {
			s = strings.TrimRight(s, "\r\n")
		}
		return []byte(s)
	}
	var list []triple
	for i := range n {
		words := []int{3, 10, 1000}[random.IntN(3)]
		var base []string
		for range random.IntN([]int{6, 30, 200}[random.IntN(3)]) {
			base = append(base, line(words))
		}
		edits := []int{1, 3, 12}[random.IntN(3)]
		ours := change(base, words, random.IntN(edits+1))
		theirs := change(base, words, random.IntN(edits+1))
		if random.IntN(6) == 0 { // some changes are the same on both sides
			theirs = change(ours, words, random.IntN(edits+1))
		}
		crlf, odd := random.IntN(8) == 0, random.IntN(8) == 0
		list = append(list, triple{fmt.Sprint("generated ", i), text(base, crlf, odd && i%2 == 0), text(ours, crlf != (odd && i%3 == 0), odd), text(theirs, crlf, odd && i%5 == 0)})
	}
	return list
}

// large are triples of texts with hundreds of changes.
func large() []triple {
	random := rand.New(rand.NewPCG(3, 4))
	var list []triple
	for i := range 8 {
		var base []string
		for n := range 2000 {
			base = append(base, fmt.Sprintf("line %d\n", []int{n, random.IntN(50)}[random.IntN(2)]))
		}
		edited := func() []byte {
			var out strings.Builder
			for _, line := range base {
				switch random.IntN(10 + 40*i) {
				case 0:
				case 1:
					fmt.Fprintf(&out, "new %d\n%s", random.IntN(20), line)
				default:
					out.WriteString(line)
				}
			}
			return []byte(out.String())
		}
		list = append(list, triple{fmt.Sprint("large ", i), []byte(strings.Join(base, "")), edited(), edited()})
	}
	return list
}

// templates are triples of files of app templates: of one release as the base, of a later one as theirs, and of
// another layout or a release in between as ours.
func templates(t *testing.T) []triple {
	pins := fixtures.Pins()
	var list []triple
	tree := func(i int, layout string) fs.FS {
		if i < 0 || i >= len(pins) || pins[i].Release < "1.41" || !strings.Contains(strings.Join(pins[i].Layouts, " "), layout) || len(pins[i].Release) < 6 {
			return nil
		}
		return fixtures.Template(t, pins[i].Release, layout)
	}
	for i := range pins {
		base := tree(i, fixtures.LayoutLegacy)
		if base == nil {
			continue
		}
		for _, others := range [][2]fs.FS{
			{tree(i+1, fixtures.LayoutLegacy), tree(i+3, fixtures.LayoutLegacy)},
			{tree(i, fixtures.LayoutNew), tree(i+2, fixtures.LayoutLegacy)},
			{tree(i+4, fixtures.LayoutLegacy), tree(i+5, fixtures.LayoutNew)},
			{tree(i-2, fixtures.LayoutLegacy), tree(i+2, fixtures.LayoutLegacy)},
		} {
			if others[0] == nil || others[1] == nil {
				continue
			}
			_ = fs.WalkDir(base, ".", func(name string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				b, _ := fs.ReadFile(base, name)
				o, errOurs := fs.ReadFile(others[0], name)
				h, errTheirs := fs.ReadFile(others[1], name)
				if errOurs == nil && errTheirs == nil && !merge3.Binary(b) && !merge3.Binary(o) && !merge3.Binary(h) && (!bytes.Equal(b, o) || !bytes.Equal(b, h)) {
					list = append(list, triple{fmt.Sprintf("%s of %s", name, pins[i].Release), b, o, h})
				}
				return nil
			})
		}
	}
	return list
}

// Merges are those of git merge-file, byte for byte, and so is the number of conflicts.
func TestMergesAreThoseOfGit(t *testing.T) {
	fixtures.Require(t, "git")
	count := 400
	if strings.Contains(os.Getenv("BATTEN_REQUIRE"), "git") {
		count = 2400
	}
	list := append(generated(count), large()...)
	t.Run("templates", func(t *testing.T) {
		more := templates(t)
		t.Logf("%d files of templates", len(more))
		list = append(list, more...)
	})
	dir := t.TempDir()
	var mu sync.Mutex
	var wait sync.WaitGroup
	work := make(chan triple)
	clean, conflicts, wrong := 0, 0, 0
	for n := range 2 {
		wait.Go(func() {
			for c := range work {
				for _, style := range []merge3.Style{merge3.MergeStyle, merge3.Diff3Style} {
					want, status := git(t, filepath.Join(dir, fmt.Sprint(n)), c, style)
					r := merge3.Merge(c.base, c.ours, c.theirs)
					got := r.Marked(style, merge3.Labels{"ours", "base", "theirs"})
					mu.Lock()
					if style == merge3.MergeStyle && status == 0 {
						clean++
					} else if style == merge3.MergeStyle {
						conflicts++
					}
					if !bytes.Equal(got, want) || style == merge3.MergeStyle && r.Clean() != (status == 0) {
						if wrong++; wrong <= 5 {
							t.Errorf("%s, style %d: base\n%s\nours\n%s\ntheirs\n%s\ngives\n%s\ngit has\n%s", c.name, style, c.base, c.ours, c.theirs, got, want)
						}
					}
					if style == merge3.MergeStyle && status == 0 && !bytes.Equal(r.Text(), want) {
						t.Errorf("%s: Text differs from git", c.name)
					}
					mu.Unlock()
				}
			}
		})
	}
	for _, c := range list {
		work <- c
	}
	close(work)
	wait.Wait()
	t.Logf("%d triples in both styles: %d clean, %d with conflicts; %d differ", len(list), clean, conflicts, wrong)
}

func git(t *testing.T, stem string, c triple, style merge3.Style) (merged []byte, status int) {
	args := []string{"merge-file", "-p", "--quiet", "-L", "ours", "-L", "base", "-L", "theirs"}
	if style == merge3.Diff3Style {
		args = append(args, "--diff3")
	}
	for name, content := range map[string][]byte{".ours": c.ours, ".base": c.base, ".theirs": c.theirs} {
		if err := os.WriteFile(stem+name, content, 0o600); err != nil {
			t.Error(err)
		}
	}
	cmd := exec.Command("git", append(args, stem+".ours", stem+".base", stem+".theirs")...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return out, exit.ExitCode()
	}
	if err != nil {
		t.Error(err)
	}
	return out, 0
}
