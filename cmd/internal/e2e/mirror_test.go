//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
	"github.com/batten-dev/batten/registry/npm"
	"github.com/batten-dev/batten/registry/npmver"
)

// mirror is how the test makes do with a registry that lacks versions which others ask for: a
// mirror that lags, or holds only some of them. yarn says "No candidates found" then.
//
//   - For a dependency of a plugin, the next later version that the registry has, else the
//     newest before, as a resolution of the app's package.json for just what is asked for.
//   - For anything else, mostly one platform's binary of a package published lately, yarn
//     resolves as of some weeks ago (its npmMinimalAgeGate), the Backstage packages aside, and
//     those scopes of which something asks for a younger version.
//
// The zero mirror lacks nothing.
type mirror struct {
	Gated       bool
	Young       []string          // names and globs that may be as young as they are, besides young
	Resolutions map[string]string // version by package and range, as yarn writes them: name@npm:range
	Skipped     map[string]string // families that cannot be installed, and why
	Reasons     []string
}

// young are the packages that may be as young as they are.
var young = []string{"@backstage/*", "@backstage-community/*", "@roadiehq/*", "@terasky/*", "@immobiliarelabs/*", "@red-hat-developer-hub/*"}

var (
	noCandidates = regexp.MustCompile(`(\S+)@npm:(\S+): No candidates found`)
	quarantined  = regexp.MustCompile(`(\S+)@npm:(\S+): All versions satisfying .* are quarantined`)
)

func (m *mirror) env() []string {
	if !m.Gated {
		return nil
	}
	return []string{"YARN_NPM_MINIMAL_AGE_GATE=75d", "YARN_NPM_PREAPPROVED_PACKAGES=" + strings.Join(m.young(), ",")}
}

func (m *mirror) young() []string { return slices.Concat(young, m.Young) }

// makeDo reads yarn's output, and says how the next try makes do. The error says that it cannot.
func (m *mirror) makeDo(ctx context.Context, out string) (string, error) {
	if held := quarantined.FindStringSubmatch(out); held != nil && m.Gated {
		name := held[1]
		if scope, _, ok := strings.Cut(name, "/"); ok {
			name = scope + "/*"
		}
		if slices.Contains(m.Young, name) {
			return "", fmt.Errorf("%s is held back though it may be young", held[1])
		}
		m.Young = append(m.Young, name)
		reason := fmt.Sprintf("%s %s is asked for; %s may be young", held[1], held[2], name)
		m.Reasons = append(m.Reasons, reason)
		return reason, nil
	}
	lack := noCandidates.FindStringSubmatch(out)
	if lack == nil {
		return "", fmt.Errorf("the registry does not lack a version")
	}
	name, want := lack[1], lack[2]
	key := name + "@npm:" + want
	var how string
	switch {
	case !strings.HasPrefix(name, "@backstage") && !m.Gated:
		m.Gated = true
		how = strings.Join(m.env(), " ")
	case m.Resolutions[key] == "":
		config, _ := npm.ConfigFrom(npm.UserPlaces(""))
		p, err := npm.New(config).Packument(ctx, name)
		if err != nil {
			return "", err
		}
		asked, err := npmver.ParseRange(want)
		if err != nil {
			return "", err
		}
		least, _ := asked.MinVersion()
		version := nearest(p.Sorted(), least.String())
		if version == nil {
			return "", fmt.Errorf("the registry has no version of %s that could do", name)
		}
		if m.Resolutions == nil {
			m.Resolutions = map[string]string{}
		}
		m.Resolutions[key] = version.Version
		how = fmt.Sprintf("a resolution to %s", version.Version)
	default:
		return "", fmt.Errorf("%s %s is lacking although there is a resolution", name, want)
	}
	reason := fmt.Sprintf("the registry lacks %s %s; made do with %s", name, want, how)
	m.Reasons = append(m.Reasons, reason)
	return reason, nil
}

// prepare writes the resolutions into an app's package.json, and which packages may be young
// into its .yarnrc.yml if that has such a list.
func (m *mirror) prepare(dir string) error {
	if err := resolve(dir, m.Resolutions); err != nil {
		return err
	}
	if !m.Gated {
		return nil
	}
	for _, name := range m.young() {
		err := edit(dir, ".yarnrc.yml", func(src []byte) ([]text.Edit, error) {
			const key = "npmPreapprovedPackages"
			doc, err := yamledit.Parse(".yarnrc.yml", src)
			if err != nil {
				return nil, err
			}
			list, ok := doc.Lookup(key)
			if !ok {
				return nil, nil
			}
			for v := range list.Elements() {
				if v.String() == name {
					return nil, nil
				}
			}
			return doc.Append("'"+name+"'", key)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// edit changes a file of an app.
func edit(dir, name string, how func(src []byte) ([]text.Edit, error)) error {
	file := filepath.Join(dir, name)
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	edits, err := how(src)
	if err != nil {
		return err
	}
	if src, err = text.Apply(src, edits); err != nil {
		return err
	}
	return os.WriteFile(file, src, 0o644)
}

// String has a line for each thing that is lacking.
func (m *mirror) String() string {
	var b strings.Builder
	for _, reason := range m.Reasons {
		b.WriteString("note: " + reason + "\n")
	}
	return b.String()
}
