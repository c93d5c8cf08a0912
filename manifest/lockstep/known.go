package lockstep

import (
	"strings"

	"github.com/batten-dev/batten/manifest"
)

// renamed are packages of Backstage that have another name now. The first three are named in the
// deprecation messages of the packages, the last in its own package.json ("backstage.moved").
func renamed(name string) string {
	switch name {
	case "@backstage/search-common":
		return "@backstage/plugin-search-common"
	case "@backstage/techdocs-common":
		return "@backstage/plugin-techdocs-node"
	case "@backstage/canon":
		return "@backstage/ui"
	case "@backstage/plugin-search-backend-module-explore":
		return "@backstage-community/plugin-search-backend-module-explore"
	}
	return ""
}

// replaced are packages of Backstage that others took the place of, with other exports: nothing
// that an edit of names could do. Source: the change logs of their last versions.
func replaced(name string) string {
	switch name {
	case "@backstage/plugin-circleci":
		return "CircleCI's own plugin @circleci/backstage-plugin takes its place, and is wired otherwise"
	case "@backstage/plugin-pagerduty":
		return "PagerDuty's own plugin @pagerduty/backstage-plugin takes its place, and is wired otherwise"
	case "@backstage/backend-common":
		return "What it had is in @backstage/backend-defaults and @backstage/backend-plugin-api, mostly under other names"
	case "@backstage/backend-tasks":
		return "Schedules are coreServices.scheduler of @backstage/backend-plugin-api now"
	case "@backstage/plugin-catalog-backend-module-bitbucket", "@backstage/plugin-scaffolder-backend-module-bitbucket":
		return "There is one package for Bitbucket Cloud and one for Bitbucket Server in its place: add -cloud or -server to the name"
	case "@backstage/plugin-graphql-backend", "@backstage/plugin-catalog-graphql":
		return "It has no successor in Backstage; @frontside/backstage-plugin-graphql-backend is one by others"
	}
	return ""
}

// KnownMove returns the name that a package of Backstage has now, if it moved.
//
// The 103 packages that release 1.26.5 has and 1.27.0 lacks went to the community's repository,
// under the same name in another scope; their change logs say so.
func KnownMove(name string) (to string, ok bool) {
	if to := renamed(name); to != "" {
		return to, true
	}
	if replaced(name) != "" || !strings.HasPrefix(name, "@backstage/plugin-") {
		return "", false
	}
	last, okLast := manifest.Lookup("1.26.5")
	next, okNext := manifest.Lookup("1.27.0")
	if !okLast || !okNext {
		return "", false
	}
	if _, was := last.Version(name); !was {
		return "", false
	}
	if _, is := next.Version(name); is {
		return "", false
	}
	return "@backstage-community/" + strings.TrimPrefix(name, "@backstage/"), true
}
