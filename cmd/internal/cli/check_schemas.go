package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/registry/npm"
)

// publishedSchemas are the configuration schemas of packages that are not installed. What was
// once taken out of a package is kept beside the packages in the cache: it is small.
type publishedSchemas struct {
	*factory
	ctx    context.Context
	client *npm.Client
	dir    string // "" for no cache

	mu     sync.Mutex
	failed int
	first  error
}

// publishedSchemas is nil without --online.
func (o *checkOptions) publishedSchemas(ctx context.Context, root string) *publishedSchemas {
	if !o.online {
		return nil
	}
	config, _ := npm.ConfigFrom(npm.UserPlaces(root)) // its problems are told where packages are asked for
	config.Offline = o.offline
	p := &publishedSchemas{factory: o.factory, ctx: ctx, client: npm.New(config)}
	if config.Cache != "" {
		p.dir = filepath.Join(config.Cache, "schemas")
	}
	return p
}

func (p *publishedSchemas) files() check.PackageFiles {
	if p == nil {
		return nil
	}
	return func(name, version string) fs.FS {
		files, err := p.get(name, version)
		if err != nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.failed++; p.first == nil {
				p.first = err
			}
			return nil
		}
		return files
	}
}

// tell says what could not be had.
func (p *publishedSchemas) tell() {
	if p == nil || p.failed == 0 {
		return
	}
	p.errln(fmt.Sprintf("The configuration schemas of %s could not be had, so that less is said of app-config. The first: %v", count(p.failed, "package"), p.first))
}

// schemaFiles is the part of a package that says what its configuration is.
type schemaFiles struct {
	Package json.RawMessage `json:"package"` // of package.json, what a search for schemas needs
	File    string          `json:"file,omitempty"`
	Schema  string          `json:"schema,omitempty"`
}

func (p *publishedSchemas) get(name, version string) (fs.FS, error) {
	kept := ""
	if p.dir != "" {
		kept = filepath.Join(p.dir, url.PathEscape(name+"@"+version)+".json")
		if data, err := os.ReadFile(kept); err == nil {
			var s schemaFiles
			if json.Unmarshal(data, &s) == nil && len(s.Package) > 0 {
				return s.tree()
			}
		}
	}
	v, err := p.client.Version(p.ctx, name, version)
	if err != nil {
		return nil, err
	}
	files, err := p.client.Tarball(p.ctx, v)
	if err != nil {
		return nil, err
	}
	s, err := schemaFilesOf(files)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", name, version, err)
	}
	if data, err := json.Marshal(s); err == nil && kept != "" && os.MkdirAll(p.dir, 0o755) == nil {
		keep(kept, data)
	}
	return s.tree()
}

// keep writes a file of the cache, whole or not at all. It does not matter if it cannot.
func keep(name string, data []byte) {
	f, err := os.CreateTemp(filepath.Dir(name), ".tmp-*")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if closed := f.Close(); err != nil || closed != nil || os.Rename(f.Name(), name) != nil {
		_ = os.Remove(f.Name())
	}
}

func schemaFilesOf(files fs.FS) (schemaFiles, error) {
	var s schemaFiles
	src, err := fs.ReadFile(files, "package.json")
	if err != nil {
		return s, err
	}
	var pkg struct {
		Name                 string          `json:"name"`
		Version              string          `json:"version"`
		ConfigSchema         json.RawMessage `json:"configSchema,omitempty"`
		Dependencies         json.RawMessage `json:"dependencies,omitempty"`
		OptionalDependencies json.RawMessage `json:"optionalDependencies,omitempty"`
		PeerDependencies     json.RawMessage `json:"peerDependencies,omitempty"`
	}
	if err := json.Unmarshal(src, &pkg); err != nil {
		return s, err
	}
	if s.Package, err = json.Marshal(pkg); err != nil {
		return s, err
	}
	if json.Unmarshal(pkg.ConfigSchema, &s.File) == nil && s.File != "" {
		s.File = path.Clean(s.File)
		if data, err := fs.ReadFile(files, s.File); err == nil {
			s.Schema = string(data)
		}
	}
	return s, nil
}

func (s schemaFiles) tree() (fs.FS, error) {
	files := map[string]npm.File{"package.json": {Content: s.Package}}
	if s.Schema != "" {
		files[s.File] = npm.File{Content: []byte(s.Schema)}
	}
	return npm.NewTree(files)
}
