// Package table is the compact text form of many Backstage release manifests, and the
// reader that finds one of them in it without decoding the others.
//
// The form, line by line:
//
//	batten releases 1
//	1.0.0 1.0.1 1.1.0-next.0 ...
//	@backstage/app-defaults =1.0.0;2Pnnrp3-
//	...
//
// The second line holds the releases in semver order. Every further line is a package and
// its version at each of these releases, as runs. A run is an operation on the version of the
// run before, followed by the number of releases it lasts if that is more than one:
//
//	n  next pre-release    1.2.3-next.0 -> 1.2.3-next.1
//	r  released            1.2.3-next.1 -> 1.2.3
//	p  patch               1.2.3 -> 1.2.4         P  and its first pre-release  1.2.4-next.0
//	m  minor               1.2.3 -> 1.3.0         M  and its first pre-release  1.3.0-next.0
//	j  major               1.2.3 -> 2.0.0         J  and its first pre-release  2.0.0-next.0
//	-  not in the release (the next operation is relative to the version before)
//	=V;  exactly V
//
// Encode and Decode are inverse to each other: Decode(Encode(r)) is r with releases in semver
// order and packages sorted by name.
package table

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
)

const header = "batten releases 1"

// Package is a package of a release and its version.
type Package struct{ Name, Version string }

// Release is a release and its packages, sorted by name.
type Release struct {
	Version  string
	Packages []Package
}

// version is a version as the operations see it. Versions of another form than
// MAJOR.MINOR.PATCH or MAJOR.MINOR.PATCH-next.N are kept in other.
type version struct {
	major, minor, patch int
	next                int // -1: no pre-release
	other               string
}

func parse(s string) version {
	core, pre, isPre := strings.Cut(s, "-next.")
	v := version{next: -1}
	ok := true
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		ok = ok && err == nil && strconv.Itoa(n) == s
		return n
	}
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return version{other: s}
	}
	v.major, v.minor, v.patch = number(parts[0]), number(parts[1]), number(parts[2])
	if isPre {
		v.next = number(pre)
	}
	if !ok {
		return version{other: s}
	}
	return v
}

func (v version) String() string {
	if v.other != "" {
		return v.other
	}
	var buf [32]byte
	b := strconv.AppendInt(buf[:0], int64(v.major), 10)
	b = strconv.AppendInt(append(b, '.'), int64(v.minor), 10)
	b = strconv.AppendInt(append(b, '.'), int64(v.patch), 10)
	if v.next >= 0 {
		b = strconv.AppendInt(append(b, "-next."...), int64(v.next), 10)
	}
	return string(b)
}

const operations = "nrpPmMjJ"

// after is the version after one of the operations.
func (v version) after(op byte) version {
	v.apply(op)
	return v
}

// apply is the one hot loop of a lookup: it runs for all of the table's runs.
func (v *version) apply(op byte) {
	switch op {
	case 'n':
		v.next++
		return
	case 'r':
		v.next = -1
		return
	case 'p', 'P':
		v.patch++
	case 'm', 'M':
		v.minor, v.patch = v.minor+1, 0
	case 'j', 'J':
		v.major, v.minor, v.patch = v.major+1, 0, 0
	}
	v.next = -1
	if op < 'a' {
		v.next = 0
	}
}

// Encode writes releases in the form described above.
func Encode(releases []Release) (string, error) {
	releases = slices.Clone(releases)
	order := make(map[string]*semver.Version, len(releases))
	for _, r := range releases {
		v, err := semver.StrictNewVersion(r.Version)
		if err != nil {
			return "", fmt.Errorf("release %q: %w", r.Version, err)
		}
		if order[r.Version] != nil {
			return "", fmt.Errorf("release %s twice", r.Version)
		}
		order[r.Version] = v
	}
	slices.SortFunc(releases, func(a, b Release) int { return order[a.Version].Compare(order[b.Version]) })

	columns := map[string][]string{}
	versions := make([]string, len(releases))
	for i, r := range releases {
		versions[i] = r.Version
		for _, p := range r.Packages {
			if p.Name == "" || p.Version == "" || strings.ContainsAny(p.Name+p.Version, " \n;") {
				return "", fmt.Errorf("release %s: package %q has version %q", r.Version, p.Name, p.Version)
			}
			if columns[p.Name] == nil {
				columns[p.Name] = make([]string, len(releases))
			}
			if columns[p.Name][i] != "" {
				return "", fmt.Errorf("release %s: package %s twice", r.Version, p.Name)
			}
			columns[p.Name][i] = p.Version
		}
	}
	names := make([]string, 0, len(columns))
	for name := range columns {
		names = append(names, name)
	}
	slices.Sort(names)

	var b strings.Builder
	b.WriteString(header + "\n" + strings.Join(versions, " ") + "\n")
	for _, name := range names {
		b.WriteString(name + " " + encodeColumn(columns[name]) + "\n")
	}
	return b.String(), nil
}

func encodeColumn(column []string) string {
	var b strings.Builder
	var last version
	for i := 0; i < len(column); {
		run := 1
		for i+run < len(column) && column[i+run] == column[i] {
			run++
		}
		if column[i] == "" {
			b.WriteByte('-')
		} else {
			next := parse(column[i])
			b.WriteString(operation(last, next))
			last = next
		}
		if run > 1 {
			b.WriteString(strconv.Itoa(run))
		}
		i += run
	}
	return b.String()
}

func operation(from, to version) string {
	if from != (version{}) && from.other == "" {
		for i := range len(operations) {
			if from.after(operations[i]) == to {
				return operations[i : i+1]
			}
		}
	}
	return "=" + to.String() + ";"
}

// Table is a text in the form above, opened.
type Table struct {
	Releases []string // in semver order
	columns  string   // the lines of the packages
}

// Open reads the first two lines of a table.
func Open(text string) (Table, error) {
	first, rest, _ := strings.Cut(text, "\n")
	if first != header {
		return Table{}, errors.New("not a table of releases")
	}
	releases, columns, _ := strings.Cut(rest, "\n")
	return Table{Releases: strings.Fields(releases), columns: columns}, nil
}

// Release is the release at an index of Releases.
func (t Table) Release(index int) Release {
	r := Release{Version: t.Releases[index], Packages: make([]Package, 0, 320)}
	for name, column := range t.lines() {
		c := cursor{rest: column}
		for c.until <= index && c.next() {
		}
		if c.until > index && !c.absent {
			r.Packages = append(r.Packages, Package{name, c.version.String()})
		}
	}
	return r
}

// Versions are the versions of a package at each of Releases; "" where it is not in the release.
func (t Table) Versions(name string) []string {
	versions := make([]string, len(t.Releases))
	for has, column := range t.lines() {
		if has != name {
			continue
		}
		c := cursor{rest: column}
		for from := 0; c.next(); from = c.until {
			if c.absent {
				continue
			}
			text := c.version.String()
			for i := from; i < min(c.until, len(versions)); i++ {
				versions[i] = text
			}
		}
	}
	return versions
}

// Find looks for versions by package name: yield gets each run of releases, those with index
// from <= i < until, in which a package has exactly this version. Find returns how many of the
// packages are in the table.
func (t Table) Find(versions map[string]string, yield func(from, until int)) (known int) {
	for name, column := range t.lines() {
		text, ok := versions[name]
		if !ok {
			continue
		}
		known++
		want, c := parse(text), cursor{rest: column}
		for from := 0; c.next(); from = c.until {
			if !c.absent && c.version == want {
				yield(from, c.until)
			}
		}
	}
	return known
}

func (t Table) lines() func(yield func(name, column string) bool) {
	return func(yield func(name, column string) bool) {
		for rest := t.columns; rest != ""; {
			var line string
			line, rest, _ = strings.Cut(rest, "\n")
			name, column, _ := strings.Cut(line, " ")
			if !yield(name, column) {
				return
			}
		}
	}
}

// cursor walks the runs of one column.
type cursor struct {
	rest    string
	version version
	absent  bool // this run is of releases without the package
	until   int  // index after the run's last release
}

func (c *cursor) next() bool {
	rest := c.rest
	if rest == "" {
		return false
	}
	op := rest[0]
	c.absent = op == '-'
	i := 1
	switch op {
	case '-':
	case '=':
		exact, _, _ := strings.Cut(rest[1:], ";")
		c.version = parse(exact)
		i = min(len(exact)+2, len(rest))
	default:
		c.version.apply(op)
	}
	run := 0
	for ; i < len(rest) && rest[i] >= '0' && rest[i] <= '9'; i++ {
		run = run*10 + int(rest[i]-'0')
	}
	c.rest = rest[i:]
	c.until += max(run, 1)
	return true
}
