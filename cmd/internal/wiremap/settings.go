package wiremap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// The kinds of what app-config says of the extensions of a new frontend.
const (
	ExtensionSetting wiring.Kind = "extension-setting" // an entry of app.extensions [the extension's id]
	BindingSetting   wiring.Kind = "binding-setting"   // an entry of app.routes.bindings [the external route]
)

// settings are what app-config says of the extensions of an app, file by file, in order. The
// files are those of the whole monorepo; they count for its first app that is not of the old
// system. A user's own files do not count.
func (b *builder) settings(a *workspace.App, seen *wiring.Observation) []Item {
	first := slices.IndexFunc(b.ws.Apps, func(a *workspace.App) bool { return a.System != workspace.Legacy })
	if first < 0 || b.ws.Apps[first] != a {
		return nil
	}
	for _, c := range b.ws.Config {
		if slices.ContainsFunc(seen.Facts, func(f wiring.Fact) bool { return f.File == c.Name }) {
			return nil // they are facts already
		}
	}
	var out []Item
	for _, c := range b.ws.Config {
		doc, err := c.Doc()
		if err != nil || c.Kind == workspace.ConfigLocal {
			continue
		}
		index := text.NewIndex(doc.Source())
		add := func(it Item, span text.Span) {
			b.count++
			pos := index.Pos(span.Start)
			it.ID, it.File, it.Line, it.Column = fmt.Sprintf("f%d", b.count), c.Name, pos.Line, pos.Column
			out = append(out, it)
		}
		list, _ := doc.Lookup("app", "extensions")
		for e := range list.Elements() {
			if e.Kind() == yamledit.String {
				add(setting(e.String(), "on"), e.Span())
			}
			for m := range e.Members() {
				add(setting(m.Name, says(m.Value)), e.Span())
			}
		}
		bindings, _ := doc.Lookup("app", "routes", "bindings")
		for m := range bindings.Members() {
			to := m.Value.String()
			if m.Value.Kind() == yamledit.Bool && off(m.Value) {
				to = "nothing"
			}
			plugin, _, _ := strings.Cut(m.Name, ".")
			add(Item{Kind: BindingSetting, Name: m.Name, To: to, Plugin: plugin}, m.Value.Span())
		}
	}
	return out
}

func setting(id, title string) Item {
	return Item{Kind: ExtensionSetting, Name: id, Title: title, Plugin: extensionPlugin(id)}
}

// says is what an entry of app.extensions does, in a few words. Of a configuration it has the
// keys, and no value but those that say where and whether the extension is: others may be
// secret.
func says(v yamledit.Value) string {
	switch v.Kind() {
	case yamledit.Bool, yamledit.Null:
		if off(v) {
			return "off"
		}
		return "on"
	case yamledit.Mapping:
		var parts []string
		for m := range v.Members() {
			if m.Name != "config" {
				parts = append(parts, entry(m))
				continue
			}
			var keys []string
			for k := range m.Value.Members() {
				keys = append(keys, entry(k))
			}
			parts = append(parts, "config: "+strings.Join(keys, ", "))
		}
		return strings.Join(parts, "; ")
	}
	return ""
}

func off(v yamledit.Value) bool {
	on := true
	return v.Decode(&on) == nil && !on
}

func entry(m yamledit.Member) string {
	switch v := m.Value; {
	case v.Kind() == yamledit.Bool && off(v):
		return m.Name + " = false"
	case v.Kind() == yamledit.Bool:
		return m.Name + " = true"
	case m.Name == "path" && v.Kind() == yamledit.String:
		return m.Name + " = " + v.String()
	}
	return m.Name
}
