package wiring_test

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/fixtures"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestFixturesAreObservedAsInTheirGoldens(t *testing.T) {
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			fsys := fixtures.App(name)
			o := wiring.Observed(t, fsys)
			wiring.CheckObservation(t, o, fsys)
			if len(o.Degraded) > 0 {
				t.Errorf("degraded: %v", o.Degraded)
			}
			got := ""
			for _, f := range o.Facts {
				got += f.File + ":" + f.Pos.String() + ": " + wiring.Short(f) + "\n"
			}
			got += wiring.MountLines(o, fsys) + "\n"
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("not as in %s (-update writes it):\n%s", golden, got)
			}
			if d := wiring.Compare(o, wiring.Observed(t, fixtures.CRLF(fsys))); !d.Empty() {
				t.Errorf("CRLF makes a difference:\n%s", d)
			}
		})
	}
}

func TestTemplatesOfAllErasAreObservedInFull(t *testing.T) {
	always := map[string][]wiring.MountKind{
		fixtures.LayoutLegacy: {wiring.RoutesMount, wiring.SidebarMount, wiring.SidebarGroupMount, wiring.EntityLayoutMount, wiring.EntityOverviewMount, wiring.EntityCICDMount, wiring.CreateAppMount, wiring.APIsMount, wiring.SearchResultMount},
		fixtures.LayoutNew:    {wiring.CreateAppMount, wiring.FeaturesMount, wiring.ExtensionsMount, wiring.SidebarMount, wiring.SidebarGroupMount, wiring.BackendMount},
	}
	for _, pin := range fixtures.Pins() {
		for _, layout := range pin.Layouts {
			t.Run(pin.Release+"/"+layout, func(t *testing.T) {
				fsys := fixtures.Template(t, pin.Release, layout)
				o := wiring.Observed(t, fsys)
				wiring.CheckObservation(t, o, fsys)
				for _, d := range o.Degraded {
					t.Errorf("degraded: %v", d)
				}
				for _, kind := range always[layout] {
					if len(o.Mount(kind)) == 0 {
						t.Errorf("no mount of kind %s", kind)
					}
				}
				if len(o.Mount(wiring.BackendMount))+len(o.Mount(wiring.APIRouterMount)) != 1 {
					t.Error("not one place for backend plugins")
				}
				if layout == fixtures.LayoutLegacy {
					pages := map[string]bool{}
					for _, m := range o.Mount(wiring.EntityLayoutMount) {
						for _, p := range m.Pages {
							pages[p] = true
						}
					}
					for _, p := range []string{"component:service", "component:website", "component", "api", "group", "user", "system", "domain", "default"} {
						if !pages[p] {
							t.Errorf("no entity page %s", p)
						}
					}
				}
			})
		}
	}
}

func BenchmarkObserve(b *testing.B) {
	for _, name := range fixtures.Names() {
		b.Run(name, func(b *testing.B) { benchmarkObserve(b, fixtures.App(name)) })
	}
	for _, layout := range []string{fixtures.LayoutLegacy, fixtures.LayoutNew} {
		b.Run("newest template "+layout, func(b *testing.B) { benchmarkObserve(b, fixtures.Template(b, fixtures.Newest(layout), layout)) })
	}
}

func benchmarkObserve(b *testing.B, fsys fs.FS) {
	ws, err := workspace.Load(fsys)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wiring.Observe(context.Background(), ws); err != nil {
			b.Fatal(err)
		}
	}
}
