package handoff

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// Unmerged is a file with a conflict: its three sides.
type Unmerged struct {
	Path               string // slash path from root
	Base, Ours, Theirs []byte
}

// Unmerge writes the sides of conflicts to the index of the repository that root is in, as
// stages 1, 2 and 3, so that git and editors show them as a merge's. Files that are not in the
// index are left out.
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
		was, err := answer(ctx, root, nil, "ls-files", "--stage", "--", ":(literal)"+f.Path)
		if err != nil {
			return err
		}
		if was == "" {
			continue
		}
		mode := "100644"
		if strings.HasPrefix(was, "100755 ") {
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

// Merged takes back what Unmerge did: the index has these files as the last commit has them again.
// It returns those that had been unmerged. Outside of git, and while git itself merges or rebases,
// it leaves the index alone.
func Merged(ctx context.Context, root string, files []string) ([]string, error) {
	if len(files) == 0 || !InGit(ctx, root) {
		return nil, nil
	}
	for _, head := range []string{"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD"} {
		if id, _ := answer(ctx, root, nil, "rev-parse", "--quiet", "--verify", head); id != "" {
			return nil, nil
		}
	}
	out, err := answer(ctx, root, nil, append([]string{"ls-files", "--unmerged", "-z", "--"}, literal(files)...)...)
	if err != nil {
		return nil, err
	}
	var names []string
	for entry := range strings.SplitSeq(out, "\x00") {
		if _, name, ok := strings.Cut(entry, "\t"); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	_, err = answer(ctx, root, nil, append([]string{"reset", "--quiet", "--"}, literal(names)...)...)
	return names, err
}

// Staged are those of the files that are otherwise in git's index than in the last commit; none
// where there is no git.
func Staged(ctx context.Context, root string, files []string) []string {
	if len(files) == 0 {
		return nil
	}
	out, err := answer(ctx, root, nil, append([]string{"diff", "--cached", "--name-only", "--relative", "-z", "--"}, literal(files)...)...)
	if err != nil || out == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
}

// InGit says whether a folder is in a git repository.
func InGit(ctx context.Context, root string) bool {
	_, err := answer(ctx, root, nil, "rev-parse", "--show-prefix")
	return err == nil
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
