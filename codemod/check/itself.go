package check

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/registry/lockfile"
)

const (
	codeUnreadable = "BX001"
	codeInternal   = "BX002"
	codeUnused     = "BX003"
	codeNoReason   = "BX004"
	codeObserved   = "BX005"
)

func itselfRules() []Rule {
	return []Rule{
		{Code: codeUnreadable, Name: "unreadable-file", Family: Itself, Severity: diag.Error, Title: "A file that cannot be read", Doc: doc(codeUnreadable)},
		{Code: codeInternal, Name: "rule-failed", Family: Itself, Severity: diag.Warning, Title: "A rule that failed", Doc: doc(codeInternal)},
		{Code: codeUnused, Name: "unused-suppression", Family: Itself, Severity: diag.Warning, Title: "A suppression that suppresses nothing", Doc: doc(codeUnused)},
		{Code: codeNoReason, Name: "suppression-without-reason", Family: Itself, Severity: diag.Warning, Title: "A suppression without a reason", Doc: doc(codeNoReason)},
		{Code: codeObserved, Name: "not-observed", Family: Itself, Severity: diag.Note, Title: "Wiring that could not be seen whole", Doc: doc(codeObserved)},
	}
}

// unreadable has a finding for each file that could not be read.
func (r *Repo) unreadable(rules []Rule) []Finding {
	var out []Finding
	seen := map[string]bool{}
	add := func(code string, f Finding) {
		rule, on := Find(rules, code)
		if on && !seen[f.File] {
			seen[f.File] = f.File != ""
			f.Code, f.name, f.Severity = rule.Code, rule.Name, rule.Severity
			out = append(out, f)
		}
	}
	for _, d := range r.Workspace.Problems {
		add(codeUnreadable, r.ofDiag(d))
	}
	for _, d := range r.Workspace.ConfigProblems() {
		if src, err := r.ReadFile(d.File); err == nil && templated.Match(src) {
			continue // YAML once it is rendered
		}
		add(codeUnreadable, r.ofDiag(d))
	}
	if _, err := r.lock(); err != nil {
		f := r.ofError("yarn.lock", err)
		var bad *lockfile.Error
		if errors.As(err, &bad) {
			f = Finding{File: "yarn.lock", Summary: "the lockfile cannot be read: " + bad.Detail, Pos: text.Pos{Line: bad.Line, Column: 1}}
			if bad.Problem == lockfile.Conflict {
				f.Manual = "Run `yarn install`: yarn mends the file itself. Then commit it."
			}
			r.locate(&f)
		}
		add(codeUnreadable, f)
	}
	for _, s := range r.Sources() {
		if s.Err != nil {
			add(codeUnreadable, r.ofError(s.File, s.Err))
		}
	}
	for _, f := range r.unreadableContainers() {
		add(codeUnreadable, f)
	}
	for _, err := range r.listing().problems {
		add(codeUnreadable, r.ofError("", err))
	}
	_, missing := Find(rules, codeMissing)
	for _, d := range r.Wiring.Degraded {
		if missing && r.isMissingAt(d.File, d.Span.Start) {
			continue // that rule says it
		}
		add(codeObserved, r.ofDiag(d))
	}
	return out
}

// suppression is a comment that suppresses findings.
type suppression struct {
	file   string
	span   text.Span
	pos    text.Pos // of the comment
	line   int      // the line whose findings it suppresses
	codes  []string
	used   []bool // by code
	reason string
}

var suppress = regexp.MustCompile(`(?m)(//|#|/\*|<!--)[ \t]*batten-ignore[ \t]+([A-Za-z][\w-]*(?:[ \t]*,[ \t]*[A-Za-z][\w-]*)*)[ \t]*(?::[ \t]*(.*?))?[ \t]*(?:\*/.*|-->.*)?\r?$`)

// suppressions finds the comments that suppress findings, in every file where there may be some.
func (r *Repo) suppressions() []suppression {
	var names []string
	for _, name := range r.Files() {
		if mayHaveComments(name) {
			names = append(names, name)
		}
	}
	found := make([][]suppression, len(names))
	for i, name := range names {
		src, err := r.ReadFile(name)
		if err != nil || !strings.Contains(string(src), "batten-ignore") {
			continue
		}
		found[i] = suppressionsIn(name, src)
	}
	return slices.Concat(found...)
}

func mayHaveComments(name string) bool {
	ext := path.Ext(name)
	return ext == ".yaml" || ext == ".yml" || isSource(name) || isDockerfile(name)
}

func suppressionsIn(name string, src []byte) []suppression {
	var out []suppression
	index := text.NewIndex(src)
	for _, m := range suppress.FindAllSubmatchIndex(src, -1) {
		s := suppression{file: name, span: text.Span{Start: m[0], End: m[1]}, pos: index.Pos(m[0])}
		for _, code := range strings.Split(string(src[m[4]:m[5]]), ",") {
			s.codes = append(s.codes, strings.TrimSpace(code))
		}
		s.used = make([]bool, len(s.codes))
		if m[6] >= 0 {
			s.reason = strings.TrimSpace(string(src[m[6]:m[7]]))
		}
		s.line = s.pos.Line
		// On a line of its own it is about the next line that is more than a comment.
		if before := string(src[text.LineStart(src, m[0]):m[0]]); strings.Trim(before, " \t{") == "" {
			at := text.LineEnd(src, m[0])
			for s.line++; at < len(src); s.line++ {
				end := text.LineEnd(src, at)
				line := strings.TrimSpace(string(src[at:end]))
				if line != "" && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "/*") && !strings.HasPrefix(line, "{/*") {
					break
				}
				at = end
			}
		}
		out = append(out, s)
	}
	return out
}

// covers says which code of a comment suppresses a finding; -1 for none: the comment is on the
// finding's line or the one before, or on that of the statement or element that the finding is in.
func (r *Repo) covers(s suppression, f Finding, rules []Rule) int {
	if s.file != f.File || s.line != f.Pos.Line && !r.beginsAt(f, s.line) {
		return -1
	}
	return slices.IndexFunc(s.codes, func(code string) bool {
		rule, ok := Find(rules, code)
		return ok && rule.Code == f.Code
	})
}

// beginsAt reports whether the statement that a finding is in begins at a line.
func (r *Repo) beginsAt(f Finding, line int) bool {
	if !isSource(f.File) || f.Pos.Line < line {
		return false
	}
	tree, err := r.Tree(f.File)
	if err != nil {
		return false
	}
	n := tsx.EnclosingStatement(tree.At(f.Span.Start))
	return n.Is(tsx.KindImportStatement, tsx.KindExpressionStatement) && r.file(f.File).index().Line(n.Start()) == line
}

func (r *Repo) unusedComments(comments []suppression, rules []Rule) []Finding {
	var out []Finding
	add := func(code, format string, s suppression, args ...any) {
		if rule, on := Find(rules, code); on {
			f := r.at(s.file, s.span, format, args...)
			f.Code, f.name, f.Severity = rule.Code, rule.Name, rule.Severity
			out = append(out, f)
		}
	}
	for _, s := range comments {
		if slices.Contains(s.used, true) && s.reason == "" {
			add(codeNoReason, "%s is suppressed without a reason", s, strings.Join(s.codes, ", "))
		}
		var idle, unknown []string
		for i, code := range s.codes {
			_, ran := Find(rules, code)
			_, known := Find(Rules(), code)
			switch {
			case s.used[i]:
			case ran:
				idle = append(idle, code)
			case !known && !strings.HasPrefix(code, "BP") && !strings.HasPrefix(code, "BK"): // some of those are not of this package
				unknown = append(unknown, code)
			}
		}
		if len(idle) > 0 {
			add(codeUnused, "nothing here is found by %s", s, strings.Join(idle, ", "))
		}
		if len(unknown) > 0 {
			add(codeUnused, "there is no rule %s", s, strings.Join(unknown, ", "))
		}
	}
	return out
}

func (r *Repo) unusedIgnores(s *Settings, used []bool, rules []Rule) []Finding {
	rule, on := Find(rules, codeUnused)
	var out []Finding
	for i, ig := range s.Ignores {
		if _, ran := Find(rules, ig.Rule); used[i] || !on || ig.Rule != "" && !ran || strings.EqualFold(ig.Rule, codeUnused) {
			continue
		}
		f := r.at(SettingsFile, ig.Span, "nothing is ignored by this entry")
		f.Code, f.name, f.Severity = rule.Code, rule.Name, rule.Severity
		out = append(out, f)
	}
	return out
}
