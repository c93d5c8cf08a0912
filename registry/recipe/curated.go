package recipe

import (
	"embed"
	"slices"
	"strings"
	"sync"
)

//go:embed curated/*.yaml
var curatedFS embed.FS

// loadCurated reads all embedded recipes, once.
var loadCurated = sync.OnceValue(func() []Recipe {
	ids := IDs()
	all := make([]Recipe, len(ids))
	for i, id := range ids {
		all[i], _ = curated(id)
	}
	return all
})

// curated reads one embedded recipe. That each can be read is proved by the tests.
func curated(id string) (Recipe, bool) {
	text, err := curatedFS.ReadFile("curated/" + id + ".yaml")
	if err != nil {
		return Recipe{}, false
	}
	r, err := Load("curated", text)
	if err != nil {
		panic(err)
	}
	return r, true
}

// Text is the YAML of an embedded recipe. The error is fs.ErrNotExist for an id that is none.
func Text(id string) ([]byte, error) { return curatedFS.ReadFile("curated/" + id + ".yaml") }

// IDs are the ids of the curated recipes, sorted. It reads none of them.
func IDs() []string {
	files, err := curatedFS.ReadDir("curated")
	if err != nil {
		panic(err) // the folder is in the binary
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = strings.TrimSuffix(f.Name(), ".yaml")
	}
	slices.Sort(ids)
	return ids
}

// Curated are the recipes embedded in the binary that are whole, sorted by id. The caller owns
// the slice and must not change what the recipes point at.
func Curated() []Recipe { return filter(loadCurated(), func(r Recipe) bool { return !r.Derived }) }

// Overlays are the embedded recipes that complete derived ones, as Curated has them.
func Overlays() []Recipe { return filter(loadCurated(), func(r Recipe) bool { return r.Derived }) }

// Lookup finds a curated recipe, whole or an overlay, by its id, an alias, the name of one of its
// packages (of an overlay, its Plugin alone), or such a name without its scope, without
// "plugin-", and without "-backend". Case does not count.
func Lookup(name string) (Recipe, bool) {
	if id := strings.ToLower(strings.TrimSpace(name)); idPattern.MatchString(id) {
		if r, ok := curated(id); ok {
			return r, true
		}
	}
	return Find(loadCurated(), name)
}

// Find is Lookup among the given recipes. An id wins over an alias, an alias over a package's
// full name, and that over a shortened one.
func Find(recipes []Recipe, name string) (Recipe, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return Recipe{}, false
	}
	for _, match := range []func(Recipe) bool{
		func(r Recipe) bool { return r.ID == name },
		func(r Recipe) bool { return slices.Contains(r.Aliases, name) },
		func(r Recipe) bool {
			return r.Plugin == name || !r.Derived && slices.ContainsFunc(r.Packages, func(p Package) bool { return p.Name == name })
		},
		func(r Recipe) bool { return slices.Contains(shortNames(r), name) },
	} {
		if i := slices.IndexFunc(recipes, match); i >= 0 {
			return recipes[i], true
		}
	}
	return Recipe{}, false
}

// shortNames are the names of a recipe's frontend and backend packages, shortened.
func shortNames(r Recipe) []string {
	var names []string
	packages := []string{r.Plugin}
	for _, p := range r.Packages {
		if p.Role != Common && !r.Derived {
			packages = append(packages, p.Name)
		}
	}
	for _, name := range packages {
		_, base, scoped := strings.Cut(name, "/")
		if !scoped {
			base = name
		}
		if base == "" || base == "backstage-plugin" {
			continue // the scope alone names it
		}
		plain := strings.TrimPrefix(strings.TrimPrefix(base, "backstage-"), "plugin-")
		names = append(names, base, plain, strings.TrimSuffix(plain, "-backend"))
	}
	return names
}

// Closest suggests curated recipes for a name that Lookup does not know: the ids of those
// whose id, alias or short name is nearest to it, at most three.
func Closest(name string) []string { return closest(loadCurated(), name) }

func closest(recipes []Recipe, name string) []string {
	name = strings.ToLower(strings.TrimSpace(name))
	type near struct {
		id   string
		dist int
	}
	var found []near
	for _, r := range recipes {
		best := -1
		for _, n := range append(append([]string{r.ID}, r.Aliases...), shortNames(r)...) {
			if d := distance(name, n); d >= 0 && (best < 0 || d < best) {
				best = d
			}
		}
		if best >= 0 {
			found = append(found, near{r.ID, best})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.dist - b.dist })
	var ids []string
	for _, f := range found[:min(3, len(found))] {
		if f.dist <= found[0].dist+1 {
			ids = append(ids, f.id)
		}
	}
	return ids
}

// distance is how far a typed name is from a known one: 1 if one begins with the other, 2 if
// one contains the other, else the edit distance (insert, delete, replace, or swap of two
// neighbours); -1 if that is more than a third of the longer one's length.
func distance(typed, known string) int {
	switch {
	case len(typed) > 2 && (strings.HasPrefix(known, typed) || strings.HasPrefix(typed, known)):
		return 1
	case len(typed) > 2 && (strings.Contains(known, typed) || strings.Contains(typed, known)):
		return 2
	}
	a, b := []rune(typed), []rune(known)
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	last, cur, spare := rows[0], rows[1], rows[2]
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(last[j]+1, cur[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], spare[j-2]+1)
			}
		}
		spare, last, cur = last, cur, spare
	}
	if d := last[len(b)]; d*3 <= max(len(a), len(b)) {
		return d
	}
	return -1
}
