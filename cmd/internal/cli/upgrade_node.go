package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/batten-dev/batten/cmd/internal/handoff"
	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/manifest/engines"
	"github.com/batten-dev/batten/registry/npmver"
)

// nodeNeeds is which Node a release supports, and where the repository says something else.
type nodeNeeds struct {
	engines.Need
	Places []engines.Place `json:"places"` // that do not fit; after --fix-node, those that were mended
	Fixed  bool            `json:"fixed"`
}

// checkNode compares the versions of Node that the repository states with what the release
// supports and, if asked to, edits them.
func (opts *upgradeOptions) checkNode(u *upgrade) error {
	need, ok := engines.Of(u.plan.To)
	if !ok {
		return nil
	}
	u.node = &nodeNeeds{Need: need, Fixed: opts.fixNode}
	if opts.fixNode {
		places, err := engines.Fix(u.over, need)
		u.node.Places = places
		return err
	}
	places, err := engines.Check(u.over, need)
	if err != nil {
		return err
	}
	for _, p := range places {
		if p.Verdict == engines.Misfit || p.Verdict == engines.Wide {
			u.node.Places = append(u.node.Places, p)
		}
	}
	return nil
}

// nodeText says where the repository states another Node than the release supports.
func nodeText(style iostreams.Style, n *nodeNeeds) string {
	if n == nil || len(n.Places) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n", style.Yellow(fmt.Sprintf("Backstage %s supports Node %s", n.Release, n.Node)))
	mendable := false
	for _, p := range n.Places {
		fmt.Fprintf(&b, "  %s  %s\n", style.Cyan(fmt.Sprintf("%s:%d", p.File, p.Pos.Line)), p.Text+becomes(p))
		if !n.Fixed {
			why := strings.TrimSuffix(p.Why, fmt.Sprintf("; Backstage %s supports Node %s.", n.Release, n.Node))
			fmt.Fprintf(&b, "    %s\n", why)
			mendable = mendable || p.New != ""
		}
	}
	if mendable {
		b.WriteString("  `batten upgrade --fix-node` writes what it supports.\n")
	}
	return b.String()
}

func becomes(p engines.Place) string {
	if p.New == "" {
		return ""
	}
	return " -> " + p.New
}

// nodeRuns refuses a node that the release does not support, for the install that is to follow.
func nodeRuns(ctx context.Context, n *nodeNeeds) error {
	if n == nil || n.Assumed {
		return nil
	}
	has := handoff.NodeVersion(ctx)
	r, err := npmver.ParseRange(n.Node)
	v, errV := npmver.ParseVersion(has)
	if has == "" || err != nil || errV != nil || r.Satisfies(v) {
		return nil //nolint:nilerr // what is no version cannot be compared
	}
	d := diag.Errorf("node-version", "node %s is on the PATH, and Backstage %s wants %s", has, n.Release, n.Node)
	d.Manual = "Put a node of that version on the PATH, or use --no-install and leave the install to later."
	return d
}
