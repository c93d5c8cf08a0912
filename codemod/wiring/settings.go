package wiring

import (
	"fmt"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// settings are what the app-config files say of the extensions and route bindings of apps, file by
// file, in order. The files are those of the whole monorepo and count for each of its apps:
// bindings for all, extensions for those that are not of the old system. A user's own files do
// not count. Files that cannot be read are warned of.
func settings(ws *workspace.Workspace) ([]Fact, []*diag.Diagnostic) {
	var facts []Fact
	var unread []*diag.Diagnostic
	for _, c := range ws.Config {
		if c.Kind == workspace.ConfigLocal || len(ws.Apps) == 0 {
			continue
		}
		doc, err := c.Doc()
		if err != nil {
			unread = append(unread, unreadConfig(c.Name, err))
			continue
		}
		found := settingsIn(doc)
		for _, a := range ws.Apps {
			for _, f := range found {
				if f.Kind == ExtensionSetting && a.System == workspace.Legacy {
					continue
				}
				f.Package = a.Dir
				facts = append(facts, f)
			}
		}
	}
	return facts, unread
}

// settingsIn are the settings of one app-config file, without an app.
func settingsIn(doc *yamledit.Doc) []Fact {
	var out []Fact
	index := text.NewIndex(doc.Source())
	add := func(kind Kind, name, value string, span text.Span) {
		out = append(out, Fact{Kind: kind, Name: name, In: doc.File(), Value: value,
			File: doc.File(), Span: span, Wrapper: span, Pos: index.Pos(span.Start)})
	}
	member := func(m yamledit.Member) text.Span {
		return text.Span{Start: m.NameSpan.Start, End: max(m.NameSpan.End, m.Value.Span().End)}
	}
	list, _ := doc.Lookup("app", "extensions")
	for e := range list.Elements() {
		if e.Kind() == yamledit.String {
			add(ExtensionSetting, e.String(), "on", e.Span())
		}
		for m := range e.Members() {
			add(ExtensionSetting, m.Name, says(m.Value), member(m))
		}
	}
	bindings, _ := doc.Lookup("app", "routes", "bindings")
	for m := range bindings.Members() {
		add(RouteBindingSetting, m.Name, m.Value.String(), member(m))
	}
	return out
}

// unreadConfig warns of an app-config file.
func unreadConfig(name string, err error) *diag.Diagnostic {
	d := &diag.Diagnostic{Severity: diag.Warning, Code: "degraded", File: name}
	d.Summary = fmt.Sprintf("%s cannot be read, so that what it sets of extensions and routes is not seen", name)
	for _, reason := range diag.Of(err) {
		d.Span, d.Pos = reason.Span, reason.Pos
		d.Detail = "The reason: " + strings.TrimSuffix(reason.Summary, ".") + "."
		return d
	}
	d.Detail = "The reason: " + err.Error() + "."
	return d
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
