package engines

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/registry/npmver"
)

// Kind is what states a version.
type Kind string

// The kinds.
const (
	Engines    Kind = "engines"    // "engines" or "devEngines" in a package.json
	Volta      Kind = "volta"      // "volta" in a package.json
	VersionRC  Kind = "nvmrc"      // .nvmrc or .node-version
	ToolFile   Kind = "tools"      // .tool-versions
	Dockerfile Kind = "dockerfile" // FROM or ARG
	Workflow   Kind = "workflow"   // a workflow of GitHub, GitLab, CircleCI or Azure
)

// Verdict is how a place fits the need.
type Verdict string

// The verdicts.
const (
	Fits   Verdict = "fits"
	Wide   Verdict = "wide"   // a range that also admits versions that the release does not support
	Misfit Verdict = "misfit" // nothing that it admits is supported
	Open   Verdict = "open"   // it names no version: "lts", "latest"
)

// Place is where a repository states a Node version.
type Place struct {
	Kind    Kind      `json:"kind"`
	File    string    `json:"file"` // slash path from the root
	Span    text.Span `json:"span"` // bytes of File: the version alone, without quotes
	Pos     text.Pos  `json:"pos"`  // of Span.Start
	Text    string    `json:"text"` // the version as written
	Verdict Verdict   `json:"verdict"`
	Why     string    `json:"why"` // one sentence for people
	New     string    `json:"new"` // what to write instead of Text; "" if nothing is wrong, or nothing can be proposed

	fixed string // why there is no edit although it is wrong
	list  string // of several versions that the place is in, as in a matrix; "" if in none
}

// codename is the major version of one of Node's long-term lines.
func codename(line string) (major string, ok bool) {
	for i, name := range []string{"fermium", "gallium", "hydrogen", "iron", "jod", "krypton"} {
		if line == name {
			return strconv.Itoa(14 + 2*i), true
		}
	}
	return "", false
}

var versionForm = regexp.MustCompile(`^v?\d+(\.(\d+|x|\*)){0,2}$`)

// rangeOf reads a version as version managers, images and workflows write it; false if it names
// none.
func rangeOf(written string) (npmver.Range, bool) {
	s := strings.ToLower(strings.TrimSpace(written))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "lts/"), "lts-")
	if line, ok := codename(s); ok {
		s = line
	}
	if versionForm.MatchString(s) {
		s = strings.TrimPrefix(s, "v")
	} else if s == "" || s[0] >= 'a' && s[0] <= 'z' || s[0] == '*' {
		return npmver.Range{}, false
	}
	r, err := npmver.ParseRange(s)
	return r, err == nil
}

// judge sets Verdict, Why and New.
func (p Place) judge(need Need, wanted npmver.Range) Place {
	r, ok := rangeOf(p.Text)
	supports := fmt.Sprintf("Backstage %s supports Node %s", need.Release, need.Node)
	switch {
	case !ok:
		p.Verdict, p.Why = Open, fmt.Sprintf("%q names no version; %s.", p.Text, supports)
	case !r.Intersects(wanted):
		p.Verdict, p.Why = Misfit, fmt.Sprintf("It is Node %s; %s.", p.Text, supports)
	case p.Kind == Engines && !r.Subset(wanted):
		p.Verdict, p.Why = Wide, fmt.Sprintf("It also admits versions other than those that fit; %s.", supports)
	default:
		p.Verdict, p.Why = Fits, fmt.Sprintf("It fits; %s.", supports)
	}
	if p.Verdict == Wide && ofTemplate(p.Text) {
		p.Why = fmt.Sprintf("It is what the template of an older release states; %s.", supports)
		p.New = need.Node
	}
	if p.Verdict != Misfit {
		return p
	}
	switch {
	case p.fixed != "":
		p.Why += " " + p.fixed
	case p.Kind == Engines:
		p.New = need.Node
	default:
		p.New = likewise(p.Text, need.Image)
	}
	return p
}

// ofTemplate says whether a range is one that some template states, and so nobody's own.
func ofTemplate(written string) bool {
	return slices.ContainsFunc(needs(), func(n Need) bool { return n.Node == written })
}

// likewise is a major version in the form of another version: with "v", with ".x".
func likewise(written, major string) string {
	s := major
	if strings.HasPrefix(strings.ToLower(written), "v") {
		s = "v" + s
	}
	if strings.HasSuffix(strings.ToLower(written), ".x") {
		s += ".x"
	}
	return s
}

func major(v npmver.Version) string { return strconv.FormatUint(v.Major(), 10) }

// majors are the major versions in a range, from the newest down.
func majors(r npmver.Range) []string {
	var list []string
	for n := 99; n > 0; n-- {
		s := strconv.Itoa(n)
		if one, err := npmver.ParseRange(s); err == nil && one.Intersects(r) {
			list = append(list, s)
		}
	}
	return list
}
