package template

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/yamledit"
)

// configured is configuration that is for one package. An app that does not use the package has
// no use for it either: it would be told of a plugin that is not there.
var configured = []struct{ key, module string }{
	{"backend.actions", "@backstage/plugin-mcp-actions-backend"},
	{"mcpActions", "@backstage/plugin-mcp-actions-backend"},
	{"auth.clientIdMetadataDocuments", "@backstage/plugin-mcp-actions-backend"},
	{"auth.experimentalClientIdMetadataDocuments", "@backstage/plugin-mcp-actions-backend"},
	{"auth.experimentalDynamicClientRegistration", "@backstage/plugin-mcp-actions-backend"},
	{"auth.providers.guest", "@backstage/plugin-auth-backend-module-guest-provider"},
	{"kubernetes", "@backstage/plugin-kubernetes-backend"},
	{"permission", "@backstage/plugin-permission-backend"},
}

func isConfig(name string) bool {
	return path.Dir(name) == "." && strings.HasPrefix(name, "app-config") && path.Ext(name) == ".yaml"
}

// fitting is the template's configuration without what it added for plugins that the app does
// not use, and without locations of examples that the app does not have; the notes say what.
func (m *merger) fitting(name string, b, o, t []byte) (theirs []byte, notes []string) {
	docs := [3]*yamledit.Doc{}
	for i, src := range [...][]byte{b, o, t} {
		doc, err := yamledit.Parse(name, src)
		if err != nil {
			return t, nil
		}
		docs[i] = doc
	}
	drop := func(at ...string) {
		keep := 0 // what base or app have of the path
		for ; keep < len(at); keep++ {
			_, was := docs[0].Lookup(at[:keep+1]...)
			_, is := docs[1].Lookup(at[:keep+1]...)
			if !was && !is {
				break
			}
		}
		edits, err := docs[2].Prune(keep, at...)
		if err != nil {
			return
		}
		if doc, err := yamledit.Parse(name, applied(docs[2].Source(), edits, nil)); err == nil {
			docs[2] = doc
		}
	}
	for _, c := range configured {
		at := strings.Split(c.key, ".")
		if _, was := docs[0].Lookup(at...); was {
			continue
		}
		if _, is := docs[1].Lookup(at...); is {
			continue
		}
		if _, now := docs[2].Lookup(at...); !now || m.usesAnywhere(c.module) {
			continue
		}
		drop(at...)
		notes = append(notes, fmt.Sprintf("the template has %s now, for %s, which the app does not use", c.key, c.module))
	}
	if m.dropLocations(name, docs, drop) {
		notes = append(notes, "the template has catalog.locations of examples now, which are not for this app")
	}
	return docs[2].Source(), notes
}

// dropLocations drops the locations of examples that the template added, where the app has no
// examples or does not show them; and a list of locations that would hide those of app-config.yaml.
func (m *merger) dropLocations(name string, docs [3]*yamledit.Doc, drop func(at ...string)) bool {
	list := []string{"catalog", "locations"}
	_, was := docs[0].Lookup(list...)
	_, is := docs[1].Lookup(list...)
	if _, now := docs[2].Lookup(list...); now && !was && !is && name != "app-config.yaml" && !m.showsExamples() {
		drop(list...)
		return true
	}
	locations, _ := docs[2].Lookup(list...)
	var gone []string
	i := 0
	for e := range locations.Elements() {
		var file string
		if e.Get("target").Decode(&file) == nil && strings.Contains(file, "examples/") {
			file = "examples/" + file[strings.Index(file, "examples/")+len("examples/"):]
			if _, err := fs.Stat(m.over, file); (err != nil || !m.showsExamples()) && !hasLocation(docs[0], e) {
				gone = append(gone, itoa(i))
			}
		}
		i++
	}
	for _, index := range slices.Backward(gone) {
		drop("catalog", "locations", index)
	}
	return len(gone) > 0
}

// showsExamples says whether the app's configuration for development has the template's examples
// in its catalog.
func (m *merger) showsExamples() bool {
	data, err := m.over.ReadFile("app-config.yaml")
	if err != nil {
		return false
	}
	doc, err := yamledit.Parse("app-config.yaml", data)
	if err != nil {
		return false
	}
	list, _ := doc.Lookup("catalog", "locations")
	for e := range list.Elements() {
		var file string
		if e.Get("target").Decode(&file) == nil && strings.Contains(file, "examples/") {
			return true
		}
	}
	return false
}

func hasLocation(doc *yamledit.Doc, location yamledit.Value) bool {
	list, _ := doc.Lookup("catalog", "locations")
	for e := range list.Elements() {
		if sameYAML(e, location) {
			return true
		}
	}
	return false
}

// usesAnywhere says whether a source of the app's packages speaks of a module.
func (m *merger) usesAnywhere(module string) bool {
	if m.used == nil {
		m.used = map[string]bool{}
	}
	used, known := m.used[module]
	if !known {
		used = m.uses("packages", module) != "" || m.uses("plugins", module) != ""
		m.used[module] = used
	}
	return used
}
