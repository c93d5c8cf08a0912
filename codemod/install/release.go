package install

import (
	"fmt"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npmver"
)

// firstOfOne are packages that had their 1.0.0 with Backstage 1.0 (and @backstage/core, which
// was gone by then): an app with an older one is older than Backstage 1.0.
var firstOfOne = [...]string{"@backstage/core-plugin-api", "@backstage/core-app-api", "@backstage/app-defaults", "@backstage/catalog-model", "@backstage/core"}

// knownRelease refuses a workspace whose release is not known, or older than 1.0: recipes say
// what a plugin needs at which release, from 1.0 on. To take such an app for a new one would
// import what its packages do not have.
func knownRelease(ws *workspace.Workspace) error {
	release := ws.Release
	if release.Version != "" && release.Source != workspace.ReleaseInferred {
		switch v, err := npmver.ParseVersion(release.Version); {
		case err != nil:
			return unknownRelease(fmt.Sprintf("backstage.json says %q, which is no version.", release.Version))
		case v.Major() == 0:
			return tooOld("backstage.json says " + release.Version + ".")
		}
		return nil
	}
	versions := ws.BackstageVersions()
	for _, name := range firstOfOne {
		spec := versions[name]
		r, err := npmver.ParseRange(spec)
		if spec == "" || err != nil {
			continue
		}
		if least, ok := r.MinVersion(); ok && least.Major() == 0 && !r.Any() {
			return tooOld("It depends on " + name + " " + spec + ".")
		}
	}
	if release.Version != "" {
		return nil
	}
	return unknownRelease("There is no backstage.json that names it, and the versions of the @backstage packages are those of no release.")
}

func unknownRelease(evidence string) error {
	d := diag.Errorf("unknown-release", "the Backstage release of this app is not known")
	d.Detail = evidence
	d.Manual = "Write the release that the app is at into backstage.json at the root, as {\"version\": \"1.2.3\"}, and run the command again."
	return d
}

// staleRelease warns of a backstage.json that names another release than that of the packages.
func staleRelease(ws *workspace.Workspace) diag.List {
	if ws.Release.Claimed == "" {
		return nil
	}
	return diag.List{{Severity: diag.Warning, Code: "stale-release", File: "backstage.json",
		Summary: fmt.Sprintf("it says %s, but the packages are those of %s, which is taken for the release of this app", ws.Release.Claimed, ws.Release.Version)}}
}

func tooOld(evidence string) error {
	d := diag.Errorf("release-too-old", "this app is older than Backstage 1.0, the first release that batten can add plugins to")
	d.Detail = evidence
	d.Manual = "Move the app to Backstage 1.0 or newer first: " + "https://backstage.io/docs/getting-started/keeping-backstage-updated."
	return d
}
