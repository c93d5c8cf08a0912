package handoff

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Lines is a range of lines, both counted in, from 1.
type Lines struct{ First, Last int }

// Touched returns what is different from a commit, in the files below root as they are now:
// lines by slash path from root. A file that is new to git has all of its lines. base is any
// name of a commit. The error says what git says.
func Touched(ctx context.Context, root, base string) (map[string][]Lines, error) {
	touched := map[string][]Lines{}
	type answer struct {
		out string
		err error
	}
	others := make(chan answer, 1)
	go func() {
		out, err := gitOutput(ctx, root, "ls-files", "--others", "--exclude-standard", "-z")
		others <- answer{out, err}
	}()
	out, err := gitOutput(ctx, root, "diff", "--relative", "-U0", "--no-color", "--no-ext-diff", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/", base, "--")
	if err != nil {
		return nil, err
	}
	name := ""
	for line := range strings.SplitSeq(out, "\n") {
		switch {
		case strings.HasPrefix(line, "+++ "):
			name = ""
			if file := strings.TrimRight(line[4:], "\t\r"); file != "/dev/null" {
				if unquoted, err := strconv.Unquote(file); err == nil {
					file = unquoted
				}
				name = strings.TrimPrefix(file, "b/")
				touched[name] = []Lines{}
			}
		case strings.HasPrefix(line, "@@ ") && name != "":
			if l, ok := hunk(line); ok {
				touched[name] = append(touched[name], l)
			}
		}
	}
	fresh := <-others
	if fresh.err != nil {
		return nil, fresh.err
	}
	for file := range strings.SplitSeq(fresh.out, "\x00") {
		if file != "" {
			touched[filepath.ToSlash(file)] = []Lines{{1, 1 << 30}}
		}
	}
	return touched, nil
}

// hunk reads "@@ -1,2 +3,4 @@". Where lines were only taken out, those on both sides are touched.
func hunk(line string) (Lines, bool) {
	fields := strings.Fields(line)
	if len(fields) < 3 || !strings.HasPrefix(fields[2], "+") {
		return Lines{}, false
	}
	first, count, more := strings.Cut(fields[2][1:], ",")
	start, err := strconv.Atoi(first)
	if err != nil {
		return Lines{}, false
	}
	n := 1
	if more {
		if n, err = strconv.Atoi(count); err != nil {
			return Lines{}, false
		}
	}
	if n == 0 {
		return Lines{start, start + 1}, true
	}
	return Lines{start, start + n - 1}, true
}

// Prefix is the folder of root in its git repository, with a slash at its end; "" at the top, or
// outside of git.
func Prefix(ctx context.Context, root string) string {
	out, err := gitOutput(ctx, root, "rev-parse", "--show-prefix")
	if err != nil {
		return ""
	}
	return strings.TrimRight(out, "\r\n")
}

func gitOutput(ctx context.Context, root string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &out, &errs
	if err := cmd.Run(); err != nil {
		if said := strings.TrimSpace(errs.String()); said != "" {
			return "", fmt.Errorf("git %s: %s", args[0], said)
		}
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return out.String(), nil
}
