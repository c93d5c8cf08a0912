package report

import (
	"encoding/json"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
)

type jsonReport struct {
	Schema   int             `json:"schema"` // 1
	Findings []check.Finding `json:"findings"`
	Ignored  []check.Ignored `json:"ignored"`
	Baseline int             `json:"baseline"` // findings that the baseline has
	Errors   int             `json:"errors"`
	Warnings int             `json:"warnings"`
	Notes    int             `json:"notes"`
}

// JSON is the report as data, schema 1.
func JSON(r *Report) (string, error) {
	j := jsonReport{Schema: 1, Findings: r.Findings, Ignored: r.Ignored, Baseline: r.Known}
	if j.Findings == nil {
		j.Findings = []check.Finding{}
	}
	if j.Ignored == nil {
		j.Ignored = []check.Ignored{}
	}
	j.Errors, j.Warnings, j.Notes = check.Count(r.Findings, diag.Error), check.Count(r.Findings, diag.Warning), check.Count(r.Findings, diag.Note)
	return marshal(j)
}

func marshal(v any) (string, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return string(data) + "\n", err
}
