package change

import (
	"os"
	"path/filepath"
	"slices"
)

// Settle tells the journal that files of the newest change of root were rewritten since by a
// program that the caller trusts, as a package manager that sorts a package.json: what they are
// now counts as what the change left, so that Undo restores them without being forced. names
// are slash paths from the root; those that the change does not have are passed over. Without
// a change that is done, nothing happens.
func Settle(root string, names ...string) error {
	j, err := journalOf(root, diskOps())
	if err != nil {
		return err
	}
	defer j.close()
	if err := j.open(false); err != nil {
		return err
	}
	r, err := j.top()
	if err != nil || r == nil || r.state != Done {
		return err
	}
	for i, f := range r.Files {
		if !slices.Contains(names, f.Path) || f.After == "" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(j.root, filepath.FromSlash(f.Path)))
		if err != nil {
			return err
		}
		r.Files[i].After = digest(content)
	}
	return j.write(r)
}
