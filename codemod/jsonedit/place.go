package jsonedit

import (
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// dependencyFields is the order in which package.json files have them.
func dependencyFields() []string {
	return []string{
		"dependencies", "peerDependencies", "peerDependenciesMeta", "optionalDependencies",
		"bundleDependencies", "bundledDependencies", "devDependencies", "dependenciesMeta",
		"resolutions", "overrides",
	}
}

// beforeDependencies are fields after which package.json files have their dependencies.
func beforeDependencies() []string {
	return []string{
		"name", "version", "description", "license", "private", "repository", "publishConfig", "backstage",
		"sideEffects", "main", "types", "type", "exports", "engines", "scripts", "workspaces",
	}
}

// conventional is the index at which a package.json has a new top-level field: dependency
// fields beside each other, after the fields that describe the package; anything else at the
// end.
func conventional(root *hujson.Object, field string) int {
	fields := dependencyFields()
	rank := slices.Index(fields, field)
	if rank < 0 {
		return len(root.Members)
	}
	before, after, described := -1, -1, -1
	head := beforeDependencies()
	for i := range root.Members {
		name := nameOf(&root.Members[i])
		switch r := slices.Index(fields, name); {
		case r >= 0 && r < rank:
			before = i
		case r > rank && after < 0:
			after = i
		case r < 0 && slices.Contains(head, name):
			described = i
		}
	}
	switch {
	case before >= 0:
		return before + 1
	case after >= 0:
		return after
	case described >= 0:
		return described + 1
	default:
		return len(root.Members)
	}
}

// place is the index at which a new dependency belongs: its sorted place, by bytes, as npm
// and Yarn sort. In an unsorted object it goes beside the name that shares most with it from
// the start, or else to the last place where it is between a smaller and a greater name, or
// to the end.
func place(obj *hujson.Object, name string) int {
	names := make([]string, len(obj.Members))
	for i := range obj.Members {
		names[i] = nameOf(&obj.Members[i])
	}
	if slices.IsSorted(names) {
		i, _ := slices.BinarySearch(names, name)
		return i
	}
	best, at := 0, -1
	for i, other := range names {
		if n := common(name, other); n > best || n > 0 && n == best && other < name {
			best, at = n, i
		}
	}
	if at < 0 {
		at = len(names)
		for at > 0 && (names[at-1] > name || at < len(names) && names[at] < name) {
			at--
		}
		if at == 0 && names[0] < name {
			return len(names)
		}
		return at
	}
	if names[at] < name {
		for at+1 < len(names) && names[at] < names[at+1] && names[at+1] < name {
			at++
		}
		return at + 1
	}
	for at > 0 && names[at-1] < names[at] && name < names[at-1] {
		at--
	}
	return at
}

// common is the length of the common prefix, counted in whole words: @scope/, then what is
// between dashes, so that "react-use" is no relative of "redux".
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	if n == len(a) || n == len(b) {
		return n
	}
	return strings.LastIndexAny(a[:n], "/-.") + 1
}
