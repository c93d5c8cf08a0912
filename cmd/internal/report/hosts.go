package report

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
)

// GitHub is the report as workflow commands, which become annotations: the most serious first,
// for of each severity ten are shown per step.
func GitHub(r *Report) string {
	var b strings.Builder
	list := worstFirst(r)
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range list {
		command := map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Note: "notice"}[f.Severity]
		var where []string
		if f.File != "" {
			where = append(where, "file="+property.Replace(r.Prefix+f.File))
		}
		if f.Pos.Line > 0 {
			where = append(where, fmt.Sprintf("line=%d,col=%d", f.Pos.Line, f.Pos.Column))
			if f.End.Line > f.Pos.Line {
				where = append(where, fmt.Sprintf("endLine=%d", f.End.Line))
			} else if f.End.Line == f.Pos.Line && f.End.Column > f.Pos.Column {
				where = append(where, fmt.Sprintf("endColumn=%d", f.End.Column))
			}
		}
		where = append(where, "title="+property.Replace(f.Code+" "+title(r.Rules, f.Code)))
		fmt.Fprintf(&b, "::%s %s::%s\n", command, strings.Join(where, ","), data.Replace(message(f)))
	}
	return b.String()
}

// worstFirst are the findings by severity.
func worstFirst(r *Report) []check.Finding {
	return slices.SortedStableFunc(slices.Values(r.Findings), func(a, b check.Finding) int { return int(b.Severity - a.Severity) })
}

func title(rules []check.Rule, code string) string {
	if rule, ok := check.Find(rules, code); ok {
		return rule.Title
	}
	return ""
}

// Markdown is the report as a table, for the summary of a step.
func Markdown(r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### batten check: %s\n", r.Summary())
	if len(r.Findings) > 0 {
		b.WriteString("\n| | code | where | what |\n|---|---|---|---|\n")
	}
	cell := strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;")
	for _, f := range worstFirst(r) {
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s |\n", f.Severity, f.Code, strings.ReplaceAll(r.Prefix+f.Location(), "`", ""), cell.Replace(f.Summary))
	}
	return b.String()
}

type gitlabIssue struct {
	Description string         `json:"description"`
	Check       string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"` // info, minor, major, critical, blocker
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

// GitLab is the report in the form of GitLab's code quality.
func GitLab(r *Report) (string, error) {
	list := []gitlabIssue{}
	for _, f := range r.Findings {
		severity := map[diag.Severity]string{diag.Error: "major", diag.Warning: "minor", diag.Note: "info"}[f.Severity]
		file := f.File
		if file == "" {
			file = "package.json"
		}
		list = append(list, gitlabIssue{f.Summary, f.Code, f.Fingerprint, severity, gitlabLocation{r.Prefix + file, gitlabLines{max(1, f.Pos.Line)}}})
	}
	return marshal(list)
}

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure,omitempty"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit is the report as the result of tests: a suite per family, a case per rule that found
// nothing and per finding. Findings at failOn or above are failures.
func JUnit(r *Report, failOn diag.Severity) (string, error) {
	all := junitSuites{Name: "batten check"}
	bySuite := map[check.Family]*junitSuite{}
	for _, rule := range r.Rules {
		s := bySuite[rule.Family]
		if s == nil {
			all.Suites = append(all.Suites, junitSuite{Name: string(rule.Family)})
			s = &all.Suites[len(all.Suites)-1]
			for i := range all.Suites {
				bySuite[check.Family(all.Suites[i].Name)] = &all.Suites[i]
			}
		}
		clean := true
		for _, f := range r.Findings {
			if f.Code != rule.Code {
				continue
			}
			clean = false
			c := junitCase{Name: f.Code + " " + f.Location(), Class: rule.Code + " " + rule.Name, File: f.File, Line: f.Pos.Line}
			if f.Severity >= failOn {
				c.Failure = &junitFailure{f.Severity.String(), f.Summary, f.Location() + ": " + message(f)}
				s.Failures++
			} else {
				c.Out = f.Severity.String() + ": " + message(f)
			}
			s.Cases = append(s.Cases, c)
		}
		if clean {
			s.Cases = append(s.Cases, junitCase{Name: rule.Title, Class: rule.Code + " " + rule.Name})
		}
		s.Tests = len(s.Cases)
	}
	for _, s := range all.Suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
	}
	data, err := xml.MarshalIndent(all, "", "  ")
	return xml.Header + string(data) + "\n", err
}
