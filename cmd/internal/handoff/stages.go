package handoff

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Unmerged is a file with a conflict: its three sides.
type Unmerged struct {
	Path               string // slash path from root
	Base, Ours, Theirs []byte
}

// Unmerge writes the sides of conflicts to the index of the repository that root is in, as
// stages 1, 2 and 3, so that git and editors show them as a merge's.
func Unmerge(ctx context.Context, root string, files []Unmerged) error {
	if len(files) == 0 {
		return nil
	}
	prefix, err := answer(ctx, root, nil, "rev-parse", "--show-prefix")
	if err != nil {
		return err
	}
	var info strings.Builder
	for _, f := range files {
		name := prefix + f.Path
		mode := "100644"
		if was, err := answer(ctx, root, nil, "ls-files", "--stage", "--", ":(literal)"+f.Path); err == nil && strings.HasPrefix(was, "100755 ") {
			mode = "100755"
		}
		fmt.Fprintf(&info, "0 %s\t%s\x00", strings.Repeat("0", 40), name)
		for i, side := range [...][]byte{f.Base, f.Ours, f.Theirs} {
			id, err := answer(ctx, root, side, "hash-object", "-w", "--stdin")
			if err != nil {
				return err
			}
			fmt.Fprintf(&info, "%s %s %d\t%s\x00", mode, id, i+1, name)
		}
	}
	_, err = answer(ctx, root, []byte(info.String()), "update-index", "-z", "--index-info")
	return err
}

// answer runs git with an input, and returns what it prints, without the newline at the end.
func answer(ctx context.Context, root string, input []byte, args ...string) (string, error) {
	if err := Find("git"); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Stdin = root, bytes.NewReader(input)
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	if err := cmd.Run(); err != nil {
		f := failure(cmd, append([]string{"git"}, args...), err)
		f.Command, f.Output = "git "+args[0], strings.TrimSpace(problem.String())
		return "", f
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}
