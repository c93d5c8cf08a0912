package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/derive"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/registry/recipe"
)

// resolution is the recipe of one plugin, and how it was found.
type resolution struct {
	recipe  recipe.Recipe
	asked   string          // what it was found by
	derived *derive.Derived // nil if nothing was derived
	family  *derive.Family  // likewise
	says    diag.List       // what a person should know of how it was found
	others  []string        // packages that the name could have meant too
	forced  string          // why it is there though nobody named it; "" if somebody did
}

// source says in a few words where a recipe comes from.
func (r resolution) source() string {
	own := ""
	switch from := r.recipe.Source; {
	case r.derived == nil && from == "curated", r.derived != nil && strings.HasPrefix(from, "curated"):
		own = "batten's own recipe"
	case r.derived == nil:
		own = from
	default:
		if name, _, found := strings.Cut(from, " + "); found {
			own = name
		}
	}
	if r.derived == nil {
		return own
	}
	read := "read from " + memberList(r.family)
	if own != "" {
		return own + ", completed by what is " + read
	}
	return read
}

func memberList(f *derive.Family) string {
	names := make([]string, len(f.Members))
	for i, m := range f.Members {
		names[i] = m.Name + " " + m.Version
	}
	return strings.Join(names, ", ")
}

// choices are those that are left to the user.
func (r resolution) choices() []derive.Choice {
	var out []derive.Choice
	if r.derived != nil {
		// An overlay may have made some of what was derived otherwise.
		hangs := pieces(r.recipe, nil)
		for _, c := range r.derived.Choices {
			flag, name, _ := strings.Cut(c.Flag, " ")
			if flag == "--as" || flag == "--with" && slices.Contains(hangs, name) || flag == "--without" && !slices.Contains(hangs, name) {
				continue
			}
			out = append(out, c)
		}
	}
	if v := r.recipe.Variants; len(v) > 1 {
		for _, other := range v[1:] {
			out = append(out, derive.Choice{Flag: "--as " + other.Name, Text: fmt.Sprintf("It hangs as %s; the flag hangs it as %s.", v[0].Description, other.Description)})
		}
	}
	for _, e := range r.recipe.Extras {
		out = append(out, derive.Choice{Flag: "add " + e.Plugin, Text: "Goes with it: it adds " + strings.TrimSuffix(e.Why, ".") + "."})
	}
	return out
}

// choiceLines says of each choice which flag changes what. Pieces that are left out for the same
// reason are on one line.
func choiceLines(style iostreams.Style, choices []derive.Choice) []string {
	var lines []string
	alike := map[string][]string{} // the names of --with, by what is said of them
	said := func(c derive.Choice) (name, text string) {
		name, with := strings.CutPrefix(c.Flag, "--with ")
		text, ok := strings.CutPrefix(c.Text, name+" ")
		if !with || !ok {
			return "", ""
		}
		return name, text
	}
	for _, c := range choices {
		if name, text := said(c); name != "" {
			alike[text] = append(alike[text], name)
		}
	}
	for _, c := range choices {
		name, text := said(c)
		names := alike[text]
		switch {
		case len(names) < 2:
			lines = append(lines, style.Cyan(c.Flag)+": "+c.Text)
		case name == names[0]:
			text = strings.Replace(text, "the flag hangs it", "the flag, which may be repeated, hangs them", 1)
			text = strings.Replace(text, "stays off; the flag lists it", "stay off; the flag, which may be repeated, lists them", 1)
			text = strings.Replace(text, "is left out", "are left out", 1)
			lines = append(lines, style.Cyan("--with NAME")+": "+strings.Join(names, ", ")+" "+text)
		}
	}
	return lines
}

// recipeJSON is a recipe as `add` and `info` print it: what it would wire, and what says so.
type recipeJSON struct {
	ID       string          `json:"id"`
	Source   string          `json:"source"`             // "curated", "derived", a file of the repository; two of these with " + " between them
	About    string          `json:"about"`              // the same in words, with the packages that were read
	Required string          `json:"required,omitempty"` // why it is added though nobody named it
	Says     diag.List       `json:"says"`
	Others   []string        `json:"others,omitempty"` // packages that the name could have meant too
	Choices  []derive.Choice `json:"choices"`
	Recipe   recipe.Recipe   `json:"recipe"` // for all systems; each step has its evidence in "from"
	Derived  *derivedJSON    `json:"derived,omitempty"`
}

// derivedJSON is what was read from packages, beside the recipe.
type derivedJSON struct {
	Packages   []derive.PackageInfo `json:"packages"`
	Extensions []derive.Extension   `json:"extensions"`
	Signals    []derive.Signal      `json:"signals"`
	Notes      []string             `json:"notes"`
}

func newRecipeJSON(r resolution) recipeJSON {
	j := recipeJSON{
		ID: r.recipe.ID, Source: r.recipe.Source, About: r.source(), Required: r.forced,
		Says: array(r.says), Others: r.others, Choices: array(r.choices()), Recipe: r.recipe,
	}
	if d := r.derived; d != nil {
		j.Derived = &derivedJSON{array(d.Packages), array(d.Extensions), array(d.Signals), array(d.Notes)}
	}
	return j
}
