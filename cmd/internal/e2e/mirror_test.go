//go:build unix

package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/jsonedit"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/registry/npm"
)

// mirror is how the test makes do with a registry that lacks versions which others ask for: a
// mirror that lags, or holds only some of them. yarn says "No candidates found" then.
//
//   - For a dependency of a plugin, the newest version that the registry has, as a resolution
//     of the app's package.json.
//   - For anything else, mostly one platform's binary of a package published lately, yarn
//     resolves as of some weeks ago (its npmMinimalAgeGate), the Backstage packages aside.
//
// The zero mirror lacks nothing.
type mirror struct {
	Gated       bool
	Resolutions map[string]string // version by package
	Reasons     []string
}

var noCandidates = regexp.MustCompile(`(\S+)@npm:(\S+): No candidates found`)

func (m *mirror) env() []string {
	if !m.Gated {
		return nil
	}
	return []string{"YARN_NPM_MINIMAL_AGE_GATE=75d", "YARN_NPM_PREAPPROVED_PACKAGES=@backstage/*,@backstage-community/*"}
}

// makeDo reads yarn's output, and says how the next try makes do. The error says that it cannot.
func (m *mirror) makeDo(ctx context.Context, out string) (string, error) {
	lack := noCandidates.FindStringSubmatch(out)
	if lack == nil {
		return "", fmt.Errorf("the registry does not lack a version")
	}
	name, want := lack[1], lack[2]
	var how string
	switch {
	case !strings.HasPrefix(name, "@backstage") && !m.Gated:
		m.Gated = true
		how = strings.Join(m.env(), " ")
	case m.Resolutions[name] == "":
		config, _ := npm.ConfigFrom(npm.UserPlaces(""))
		p, err := npm.New(config).Packument(ctx, name)
		if err != nil {
			return "", err
		}
		versions := p.Sorted()
		if len(versions) == 0 {
			return "", fmt.Errorf("the registry has no version of %s at all", name)
		}
		if m.Resolutions == nil {
			m.Resolutions = map[string]string{}
		}
		m.Resolutions[name] = versions[len(versions)-1].Version
		how = fmt.Sprintf("a resolution to %s", m.Resolutions[name])
	default:
		return "", fmt.Errorf("%s %s is lacking although there is a resolution", name, want)
	}
	reason := fmt.Sprintf("the registry lacks %s %s; made do with %s", name, want, how)
	m.Reasons = append(m.Reasons, reason)
	return reason, nil
}

// prepare writes the resolutions into an app's package.json.
func (m *mirror) prepare(dir string) error {
	file := filepath.Join(dir, "package.json")
	for _, name := range slices.Sorted(maps.Keys(m.Resolutions)) {
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		doc, err := jsonedit.Parse("package.json", src)
		if err != nil {
			return err
		}
		edits, err := doc.Set(fmt.Sprintf("%q", m.Resolutions[name]), "resolutions", name)
		if err != nil {
			return err
		}
		if src, err = text.Apply(src, edits); err != nil {
			return err
		}
		if err := os.WriteFile(file, src, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// String has a line for each thing that is lacking.
func (m *mirror) String() string {
	var b strings.Builder
	for _, reason := range m.Reasons {
		b.WriteString("note: " + reason + "\n")
	}
	return b.String()
}
