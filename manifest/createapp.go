package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// CreateApp is the npm package whose tarball holds the app template of a release.
const CreateApp = "@backstage/create-app"

// RootVersion is the key under which TemplateVersions gives the release itself.
const RootVersion = "root"

var (
	tableForm   = regexp.MustCompile(`(?s)\bpackageVersions\s*=\s*\{(.*?)\n?\}`)
	entryForm   = regexp.MustCompile(`(?m)^\s*(?:"([^"]+)"|'([^']+)'|(\w+))\s*:\s*([\w$]+)(\.version)?\s*,?\s*$`)
	versionForm = regexp.MustCompile(`(?m)^(?:var|const|let)\s+([\w$]+)\s*=\s*["']([^"'\n]+)["'];?\s*$`)
	requireForm = regexp.MustCompile(`(?m)^(?:var|const|let)\s+([\w$]+)\s*=\s*require\(["'](\.[^"'\n]+)["']\);?\s*$`)
)

// TemplateVersions reads, out of the files of the package @backstage/create-app, the table of
// package versions that its templates are rendered with. The entry RootVersion is the Backstage
// release. The table is JavaScript with one entry per line, in one bundle or with one module
// per version; it is read, not run.
func TemplateVersions(createApp fs.FS) (map[string]string, error) {
	file, source, err := findTable(createApp)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, m := range versionForm.FindAllStringSubmatch(source, -1) {
		values[m[1]] = m[2]
	}
	modules := map[string]string{}
	for _, m := range requireForm.FindAllStringSubmatch(source, -1) {
		modules[m[1]] = path.Join(path.Dir(file), m[2])
	}
	versions := map[string]string{}
	for _, m := range entryForm.FindAllStringSubmatch(tableForm.FindStringSubmatch(source)[1], -1) {
		name := m[1] + m[2] + m[3]
		version, ok := values[m[4]]
		if m[5] != "" {
			version, ok = moduleVersion(createApp, modules[m[4]])
		}
		if !ok {
			return nil, fmt.Errorf("%s: the version of %s is not where it should be", file, name)
		}
		versions[name] = version
	}
	if versions[RootVersion] == "" {
		return nil, fmt.Errorf("%s: no Backstage release in the table of versions", file)
	}
	return versions, nil
}

var errFound = errors.New("found")

func findTable(createApp fs.FS) (file, source string, err error) {
	err = fs.WalkDir(createApp, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".js") {
			return err
		}
		data, err := fs.ReadFile(createApp, name)
		if err != nil {
			return err
		}
		if tableForm.Match(data) {
			file, source = name, string(data)
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return file, source, nil
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = errors.New("no table of versions in dist; this is not the package " + CreateApp)
	}
	return "", "", err
}

func moduleVersion(createApp fs.FS, file string) (string, bool) {
	data, err := fs.ReadFile(createApp, file)
	if err != nil {
		return "", false
	}
	for _, m := range versionForm.FindAllStringSubmatch(string(data), -1) {
		if m[1] == "version" {
			return m[2], true
		}
	}
	return "", false
}
