package template

import (
	"regexp"

	"github.com/batten-dev/batten/codemod/workspace"
)

// Origin is which template an app came from, as far as the app itself tells.
type Origin struct {
	Options
	// Yarn1 says that the app is installed by yarn 1, as new apps were up to release 1.36.
	Yarn1 bool
	// Why says by what the layout is known, as a clause.
	Why string
}

var sinceBranch = regexp.MustCompile(`--since origin/(\S+)`)

// Detect says from which template an app came: the layout by what its frontend is now, the
// options by what create-app wrote with them.
func Detect(ws *workspace.Workspace) Origin {
	o := Origin{Why: "there is no frontend that tells the layout"}
	if app, err := ws.App(); err == nil {
		switch app.System {
		case workspace.Legacy:
			o.Layout, o.Why = Legacy, "the app has the legacy frontend system"
		case workspace.Hybrid:
			o.Layout, o.Why = Legacy, "the app converts one of the legacy frontend system"
		case workspace.New:
			o.Layout, o.Why = New, "the app has the new frontend system"
		}
	}
	if found := sinceBranch.FindStringSubmatch(ws.Root.Scripts["lint"]); found != nil {
		o.DefaultBranch = found[1]
	}
	o.Yarn1 = ws.Manager.Name == "yarn" && !ws.Manager.Berry
	return o
}
