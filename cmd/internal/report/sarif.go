package report

import (
	"net/url"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
)

// The part of SARIF 2.1.0 that is written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool            `json:"tool"`
		ColumnKind string               `json:"columnKind"`
		Bases      map[string]sarifBase `json:"originalUriBaseIds"`
		Results    []sarifResult        `json:"results"`
	}
	sarifBase struct {
		Description sarifText `json:"description"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		URI     string      `json:"informationUri"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string          `json:"id"`
		Name    string          `json:"name"`
		Short   sarifText       `json:"shortDescription"`
		Full    sarifText       `json:"fullDescription"`
		Help    sarifHelp       `json:"help"`
		Default sarifConfig     `json:"defaultConfiguration"`
		Props   sarifProperties `json:"properties"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifProperties struct {
		Tags []string `json:"tags"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Fixes        []sarifFix        `json:"fixes,omitempty"`
		Suppressions []sarifSuppressed `json:"suppressions,omitempty"`
	}
	sarifSuppressed struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification,omitempty"`
	}
	sarifLocation struct {
		ID       *int          `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine   int  `json:"startLine,omitempty"`
		StartColumn int  `json:"startColumn,omitempty"`
		EndLine     int  `json:"endLine,omitempty"`
		EndColumn   int  `json:"endColumn,omitempty"`
		ByteOffset  *int `json:"byteOffset,omitempty"`
		ByteLength  *int `json:"byteLength,omitempty"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted sarifText   `json:"insertedContent"`
	}
)

const (
	home     = "https://github.com/batten-dev/batten"
	rootBase = "%SRCROOT%"
)

// SARIF is the report as SARIF 2.1.0: paths are relative to the root of the git repository,
// columns count UTF-16 code units.
func SARIF(r *Report) (string, error) {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "batten", Version: r.Version, URI: home, Rules: []sarifRule{}}},
		ColumnKind: "utf16CodeUnits",
		Bases:      map[string]sarifBase{rootBase: {sarifText{"The root of the repository."}}},
		Results:    []sarifResult{},
	}
	index := map[string]int{}
	for i, rule := range r.Rules {
		index[rule.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
			ID: rule.Code, Name: rule.Name, Short: sarifText{rule.Title}, Full: sarifText{firstParagraph(rule)},
			Help: sarifHelp{rule.Doc, rule.Doc}, Default: sarifConfig{level(rule.Severity)}, Props: sarifProperties{[]string{"backstage", string(rule.Family)}},
		})
	}
	for _, f := range r.Findings {
		run.Results = append(run.Results, r.sarif(f, index))
	}
	for _, f := range r.Ignored {
		res := r.sarif(f.Finding, index)
		kind := "inSource"
		if strings.HasPrefix(f.By, check.SettingsFile) {
			kind = "external"
		}
		res.Suppressions = []sarifSuppressed{{kind, f.Reason}}
		run.Results = append(run.Results, res)
	}
	return marshal(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func firstParagraph(rule check.Rule) string {
	text, _, _ := strings.Cut(strings.TrimSpace(rule.Doc), "\n\n")
	if text == "" {
		return rule.Title
	}
	return strings.ReplaceAll(text, "\n", " ")
}

func level(s diag.Severity) string {
	if s == diag.Note {
		return "note"
	}
	return s.String()
}

func (r *Report) sarif(f check.Finding, index map[string]int) sarifResult {
	res := sarifResult{
		RuleID: f.Code, RuleIndex: index[f.Code], Level: level(f.Severity), Message: sarifText{message(f)},
		Locations: []sarifLocation{}, Fingerprints: map[string]string{"batten/v1": f.Fingerprint},
	}
	file := f.File
	if file == "" {
		file = "package.json" // code hosts show nothing that has no place
	}
	at := sarifLocation{Physical: sarifPhysical{Artifact: r.artifact(file)}}
	if f.Pos.Line > 0 {
		at.Physical.Region = &sarifRegion{StartLine: f.Pos.Line, StartColumn: f.Pos.Column}
		if f.End.Line > 0 {
			at.Physical.Region.EndLine, at.Physical.Region.EndColumn = f.End.Line, f.End.Column
		}
	}
	res.Locations = append(res.Locations, at)
	for i, p := range f.Related {
		id := i + 1
		rel := sarifLocation{ID: &id, Physical: sarifPhysical{Artifact: r.artifact(p.File)}, Message: &sarifText{p.What}}
		if p.Pos.Line > 0 {
			rel.Physical.Region = &sarifRegion{StartLine: p.Pos.Line, StartColumn: p.Pos.Column}
		}
		res.Related = append(res.Related, rel)
	}
	for _, fix := range f.Fixes {
		if x := r.sarifFix(fix); len(x.Changes) > 0 {
			res.Fixes = append(res.Fixes, x)
		}
	}
	return res
}

func (r *Report) sarifFix(fix check.Fix) sarifFix {
	x := sarifFix{Description: sarifText{fix.Title}}
	var names []string
	for name := range fix.Edits {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c := sarifChange{Artifact: r.artifact(name)}
		for _, e := range fix.Edits[name] {
			start, length := e.Start, e.End-e.Start
			c.Replacements = append(c.Replacements, sarifReplacement{sarifRegion{ByteOffset: &start, ByteLength: &length}, sarifText{e.New}})
		}
		if len(c.Replacements) > 0 {
			x.Changes = append(x.Changes, c)
		}
	}
	return x
}

func (r *Report) artifact(file string) sarifArtifact {
	return sarifArtifact{(&url.URL{Path: r.Prefix + file}).EscapedPath(), rootBase}
}
