// Command gen writes the embedded table of Backstage releases from a folder of release
// manifests, one RELEASE.json each, as published at versions.backstage.io.
//
//	go run ./manifest/internal/gen DIR > manifest/releases.txt
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/batten-dev/batten/manifest/internal/table"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen DIR > releases.txt")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir string, w io.Writer) error {
	releases, err := read(dir)
	if err != nil {
		return err
	}
	text, err := table.Encode(releases)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

func read(dir string) ([]table.Release, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no release manifests (*.json) in %s", dir)
	}
	var releases []table.Release
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var m struct {
			ReleaseVersion string `json:"releaseVersion"`
			Packages       []struct{ Name, Version string }
		}
		if err := json.Unmarshal(data, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		r := table.Release{Version: m.ReleaseVersion}
		for _, p := range m.Packages {
			r.Packages = append(r.Packages, table.Package(p))
		}
		releases = append(releases, r)
	}
	return releases, nil
}
