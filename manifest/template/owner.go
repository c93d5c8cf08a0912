package template

import (
	"path"
	"strings"
)

// Care is how a file of the template is cared for once it is an app's.
type Care uint8

// The kinds of care.
const (
	Text  Care = iota // changes of the template are merged into it
	Whole             // it is taken, replaced and removed as a whole
	Users             // the template leaves it to the app
)

func (c Care) String() string { return [...]string{"merged", "whole", "user's"}[c] }

// CareOf says how a file of the template, by its slash path, is cared for, and why. The first
// rule that fits decides:
//
//	yarn.lock, package-lock.json, pnpm-lock.yaml  user's  the package manager writes it
//	backstage.json                                user's  the upgrade itself writes the release
//	catalog-info.yaml                             user's  it describes the app
//	README.md, in any folder                      user's  people have written their own
//	examples/                                     user's  made to be replaced
//	*.png *.ico *.svg *.jpg *.gif *.woff ...      user's  images and fonts cannot be merged
//	app-config.local.yaml                         user's  it is one person's own, and not in git
//	.yarn/                                        whole   programs as they were published
//	everything else                               merged
func CareOf(name string) (Care, string) {
	base := path.Base(name)
	switch base {
	case "yarn.lock", "package-lock.json", "pnpm-lock.yaml":
		return Users, "the package manager writes it"
	}
	switch name {
	case "backstage.json":
		return Users, "the upgrade itself writes the release"
	case "catalog-info.yaml":
		return Users, "it describes the app"
	case "app-config.local.yaml":
		return Users, "it is one person's own, and not in git"
	}
	if strings.EqualFold(base, "README.md") {
		return Users, "it is about the app"
	}
	if strings.HasPrefix(name, "examples/") {
		return Users, "examples are made to be replaced"
	}
	if strings.HasPrefix(name, ".yarn/") {
		return Whole, "a program as it was published"
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".ico", ".svg", ".jpg", ".jpeg", ".gif", ".webp", ".woff", ".woff2", ".ttf", ".eot", ".pdf", ".tgz", ".zip":
		return Users, "images and the like cannot be merged"
	}
	return Text, "scaffolding"
}
