package engines

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"regexp"

	"github.com/batten-dev/batten/registry/npmver"
)

// Need is which Node a Backstage release supports.
type Need struct {
	Release string `json:"release"` // of Backstage
	Node    string `json:"node"`    // range of versions, as in "22 || 24"
	Image   string `json:"image"`   // major version that the template's Dockerfile runs, as in "24"

	// Assumed says that the release is newer than those known here, and its needs are taken to be
	// those of the newest one.
	Assumed bool `json:"assumed,omitempty"`
}

// needs are the releases since which the template of create-app states another range in its
// package.json, or another image in its Dockerfile.
func needs() []Need {
	return []Need{
		{Release: "1.0.0", Node: "14 || 16", Image: "16"},
		{Release: "1.8.0", Node: "16 || 18", Image: "16"},
		{Release: "1.19.0", Node: "18 || 20", Image: "18"},
		{Release: "1.31.0", Node: "18 || 20", Image: "20"},
		{Release: "1.33.0", Node: "20 || 22", Image: "20"},
		{Release: "1.43.0", Node: "20 || 22", Image: "22"},
		{Release: "1.46.0", Node: "22 || 24", Image: "22"},
		{Release: "1.47.0", Node: "22 || 24", Image: "24"},
	}
}

// known is the newest release that needs are known of.
const known = "1.55.0"

// Of is what a release needs; false if it is no release, or one before 1.0.0.
func Of(release string) (Need, bool) {
	v, err := npmver.ParseVersion(release)
	if err != nil {
		return Need{}, false
	}
	var found Need
	for _, n := range needs() {
		if since, err := npmver.ParseVersion(n.Release); err == nil && since.Compare(v) <= 0 {
			found = n
		}
	}
	if found.Release == "" {
		return Need{}, false
	}
	found.Release = release
	if last, err := npmver.ParseVersion(known); err == nil && v.Compare(last) > 0 {
		found.Assumed = true
	}
	return found, true
}

var fromNode = regexp.MustCompile(`(?m)^FROM\s+node:(\d+)`)

// Read is what an app states that was just made from the template of a release; false if it
// states no range.
func Read(release string, app fs.FS) (Need, bool) {
	var manifest struct {
		Engines struct{ Node string }
	}
	data, err := fs.ReadFile(app, "package.json")
	if err != nil || json.Unmarshal(data, &manifest) != nil {
		return Need{}, false
	}
	n := Need{Release: release, Node: manifest.Engines.Node}
	r, err := npmver.ParseRange(n.Node)
	if err != nil || n.Node == "" {
		return Need{}, false
	}
	if docker, err := fs.ReadFile(app, "packages/backend/Dockerfile"); err == nil {
		if m := fromNode.FindSubmatch(docker); m != nil {
			n.Image = string(m[1])
		}
	}
	if low, ok := r.MinVersion(); ok {
		n.Image = cmp.Or(n.Image, major(low))
	}
	return n, n.Image != ""
}
