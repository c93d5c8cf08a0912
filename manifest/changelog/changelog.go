package changelog

import (
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/registry/npmver"
)

// Kind is what a change is listed under.
type Kind string

// The kinds.
const (
	Major Kind = "major" // "### Major Changes"
	Minor Kind = "minor" // "### Minor Changes"
	Patch Kind = "patch" // "### Patch Changes"
	Other Kind = "other" // anything else
)

// Entry is one change.
type Entry struct {
	Version string   `json:"version"` // that it came with
	Kind    Kind     `json:"kind"`
	Text    string   `json:"text"`            // Markdown, without its bullet and the commit
	Commit  string   `json:"commit"`          // abbreviated; "" if not given
	Links   []string `json:"links,omitempty"` // addresses in the text, in their order, each once
	Line    int      `json:"line"`            // in CHANGELOG.md, 1-based

	// Breaking says that the text calls the change breaking, or that it is listed under the changes
	// that a caret range does not admit: major ones, and below 1.0.0 minor ones.
	Breaking bool `json:"breaking"`
	// Said says that the text itself does: not every minor change below 1.0.0 breaks something.
	Said bool `json:"said"`
}

// Title is the first sentence or line of the text, or of the paragraph of it that calls the change
// breaking, as one line without Markdown's emphasis.
func (e Entry) Title() string {
	text := e.Text
	if at := breaking.FindStringIndex(text); at != nil {
		start := strings.LastIndex(text[:at[0]], "\n\n") + 2
		if start > 1 && len(strings.Trim(text[at[1]:], "*: \n")) > 0 {
			text = strings.TrimLeft(text[start:], "#> ")
		}
	}
	line, rest, _ := strings.Cut(text, "\n\n")
	if head := strings.Trim(line, "*: "); rest != "" && (head == "BREAKING" || head == "BREAKING CHANGE" || head == "BREAKING CHANGES") {
		next, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
		line = head + ": " + strings.TrimPrefix(next, "- ")
	}
	line = strings.Join(strings.Fields(strings.ReplaceAll(line, "**", "")), " ")
	if i := strings.Index(line, ". "); i > 40 {
		line = line[:i+1]
	}
	return line
}

// Section is what came with one version, in the order of the file.
type Section struct {
	Version string
	Line    int // of the heading, 1-based
	Entries []Entry
}

var (
	sectionHead = regexp.MustCompile(`^## (?:\[)?v?(\d+\.\d+\.\d+[^\s\])]*)`)
	kindHead    = regexp.MustCompile(`^### (.+)$`)
	bullet      = regexp.MustCompile(`^[-*] (.*)$`)
	commit      = regexp.MustCompile(`^(?:\[#\d+\]\([^)\s]*\) )?(?:\[` + "`" + `([0-9a-f]{7,40})` + "`" + `\]\([^)\s]*\)(?: Thanks [^!]*!)? ?- ?|([0-9a-f]{7,40}): )`)
	address     = regexp.MustCompile(`https?://[^\s<>()\]"'` + "`" + `]+[^\s<>()\]"'` + "`" + `.,;:!?]`)
	breaking    = regexp.MustCompile(`\bBREAKING\b|(?i:\*\*breaking( changes?)?:?\*\*|^breaking( change)?:)`)
	fence       = regexp.MustCompile("^\\s*(?:[-*] )?(```+|~~~+)")
)

// Parse reads a CHANGELOG.md. What stands before the first version, or is no list item, is left out.
func Parse(src []byte) []Section {
	var sections []Section
	var kind Kind
	var item []string // lines of the entry that is being read
	start, inFence, number := 0, "", 0
	end := func() {
		if item != nil {
			s := &sections[len(sections)-1]
			if e, ok := entry(s.Version, kind, item, start); ok {
				s.Entries = append(s.Entries, e)
			}
			item = nil
		}
	}
	for line := range strings.SplitSeq(strings.TrimPrefix(string(src), "\ufeff"), "\n") {
		number++
		line = strings.TrimSuffix(line, "\r")
		if m := fence.FindStringSubmatch(line); m != nil {
			switch {
			case inFence == "":
				inFence = m[1]
			case strings.HasPrefix(m[1], inFence):
				inFence = ""
			}
		}
		if m := sectionHead.FindStringSubmatch(line); m != nil { // even in a fence that was never closed
			end()
			inFence, kind = "", Other
			sections = append(sections, Section{Version: m[1], Line: number})
			continue
		}
		if len(sections) == 0 {
			continue
		}
		if m := kindHead.FindStringSubmatch(line); m != nil && inFence == "" {
			end()
			kind = kindOf(m[1])
			continue
		}
		if m := bullet.FindStringSubmatch(line); m != nil && (inFence == "" || fence.MatchString(line)) {
			end()
			item, start = []string{m[1]}, number
			continue
		}
		if item != nil {
			item = append(item, line)
		}
	}
	end()
	return sections
}

func kindOf(heading string) Kind {
	switch strings.ToLower(strings.TrimSpace(heading)) {
	case "major changes":
		return Major
	case "minor changes":
		return Minor
	case "patch changes":
		return Patch
	}
	return Other
}

// entry makes an entry of its lines; false if it only says which dependencies were updated.
func entry(version string, kind Kind, lines []string, at int) (Entry, bool) {
	for i, line := range lines[1:] {
		// Text of an item is indented by two; code may be indented by less in files made by hand.
		lines[i+1] = strings.TrimPrefix(strings.TrimPrefix(line, " "), " ")
	}
	body := strings.TrimSpace(strings.Join(lines, "\n"))
	e := Entry{Version: version, Kind: kind, Line: at}
	if m := commit.FindStringSubmatch(body); m != nil {
		e.Commit = (m[1] + m[2])[:7]
		body = strings.TrimSpace(body[len(m[0]):])
	}
	if body == "" || strings.HasPrefix(body, "Updated dependencies") && !strings.Contains(body, "\n\n") {
		return Entry{}, false
	}
	e.Text = body
	for _, link := range address.FindAllString(body, -1) {
		if !slices.Contains(e.Links, link) {
			e.Links = append(e.Links, link)
		}
	}
	e.Said = breaking.MatchString(body)
	v, err := npmver.ParseVersion(version)
	e.Breaking = e.Said || kind == Major || kind == Minor && err == nil && v.Major() == 0
	return e, true
}

// Between returns the changes that came after one version, up to and with another, the newest
// version first. A change of a pre-release counts only if no release in between lists it too, as
// most do.
func Between(sections []Section, after, upTo string) []Entry {
	low, errLow := npmver.ParseVersion(after)
	high, errHigh := npmver.ParseVersion(upTo)
	if errLow != nil || errHigh != nil {
		return nil
	}
	type found struct {
		v npmver.Version
		Entry
	}
	var all, early []found
	for _, s := range sections {
		v, err := npmver.ParseVersion(s.Version)
		if err != nil || v.Compare(low) <= 0 || v.Compare(high) > 0 {
			continue
		}
		for _, e := range s.Entries {
			if v.Prerelease() == "" {
				all = append(all, found{v, e})
			} else {
				early = append(early, found{v, e})
			}
		}
	}
	newestFirst := func(a, b found) int { return b.v.Compare(a.v) }
	slices.SortStableFunc(all, newestFirst)
	slices.SortStableFunc(early, newestFirst)
	seen := map[string]bool{}
	for _, f := range all {
		seen[f.Commit], seen[f.Text] = true, true
	}
	delete(seen, "")
	for _, f := range early {
		if !seen[f.Commit] && !seen[f.Text] {
			all = append(all, f)
			seen[f.Text] = true
		}
	}
	slices.SortStableFunc(all, newestFirst)
	var list []Entry
	for _, f := range all {
		list = append(list, f.Entry)
	}
	return list
}

// Breaking are the entries that are breaking; those whose text says so come first.
func Breaking(entries []Entry) []Entry {
	var list []Entry
	for _, e := range entries {
		if e.Breaking {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b Entry) int {
		switch {
		case a.Said == b.Said:
			return 0
		case a.Said:
			return -1
		}
		return 1
	})
	return list
}
