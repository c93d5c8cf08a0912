package npmver

import (
	_ "embed"
	"encoding/json"
	"slices"
	"testing"
)

//go:embed testdata/node-semver.json
var nodeSemver []byte

type row struct {
	Range                         string
	Satisfies, Intersects, Subset string // a "1" or "0" per version, per valid range, per valid range
	Min, Max                      string
}

type answers struct {
	Versions, Sorted, Valid []string
	Plain, Prerelease       []row
}

func table(t testing.TB) answers {
	t.Helper()
	var a answers
	if err := json.Unmarshal(nodeSemver, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func bit(b bool) byte {
	if b {
		return '1'
	}
	return '0'
}

func TestVersionsOrderAsInNodeSemver(t *testing.T) {
	var got []Version
	a := table(t)
	for _, s := range a.Versions {
		if v, err := ParseVersion(s); err == nil {
			got = append(got, v)
		}
	}
	if len(got) != len(a.Sorted) {
		t.Errorf("%d valid versions, want %d", len(got), len(a.Sorted))
	}
	slices.SortStableFunc(got, Version.Compare)
	for i, want := range a.Sorted[:min(len(got), len(a.Sorted))] {
		if got[i].String() != want {
			t.Errorf("%d: %s, want %s", i, got[i], want)
		}
	}
}

func TestRangesAnswerAsNodeSemver(t *testing.T) {
	a := table(t)
	for _, mode := range []struct {
		opts Options
		rows []row
	}{{Options{}, a.Plain}, {Options{IncludePrerelease: true}, a.Prerelease}} {
		var valid []Range
		for _, s := range a.Valid {
			r, err := ParseRangeOptions(s, mode.opts)
			if err != nil {
				t.Errorf("%q: %v", s, err)
			}
			valid = append(valid, r)
		}
		for _, row := range mode.rows {
			r, err := ParseRangeOptions(row.Range, mode.opts)
			if (err == nil) != (row.Satisfies != "") {
				t.Errorf("%q: valid %v, want %v", row.Range, err == nil, row.Satisfies != "")
			}
			if err != nil || row.Satisfies == "" {
				continue
			}
			compareRow(t, mode.opts, a.Versions, valid, r, row)
		}
	}
}

func compareRow(t *testing.T, opts Options, versions []string, valid []Range, r Range, row row) {
	var parsed []Version
	for i, s := range versions {
		v, err := ParseVersion(s)
		if err == nil {
			parsed = append(parsed, v)
		}
		if got := bit(err == nil && r.Satisfies(v)); got != row.Satisfies[i] {
			t.Errorf("%v %q: satisfied by %s: %c, want %c", opts, row.Range, s, got, row.Satisfies[i])
		}
	}
	version := func(v Version, ok bool) string {
		if !ok {
			return ""
		}
		return v.String()
	}
	if got := version(r.MinVersion()); got != row.Min {
		t.Errorf("%v %q: minimum %q, want %q", opts, row.Range, got, row.Min)
	}
	if got := version(MaxSatisfying(parsed, r)); got != row.Max {
		t.Errorf("%v %q: maximum %q, want %q", opts, row.Range, got, row.Max)
	}
	for i, other := range valid {
		if got := bit(r.Intersects(other)); got != row.Intersects[i] && !(r.Any() && exactPrerelease(other)) {
			t.Errorf("%v %q intersects %q: %c, want %c", opts, row.Range, other, got, row.Intersects[i])
		}
		if got := bit(r.Subset(other)); got != row.Subset[i] {
			t.Errorf("%v %q subset of %q: %c, want %c", opts, row.Range, other, got, row.Subset[i])
		}
	}
}

// exactPrerelease is where Intersects differs from node-semver on purpose.
func exactPrerelease(r Range) bool {
	v, err := ParseVersion(r.String())
	return err == nil && v.Prerelease() != ""
}

func FuzzLaws(f *testing.F) {
	a := table(f)
	for i, row := range a.Plain {
		f.Add(row.Range, a.Plain[(i*7+3)%len(a.Plain)].Range, a.Versions[i%len(a.Versions)])
	}
	f.Add("0 || 0 1", "0 || 0 1", "0.1.0")
	f.Fuzz(func(t *testing.T, x, y, version string) {
		p, errP := ParseRange(x)
		q, errQ := ParseRange(y)
		v, errV := ParseVersion(version)
		if errV == nil {
			if again, err := ParseVersion(v.String()); err != nil || again.Compare(v) != 0 {
				t.Errorf("%q prints as %s", version, v)
			}
		}
		if errP == nil {
			if low, ok := p.MinVersion(); ok && !p.Satisfies(low) {
				t.Errorf("%q does not admit its minimum %s", x, low)
			}
			if !p.Subset(p) {
				t.Errorf("%q is no subset of itself", x)
			}
		}
		if errP != nil || errQ != nil {
			return
		}
		if p.Intersects(q) != q.Intersects(p) {
			t.Errorf("%q and %q: intersects is not symmetric", x, y)
		}
		if errV == nil && p.Satisfies(v) {
			if p.Subset(q) && !q.Satisfies(v) {
				t.Errorf("%q is within %q, but %s is only in the first", x, y, v)
			}
			if q.Satisfies(v) && !p.Intersects(q) {
				t.Errorf("%s is in %q and %q, which do not intersect", v, x, y)
			}
		}
	})
}

func BenchmarkParseRange(b *testing.B) {
	for b.Loop() {
		if _, err := ParseRange("^1.2.3 || ^2.0.0"); err != nil {
			b.Fatal(err)
		}
	}
}
