package check

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// SettingsFile is where a repository says how it wants to be checked.
const SettingsFile = ".batten/config.yaml"

// Settings are how a repository wants to be checked, as in
//
//	check:
//	  rules:
//	    BF002: off            # or note, warning, error; a code, a rule's name, or a family
//	    frontend: warning
//	  ignore:
//	    - rule: BP004         # all rules, if it is left out
//	      paths: [plugins/legacy/**]
//	      reason: goes away with the old plugin
type Settings struct {
	Rules   []RuleSetting
	Ignores []Ignore
}

// RuleSetting is the severity of a rule or a family.
type RuleSetting struct {
	Name     string // a rule's code or name, or a family
	Off      bool
	Severity diag.Severity
	Pos      text.Pos
}

// Ignore suppresses findings in files.
type Ignore struct {
	Rule   string   // a code or a name; "" for all
	Paths  []string // patterns; none for all files
	Reason string
	Span   text.Span // in SettingsFile
	Pos    text.Pos
}

// ReadSettings reads SettingsFile; without one, the settings are empty. rules are those that it
// may name. The error is a *diag.Diagnostic or a diag.List with the places.
func ReadSettings(fsys fs.FS, rules []Rule) (*Settings, error) {
	s := &Settings{}
	src, err := fs.ReadFile(fsys, SettingsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	doc, err := yamledit.Parse(SettingsFile, src)
	if err != nil {
		return nil, err
	}
	var bad diag.List
	wrong := func(at text.Span, manual, format string, args ...any) {
		d := diag.Errorf("invalid-settings", format, args...)
		d.Manual = manual
		bad = append(bad, d.At(SettingsFile, src, at))
	}
	for m := range doc.Root().Get("check").Members() {
		switch m.Name {
		case "rules":
			for e := range m.Value.Members() {
				rs := RuleSetting{Name: e.Name, Pos: doc.Pos(e.NameSpan.Start)}
				if _, ok := Find(rules, e.Name); !ok && !slices.ContainsFunc(rules, func(r Rule) bool { return string(r.Family) == e.Name }) {
					wrong(e.NameSpan, "`batten check --list` shows the rules.", "there is no rule or family %q", e.Name)
					continue
				}
				severity, off, ok := ParseSeverity(e.Value.String())
				if !ok {
					wrong(e.Value.Span(), "Write off, note, warning or error.", "%q is no severity", e.Value.String())
					continue
				}
				rs.Off, rs.Severity = off, severity
				s.Rules = append(s.Rules, rs)
			}
		case "ignore":
			for e := range m.Value.Elements() {
				ig := Ignore{Rule: e.Get("rule").String(), Reason: e.Get("reason").String(), Span: e.Span(), Pos: doc.Pos(e.Span().Start)}
				if _, ok := Find(rules, ig.Rule); ig.Rule != "" && !ok {
					wrong(e.Get("rule").Span(), "`batten check --list` shows the rules.", "there is no rule %q", ig.Rule)
				}
				for p := range e.Get("paths").Elements() {
					ig.Paths = append(ig.Paths, p.String())
				}
				if p := e.Get("paths"); p.Kind() == yamledit.String {
					ig.Paths = []string{p.String()}
				}
				if strings.TrimSpace(ig.Reason) == "" {
					wrong(e.Span(), "Add `reason: ...` to it.", "something is ignored without a reason")
				}
				if ig.Rule == "" && len(ig.Paths) == 0 {
					wrong(e.Span(), "Add `rule: CODE` or `paths: [...]` to it.", "everything is ignored everywhere")
				}
				s.Ignores = append(s.Ignores, ig)
			}
		default:
			wrong(m.NameSpan, "There are `rules` and `ignore`.", "there is no setting %q of check", m.Name)
		}
	}
	return s, bad.Err()
}

// ParseSeverity reads "off", "note", "warning" or "error".
func ParseSeverity(name string) (s diag.Severity, off, ok bool) {
	switch name {
	case "off", "false":
		return 0, true, true
	case "note":
		return diag.Note, false, true
	case "warning":
		return diag.Warning, false, true
	case "error":
		return diag.Error, false, true
	}
	return 0, false, false
}

// enabled are the rules that run, with the severities of the settings. What names a rule stands
// above what names its family.
func (s *Settings) enabled(rules []Rule) []Rule {
	var out []Rule
	for _, r := range rules {
		var by *RuleSetting
		for i, set := range s.Rules {
			if strings.EqualFold(set.Name, r.Code) || strings.EqualFold(set.Name, r.Name) || by == nil && set.Name == string(r.Family) {
				by = &s.Rules[i]
			}
		}
		if by != nil && by.Off {
			continue
		}
		if by != nil {
			r = r.with(by.Severity)
		}
		out = append(out, r)
	}
	return out
}

// with is the rule with all of its findings of a severity.
func (r Rule) with(s diag.Severity) Rule {
	r.Severity = s
	if check := r.Check; check != nil {
		r.Check = func(repo *Repo) []Finding {
			found := check(repo)
			for i := range found {
				found[i].note = false
			}
			return found
		}
	}
	return r
}

// ignore is the index of the first entry that suppresses a finding, -1 if none does.
func (s *Settings) ignore(f Finding) int {
	return slices.IndexFunc(s.Ignores, func(ig Ignore) bool {
		return (ig.Rule == "" || strings.EqualFold(ig.Rule, f.Code) || ig.Rule == f.name) &&
			(len(ig.Paths) == 0 || slices.ContainsFunc(ig.Paths, func(p string) bool { return matchPath(p, f.File) }))
	})
}
