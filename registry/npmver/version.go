package npmver

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
)

const (
	maxLength  = 256       // of a version, as in node-semver
	maxInteger = 1<<53 - 1 // of major, minor, patch, as in node-semver
	spaces     = " \t\n\r\f\v\u00a0\ufeff\u2028\u2029"
)

// Version is a semantic version. The zero Version is 0.0.0.
type Version struct{ v semver.Version }

// ParseVersion reads a version as npm does: all of MAJOR.MINOR.PATCH, perhaps a pre-release and
// build metadata. Spaces around it and a "v" before it are ignored.
func ParseVersion(s string) (Version, error) {
	text := strings.Trim(s, spaces)
	text = strings.TrimPrefix(text, "v")
	if len(text) > maxLength {
		return Version{}, fmt.Errorf("version of %d characters", len(text))
	}
	v, err := semver.StrictNewVersion(text)
	if err != nil {
		return Version{}, fmt.Errorf("%q is not a version", s)
	}
	if v.Major() > maxInteger || v.Minor() > maxInteger || v.Patch() > maxInteger {
		return Version{}, fmt.Errorf("version %q has too large a number", s)
	}
	return Version{*v}, nil
}

func newVersion(major, minor, patch uint64, pre string) Version {
	return Version{*semver.New(major, minor, patch, pre, "")}
}

// String is the version without build metadata, as in "1.2.3-next.0".
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.Major(), v.Minor(), v.Patch())
	if pre := v.Prerelease(); pre != "" {
		s += "-" + pre
	}
	return s
}

// Major is the first number of the version.
func (v Version) Major() uint64 { return v.v.Major() }

// Minor is the second number of the version.
func (v Version) Minor() uint64 { return v.v.Minor() }

// Patch is the third number of the version.
func (v Version) Patch() uint64 { return v.v.Patch() }

// Prerelease is the pre-release part of the version without its hyphen, as in "next.0"; "" if
// there is none.
func (v Version) Prerelease() string { return v.v.Prerelease() }

// Compare is -1, 0 or +1 as v comes before o, is equal to it, or comes after it. Build
// metadata does not count.
func (v Version) Compare(o Version) int { return v.v.Compare(&o.v) }

func (v Version) sameTuple(o Version) bool {
	return v.Major() == o.Major() && v.Minor() == o.Minor() && v.Patch() == o.Patch()
}
