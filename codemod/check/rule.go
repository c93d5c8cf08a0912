package check

import (
	"cmp"
	"embed"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
)

// Rule looks for one kind of mistake.
type Rule struct {
	Code     string // stable: "BF001"
	Name     string // stable, kebab-case: "duplicate-route"
	Family   Family
	Severity diag.Severity // of its findings, unless one is a guess, which is a Note
	Title    string        // what is wrong, in a few words: "Two routes with one path"
	Doc      string        // markdown: what it looks for, why, how to mend it, an example
	Secret   bool          // there may be a secret where its findings are: the line is not shown
	Check    func(*Repo) []Finding
}

// Family is a group of rules.
type Family string

// The families, in the order in which they are listed.
const (
	Packages   Family = "packages"
	Frontend   Family = "frontend"
	Backend    Family = "backend"
	Config     Family = "config"
	Database   Family = "database"
	Containers Family = "containers"
	Entities   Family = "entities"
	Itself     Family = "check"
)

//go:embed docs/B*.md
var docs embed.FS

// doc is the documentation of a rule of this package.
func doc(code string) string {
	data, err := docs.ReadFile("docs/" + code + ".md")
	if err != nil {
		return ""
	}
	return string(data)
}

// Rules are the rules of this package, by code. Those of the family Itself have no Check: Run
// makes their findings.
func Rules() []Rule {
	return Sorted(slices.Concat(itselfRules(), packageRules(), frontendRules(), backendRules(), configRules(), databaseRules(), containerRules(), entityRules()))
}

// Sorted is rules by family and code.
func Sorted(rules []Rule) []Rule {
	order := []Family{Packages, Frontend, Backend, Config, Database, Containers, Entities, Itself}
	slices.SortStableFunc(rules, func(a, b Rule) int {
		return cmp.Or(slices.Index(order, a.Family)-slices.Index(order, b.Family), cmp.Compare(a.Code, b.Code))
	})
	return rules
}

// Find is the rule with a code or a name, whatever the case.
func Find(rules []Rule, name string) (Rule, bool) {
	for _, r := range rules {
		if strings.EqualFold(r.Code, name) || strings.EqualFold(r.Name, name) {
			return r, true
		}
	}
	return Rule{}, false
}

// matchPath reports whether a slash path matches a pattern: as path.Match has it, "**" for any
// number of folders, and a folder stands for all that is in it.
func matchPath(pattern, name string) bool {
	pattern = strings.TrimPrefix(strings.TrimSuffix(pattern, "/"), "./")
	return matchSegments(strings.Split(pattern, "/"), strings.Split(name, "/"))
}

func matchSegments(pattern, name []string) bool {
	if len(pattern) == 0 {
		return true
	}
	if pattern[0] == "**" {
		for i := range len(name) + 1 {
			if matchSegments(pattern[1:], name[i:]) {
				return true
			}
		}
		return false
	}
	if len(name) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], name[0])
	return err == nil && ok && matchSegments(pattern[1:], name[1:])
}
