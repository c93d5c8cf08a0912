package lockstep

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// PatchSpec is what a patch specifier of yarn says: "patch:NAME@npm%3A1.2.3#~/.yarn/patches/x.patch".
type PatchSpec struct {
	Name    string
	Version string // that the patch is made for; exact
	File    string // as written: "~/x" is from the root of the monorepo, "./x" from the workspace's folder
}

var patchForm = regexp.MustCompile(`^patch:((?:@[^/@]+/)?[^/@]+)@npm(?:%3A|:)(\d[^#]*)#((?:~/|\./|\.\./)[^&#]+)$`)

// ParsePatch reads a patch specifier; false for those that are of another form, like yarn's own
// patches.
func ParsePatch(spec string) (PatchSpec, bool) {
	m := patchForm.FindStringSubmatch(spec)
	if m == nil {
		return PatchSpec{}, false
	}
	return PatchSpec{m[1], m[2], m[3]}, true
}

// withVersion is the specifier of the same patch for another version.
func (p PatchSpec) withVersion(spec, version string) string {
	m := patchForm.FindStringSubmatchIndex(spec)
	return spec[:m[4]] + version + spec[m[5]:]
}

var hunkForm = regexp.MustCompile(`^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@`)

// PatchApplies says whether a patch, a unified diff with paths like "a/dist/x.js", applies to the
// files of a package: every line that it leaves or takes away is there, at most 20 lines from
// where the patch has it, as yarn wants it. The error says what does not.
func PatchApplies(patch []byte, files fs.FS) error {
	const drift = 20
	var lines []string // of the file that is patched
	name, moved, hunks := "", 0, 0
	text := strings.Split(strings.ReplaceAll(string(patch), "\r\n", "\n"), "\n")
	for i := 0; i < len(text); i++ {
		line := text[i]
		switch {
		case strings.HasPrefix(line, "--- "):
			name, lines, moved = strings.TrimPrefix(strings.Fields(line + " x")[1], "a/"), nil, 0
			if name == "/dev/null" {
				continue
			}
			data, err := fs.ReadFile(files, name)
			if err != nil {
				return fmt.Errorf("%s is no longer there", name)
			}
			lines = strings.Split(string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))), "\n")
		case strings.HasPrefix(line, "@@ "):
			m := hunkForm.FindStringSubmatch(line)
			if m == nil || name == "" {
				return errors.New("it cannot be read: " + line)
			}
			start, _ := strconv.Atoi(m[1])
			var old []string
			for i+1 < len(text) && text[i+1] != "" && strings.ContainsRune(" -+\\", rune(text[i+1][0])) && !strings.HasPrefix(text[i+1], "--- ") {
				i++
				if c := text[i][0]; c == ' ' || c == '-' {
					old = append(old, text[i][1:])
				}
			}
			hunks++
			if name == "/dev/null" {
				continue
			}
			at, ok := locate(lines, old, start-1+moved, drift)
			if !ok {
				return fmt.Errorf("%s is other text around line %d", name, start)
			}
			moved = at - (start - 1)
		}
	}
	if hunks == 0 {
		return errors.New("there is no change in it")
	}
	return nil
}

// locate finds lines in a file, as near to a place as they are.
func locate(lines, old []string, near, drift int) (int, bool) {
	fits := func(at int) bool {
		if at < 0 || at+len(old) > len(lines) {
			return false
		}
		for i, l := range old {
			if lines[at+i] != l {
				return false
			}
		}
		return true
	}
	for d := 0; d <= drift; d++ {
		for _, at := range [...]int{near + d, near - d} {
			if fits(at) {
				return at, true
			}
		}
	}
	return 0, false
}
