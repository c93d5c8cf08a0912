package check

import (
	"encoding/json"
	"slices"

	"github.com/batten-dev/batten/codemod/diag"
)

// Baseline is a list of findings that are known: a repository adopts the check with them, and
// is told of new ones.
type Baseline struct {
	Schema   int     `json:"schema"` // 1
	Findings []Known `json:"findings"`
}

// Known is a finding of a baseline. Fingerprint alone counts; the rest is for people.
type Known struct {
	Fingerprint string `json:"fingerprint"`
	Code        string `json:"code"`
	File        string `json:"file"`
	Summary     string `json:"summary"`
}

// ReadBaseline reads a baseline from its JSON form. The error is a *diag.Diagnostic about the
// file of that name.
func ReadBaseline(file string, data []byte) (*Baseline, error) {
	var b Baseline
	err := json.Unmarshal(data, &b)
	if err == nil && b.Schema == 1 {
		return &b, nil
	}
	d := diag.Errorf("invalid-baseline", "%s is no baseline of batten check", file)
	if err != nil {
		d.Detail = err.Error()
	}
	d.File = file
	d.Manual = "Make it anew with --write-baseline."
	return nil, d
}

// NewBaseline is the baseline of findings.
func NewBaseline(list []Finding) *Baseline {
	b := &Baseline{Schema: 1, Findings: []Known{}}
	for _, f := range list {
		b.Findings = append(b.Findings, Known{f.Fingerprint, f.Code, f.File, f.Summary})
	}
	return b
}

// JSON is the baseline's JSON form, with a newline at its end.
func (b *Baseline) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(b, "", "  ")
	return append(data, '\n'), err
}

// New are the findings that the baseline does not have.
func (b *Baseline) New(list []Finding) []Finding {
	known := map[string]bool{}
	for _, k := range b.Findings {
		known[k.Fingerprint] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(f Finding) bool { return known[f.Fingerprint] })
}
