package manifest

import (
	_ "embed" // releases.txt
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/manifest/internal/table"
)

//go:embed releases.txt
var releases string

var embedded = sync.OnceValue(func() table.Table {
	t, err := table.Open(releases)
	if err != nil {
		panic("manifest: releases.txt: " + err.Error()) // a broken build
	}
	return t
})

// Releases returns the releases in the embedded table in semver order, pre-releases
// ("1.2.0-next.0") before their release.
func Releases() []string { return slices.Clone(embedded().Releases) }

// Lookup returns a release of the embedded table; false if it is not there, see Unknown.
func Lookup(release string) (*Manifest, bool) {
	t := embedded()
	i := slices.Index(t.Releases, release)
	if i < 0 {
		return nil, false
	}
	return fromTable(t.Release(i)), true
}

// IsNext says whether a release is a pre-release, one of the "next" line.
func IsNext(release string) bool { return strings.Contains(release, "-") }

// isRelease says whether a text has the form of a release.
func isRelease(s string) bool {
	_, err := semver.StrictNewVersion(s)
	return err == nil
}

// Newest returns the newest release in the embedded table: of the main line, or of any line
// if main is false.
func Newest(main bool) string {
	for _, r := range slices.Backward(embedded().Releases) {
		if !main || !IsNext(r) {
			return r
		}
	}
	return ""
}

// Nearest returns the last release in the embedded table that is not newer than the given one
// and of its line (for a main release: a main release); else the first after it; "" if release
// is no version.
func Nearest(release string) string { return nearest(release, embedded().Releases) }

// nearest is Nearest among the releases given, which are in semver order.
func nearest(release string, among []string) string {
	v, err := semver.StrictNewVersion(release)
	if err != nil {
		return ""
	}
	nearest := ""
	for _, r := range among {
		if IsNext(r) && !IsNext(release) {
			continue
		}
		if nearest == "" || semver.MustParse(r).Compare(v) <= 0 {
			nearest = r
		}
	}
	return nearest
}

// UnknownRelease is the error of a release that is not in the embedded table.
type UnknownRelease struct {
	Release string
	Nearest string // see Nearest
	Newest  string // newest main release in the table
}

// Unknown returns the error that says that a release is not in the embedded table.
func Unknown(release string) *UnknownRelease {
	return &UnknownRelease{Release: release, Nearest: Nearest(release), Newest: Newest(true)}
}

// As makes the error a *diag.Diagnostic for errors.As.
func (e *UnknownRelease) As(target any) bool {
	d, ok := target.(**diag.Diagnostic)
	if ok {
		*d = diag.Errorf("unknown-release", "%v", e)
	}
	return ok
}

func (e *UnknownRelease) Error() string {
	if e.Nearest == "" {
		return fmt.Sprintf("%q is not a Backstage release; the newest one known here is %s", e.Release, e.Newest)
	}
	if e.Nearest == e.Newest {
		return fmt.Sprintf("Backstage release %s is not known here; the newest one known is %s", e.Release, e.Newest)
	}
	return fmt.Sprintf("Backstage release %s is not known here; the nearest one known is %s, the newest %s", e.Release, e.Nearest, e.Newest)
}
