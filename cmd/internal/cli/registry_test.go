package cli

import (
	"encoding/json"
	"maps"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/batten-dev/batten/registry/npm/npmtest"
)

// published is a registry on the loopback interface with the packages of testdata/npm: a plugin
// with its backend and a module for it, and what may be wrong with a package.
func published(t *testing.T) *npmtest.Registry {
	t.Helper()
	r := npmtest.New(t)
	names, err := filepath.Glob(filepath.Join("testdata", "npm", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, name := range names {
		p := packageOf(t, name)
		p.Time = at
		r.Publish(p)
	}
	r.Tag(lights, "latest", "2.1.0")
	r.Private("@secret", "let-me-in")
	r.Publish(npmtest.Package{Name: "@secret/backstage-plugin-vault", Version: "1.0.0"})
	for name, how := range map[string]http.HandlerFunc{
		"page": npmtest.Page, "down": npmtest.Status(http.StatusInternalServerError), "forbidden": npmtest.Status(http.StatusForbidden), "broken": npmtest.BrokenOff,
	} {
		r.Handle("/@broken/backstage-plugin-"+name, how)
	}
	whole := packageOf(t, filepath.Join("testdata", "npm", "lights.txtar"))
	for name, tarball := range map[string][]byte{
		"tampered": npmtest.Tarball(npmtest.Package{Name: "x", Version: "1.0.0"}),
		"cut":      npmtest.Tarball(whole)[:400],
	} {
		p := npmtest.Package{Name: "@broken/backstage-plugin-" + name, Version: "1.0.0", JSON: whole.JSON, Files: whole.Files}
		r.Publish(p)
		r.Handle("/"+p.Name+"/-/backstage-plugin-"+name+"-1.0.0.tgz", npmtest.Body(tarball))
	}
	r.Publish(npmtest.Package{Name: "@broken/backstage-plugin-climbing", Version: "1.0.0",
		Tarball: npmtest.Pack(npmtest.Entry{Name: "package/../../../etc/passwd", Content: "root"})})
	return r
}

const lights = "@acme/backstage-plugin-lights"

func packageOf(t *testing.T, name string) npmtest.Package {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	p := npmtest.Package{Files: map[string]string{}}
	for _, f := range archive.Files {
		if f.Name != "package.json" {
			p.Files[f.Name] = string(f.Data)
			continue
		}
		if err := json.Unmarshal(f.Data, &p.JSON); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	p.JSON = maps.Clone(p.JSON)
	p.Name, p.Version = p.JSON["name"].(string), p.JSON["version"].(string)
	return p
}
