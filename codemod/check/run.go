package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/batten-dev/batten/codemod/diag"
)

// Result is what a run of rules comes to.
type Result struct {
	Findings []Finding // sorted by file, place and code
	Ignored  []Ignored // findings that the settings or a comment suppress, likewise
}

// Ignored is a finding that is suppressed.
type Ignored struct {
	Finding
	Reason string `json:"reason"` // why, as the suppression says
	By     string `json:"by"`     // the place that says so: "file:line"
}

// Run looks at a repository with rules, as the settings have it. The error is the context's
// alone.
func Run(ctx context.Context, r *Repo, rules []Rule, s *Settings) (*Result, error) {
	if s == nil {
		s = &Settings{}
	}
	rules = s.enabled(rules)
	found := make([][]Finding, len(rules))
	var comments []suppression
	each(len(rules)+1, func(i int) {
		switch {
		case ctx.Err() != nil:
		case i == len(rules):
			comments = r.suppressions()
		case rules[i].Check != nil:
			found[i] = r.apply(rules[i])
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var all []Finding
	for _, list := range found {
		all = append(all, list...)
	}
	all = append(all, r.unreadable(rules)...)
	res := &Result{}
	used := make([]bool, len(s.Ignores))
	for _, f := range all {
		switch i, j := s.ignore(f), slices.IndexFunc(comments, func(c suppression) bool { return r.covers(c, f, rules) >= 0 }); {
		case j >= 0:
			comments[j].used[r.covers(comments[j], f, rules)] = true
			res.Ignored = append(res.Ignored, Ignored{f, comments[j].reason, fmt.Sprintf("%s:%d", comments[j].file, comments[j].pos.Line)})
		case i >= 0:
			used[i] = true
			res.Ignored = append(res.Ignored, Ignored{f, s.Ignores[i].Reason, fmt.Sprintf("%s:%d", SettingsFile, s.Ignores[i].Pos.Line)})
		default:
			res.Findings = append(res.Findings, f)
		}
	}
	own := append(r.unusedComments(comments, rules), r.unusedIgnores(s, used, rules)...)
	for _, f := range own {
		if i := s.ignore(f); i >= 0 {
			res.Ignored = append(res.Ignored, Ignored{f, s.Ignores[i].Reason, fmt.Sprintf("%s:%d", SettingsFile, s.Ignores[i].Pos.Line)})
			continue
		}
		res.Findings = append(res.Findings, f)
	}
	slices.SortStableFunc(res.Findings, compareFindings)
	slices.SortStableFunc(res.Ignored, func(a, b Ignored) int { return compareFindings(a.Finding, b.Finding) })
	fingerprint(res.Findings)
	return res, nil
}

// apply runs one rule. Its panic is a finding.
func (r *Repo) apply(rule Rule) (found []Finding) {
	defer func() {
		if p := recover(); p != nil {
			f := r.whole("", "the rule %s (%s) failed, which is a defect of batten: %v", rule.Code, rule.Name, p)
			f.Code, f.Severity, f.key = codeInternal, diag.Warning, rule.Code
			found = []Finding{f}
		}
	}()
	found = rule.Check(r)
	for i := range found {
		found[i].Code, found[i].name, found[i].Severity = rule.Code, rule.Name, rule.Severity
		if found[i].note {
			found[i].Severity = diag.Note
		}
		if rule.Secret {
			found[i].Line = ""
		}
	}
	return found
}
