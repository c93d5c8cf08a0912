package template

import "cmp"

// Choice is what is done with one file that the template changed.
type Choice struct {
	Merge     bool
	Conflicts Mode
}

// choice is what is done with a file, by its path in the template.
func (o MergeOptions) choice(name string) Choice {
	if o.Choose != nil {
		return o.Choose(name)
	}
	return Choice{o.Files.Match(name), o.Conflicts}
}

// mode is what is done with the conflicts of a file.
func (o MergeOptions) mode(f *File) Mode { return o.choice(cmp.Or(f.From, f.Path)).Conflicts }
