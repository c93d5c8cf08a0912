package table

import (
	"slices"
	"strings"
	"testing"
)

func release(version string, packages ...string) Release {
	r := Release{Version: version}
	for i := 0; i < len(packages); i += 2 {
		r.Packages = append(r.Packages, Package{packages[i], packages[i+1]})
	}
	return r
}

var history = []Release{
	release("1.0.0", "a", "1.0.0", "b", "0.1.0"),
	release("1.0.1", "a", "1.0.1", "b", "0.1.0"),
	release("1.1.0-next.0", "a", "1.1.0-next.0", "b", "0.1.1-next.0", "c", "0.0.0"),
	release("1.1.0-next.1", "a", "1.1.0-next.1", "b", "0.1.1-next.0", "c", "0.0.0"),
	release("1.1.0", "a", "1.1.0", "c", "1.2"),
	release("1.2.0", "a", "2.0.0-next.0", "b", "0.2.0", "c", "1.2.3-beta.1"),
	release("1.10.0", "a", "2.0.0", "b", "0.1.9", "c", "1.2.3-beta.2"),
}

func TestRoundTrip(t *testing.T) {
	shuffled := slices.Clone(history)
	slices.Reverse(shuffled)
	text, err := Encode(shuffled)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Open(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range history {
		got := table.Release(i)
		if got.Version != want.Version || !slices.Equal(got.Packages, want.Packages) {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
	const want = "batten releases 1\n" +
		"1.0.0 1.0.1 1.1.0-next.0 1.1.0-next.1 1.1.0 1.2.0 1.10.0\n" +
		"a =1.0.0;pMnrJr\n" +
		"b =0.1.0;2P2-m=0.1.9;\n" +
		"c -2=0.0.0;2=1.2;=1.2.3-beta.1;=1.2.3-beta.2;\n"
	if text != want {
		t.Errorf("got\n%swant\n%s", text, want)
	}
}

func TestVersions(t *testing.T) {
	text, err := Encode(history)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Open(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		want := make([]string, len(history))
		for i, r := range history {
			for _, p := range r.Packages {
				if p.Name == name {
					want[i] = p.Version
				}
			}
		}
		if got := table.Versions(name); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	text, err := Encode(history)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Open(text)
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]int
	known := table.Find(map[string]string{"b": "0.1.0", "c": "1.2.3-beta.2", "a": "3.0.0", "d": "1.0.0"}, func(from, until int) {
		got = append(got, [2]int{from, until})
	})
	if want := [][2]int{{0, 2}, {6, 7}}; known != 3 || !slices.Equal(got, want) {
		t.Errorf("%d known, %v, want %v", known, got, want)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for want, releases := range map[string][]Release{
		`release "main"`:  {release("main")},
		"1.0.0 twice":     {release("1.0.0"), release("1.0.0")},
		"package a twice": {release("1.0.0", "a", "1.0.0", "a", "1.0.0")},
		`package ""`:      {release("1.0.0", "", "1.0.0")},
		`version ""`:      {release("1.0.0", "a", "")},
		`"1;0"`:           {release("1.0.0", "a", "1;0")},
	} {
		if text, err := Encode(releases); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", want, text, err)
		}
	}
}

func FuzzReadingAnyTextEnds(f *testing.F) {
	text, err := Encode(history)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(_ *testing.T, text string) {
		table, err := Open(text)
		if err != nil {
			return
		}
		for i := range table.Releases {
			table.Release(i)
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add("1.0.0 1.0.1 1.1.0-next.0 - - 1.1.0-next.2 1.1.0 1.1.0 2.0.0 1.0 2.0.1")
	f.Fuzz(func(t *testing.T, text string) {
		var releases []Release
		for i, v := range strings.Fields(text) {
			r := release("1." + strings.Repeat("1", i%9+1) + "." + strings.Repeat("1", i/9+1))
			if v != "-" && !strings.Contains(v, ";") {
				r.Packages = []Package{{"p", v}}
			}
			releases = append(releases, r)
		}
		text, err := Encode(releases)
		if err != nil {
			t.Skip(err)
		}
		table, err := Open(text)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range table.Releases {
			at := slices.IndexFunc(releases, func(r Release) bool { return r.Version == v })
			if got := table.Release(i); !slices.Equal(got.Packages, releases[at].Packages) {
				t.Errorf("%s: %v, want %v", v, got, releases[at])
			}
		}
	})
}
