package rewire

import (
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// Where things go, in one place. Each function here is one rule of the policy; the operations
// only write what these choose.

// DefaultPages are the entity pages that get a plugin's tab or card unless the recipe or the
// user says otherwise: the pages of services and websites, as in the templates.
var DefaultPages = []string{"component:service", "component:website"}

// MountsFor chooses, among the mounts of one kind, those that serve the wanted entity pages:
// each mount that serves one of them, in source order. If none does, it is those of the page of
// all components ("component"), if one of the wanted pages is a component's, else those of the
// page of everything else ("default").
func MountsFor(mounts []wiring.Mount, pages []string) []wiring.Mount {
	instead := [][]string{pages, {"component"}, {"component:default"}, {"default"}}
	if len(pages) > 0 && !slices.ContainsFunc(pages, func(p string) bool { return p == "component" || strings.HasPrefix(p, "component:") }) {
		instead = [][]string{pages, {"default"}} // the page of a user is none of a component
	}
	for _, wanted := range instead {
		if chosen := MountsOf(mounts, wanted); len(chosen) > 0 {
			return chosen
		}
	}
	return nil
}

// MountsOf are the mounts that serve one of the pages, in source order. A mount that several
// pages share is there once.
func MountsOf(mounts []wiring.Mount, pages []string) []wiring.Mount {
	var chosen []wiring.Mount
	for _, m := range mounts {
		serves := slices.ContainsFunc(m.Pages, func(p string) bool { return slices.Contains(pages, p) })
		again := slices.ContainsFunc(chosen, func(c wiring.Mount) bool { return c.File == m.File && c.Span == m.Span })
		if serves && !again {
			chosen = append(chosen, m)
		}
	}
	return chosen
}

// SidebarMount chooses where a sidebar item goes: the group with the label "Menu", else the
// first group that holds the catalog's item, else the sidebar if that does, else the first group
// that is not itself a link (isLink says which is), else the sidebar itself.
func SidebarMount(o *wiring.Observation, app string, isLink func(wiring.Mount) bool) (wiring.Mount, bool) {
	var group, bar []wiring.Mount
	for _, m := range o.Mounts {
		if m.Package != app {
			continue
		}
		switch m.Kind {
		case wiring.SidebarGroupMount:
			group = append(group, m)
		case wiring.SidebarMount:
			bar = append(bar, m)
		}
	}
	for _, m := range group {
		if m.Label == "Menu" {
			return m, true
		}
	}
	items := o.Kind(wiring.SidebarItem)
	for _, m := range slices.Concat(group, bar) {
		if slices.ContainsFunc(items, func(f wiring.Fact) bool {
			return f.File == m.File && m.Span.Contains(f.Span) && strings.Trim(f.Name, "/") == "catalog"
		}) {
			return m, true
		}
	}
	if !holdsItem(bar, items) {
		for _, m := range group {
			if !isLink(m) {
				return m, true
			}
		}
	}
	for _, m := range slices.Concat(bar, group) {
		return m, true
	}
	return wiring.Mount{}, false
}

// holdsItem reports whether one of some sidebars has an item outside of its groups.
func holdsItem(bars []wiring.Mount, items []wiring.Fact) bool {
	return slices.ContainsFunc(items, func(f wiring.Fact) bool {
		return f.In == "" && slices.ContainsFunc(bars, func(m wiring.Mount) bool { return f.File == m.File && m.Span.Contains(f.Span) })
	})
}

// IsLink reports whether the element at a mount of f leads somewhere itself: has a "to".
func (f File) IsLink(m wiring.Mount) bool {
	return tsx.JSXAttribute(f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement), "to").Ok()
}

// lastRoute is the child of a route table after which a new route goes: the last element that
// is not a catch-all (path "*" or "/*"), else the last child of any kind. The second result is
// a catch-all before which it goes if there is nothing to go after.
func lastRoute(table tsx.Node) (after, before tsx.Node) {
	var catchAll tsx.Node
	for _, c := range tsx.JSXChildren(table) {
		path, _ := tsx.AttributeString(tsx.JSXAttribute(c, "path"))
		if path == "*" || path == "/*" {
			catchAll = c
			continue
		}
		after = c
	}
	return after, catchAll
}

// lastTab is the child of an entity layout after which a new tab goes: the last one.
func lastTab(layout tsx.Node) tsx.Node {
	children := tsx.JSXChildren(layout)
	if len(children) == 0 {
		return tsx.Node{}
	}
	return children[len(children)-1]
}

// defaultCase is the case of an EntitySwitch that has no condition, before which every other
// one must stand; no node if there is none.
func defaultCase(entitySwitch tsx.Node) tsx.Node {
	for _, c := range tsx.JSXChildren(entitySwitch) {
		if strings.HasSuffix(tsx.JSXName(c), ".Case") && !tsx.JSXAttribute(c, "if").Ok() {
			return c
		}
	}
	return tsx.Node{}
}

// cardSibling is the child of a card container whose wrapper a new card copies: of the grid
// items (or other elements with exactly one element in them), the last one that has a wanted
// size (md={6}, or size={{ md: 6 }} of newer grids), else the last one with that number for
// another width, else the last one.
func cardSibling(container tsx.Node, sizes []Attr) tsx.Node {
	var best tsx.Node
	score := 0
	for _, c := range tsx.JSXElements(container) {
		if !isCardWrapper(c) {
			continue
		}
		s := 1
		for _, size := range sizes {
			for _, a := range tsx.JSXAttributes(c) {
				switch {
				case hasSize(a, size):
					s = 3
				case tsx.AttributeName(a) != "" && strings.HasSuffix(a.Text(), "="+size.Value):
					s = max(s, 2)
				}
			}
		}
		if s >= score {
			best, score = c, s
		}
	}
	return best
}

// hasSize reports whether an attribute of a grid item is a size, or an object with it.
func hasSize(attr tsx.Node, size Attr) bool {
	inObject := tsx.Property(tsx.AttributeValue(attr), size.Name)
	return attr.Text() == size.flat() || inObject.Ok() && tsx.PropertyValue(inObject).Text() == size.number()
}

// isCardWrapper reports whether an element is a wrapper around one card: something with one
// element in it that is not itself a container of several.
func isCardWrapper(el tsx.Node) bool {
	name := tsx.JSXName(el)
	if name == "" || strings.HasPrefix(name, "EntitySwitch") || (File{Tree: el.Tree()}).importedAs(name, "EntitySwitch") || tsx.JSXAttribute(el, "container").Ok() {
		return false
	}
	children := tsx.JSXChildren(el)
	return len(children) == 1 && tsx.IsJSXElement(children[0])
}

// relative is the statement among adds that a new backend feature goes after, with its
// paragraph: the last one whose specifier shares the most with module up to a "-" or "/", if it
// shares the whole name of a plugin (a module goes beside its plugin, a plugin's modules beside
// each other). No node if the feature has no relatives.
func relative(adds []backendAdd, module string) tsx.Node {
	var best tsx.Node
	score := 0
	for _, a := range adds {
		if s := kinship(a.module, module); s > 0 && s >= score {
			best, score = a.stmt, s
		}
	}
	return best
}

// kinship is how many bytes of two backend specifiers name the same plugin: 0 unless one is a
// module ("...-backend-module-...") of the plugin that the other is or is a module of.
func kinship(a, b string) int {
	pluginA, moduleA, isA := strings.Cut(unscoped(a), "-backend-module-")
	pluginB, moduleB, isB := strings.Cut(unscoped(b), "-backend-module-")
	pluginA, pluginB = strings.TrimSuffix(pluginA, "-backend"), strings.TrimSuffix(pluginB, "-backend")
	if !isA && !isB || pluginA != pluginB {
		return 0
	}
	n := len(pluginA)
	for i := 0; i < min(len(moduleA), len(moduleB)) && moduleA[i] == moduleB[i]; i++ {
		n++
	}
	return n
}

// unscoped is a specifier without its scope and subpath.
func unscoped(specifier string) string {
	if strings.HasPrefix(specifier, "@") {
		_, specifier, _ = strings.Cut(specifier, "/")
	}
	name, _, _ := strings.Cut(specifier, "/")
	return name
}

// afterStatement is where a new line after a statement begins: at the end of the statement's
// last line, comments on it included; directly behind the statement if another one, or a comment
// over several lines, begins on that line. Comment lines directly below belong to it if a blank
// line or the end of the block follows them, else to what follows.
func afterStatement(stmt tsx.Node) int {
	src := stmt.Tree().Source()
	limit := len(src)
	if p := stmt.Parent(); p.Is(tsx.KindStatementBlock) {
		limit = p.End() - 1
	}
	end := stmt.End()
	eol := text.LineEnd(src, end)
	for next := stmt.Next(); next.Ok() && next.Start() < eol; next = next.Next() {
		if !next.Is(tsx.KindComment) || next.End() > eol {
			return end
		}
	}
	if eol <= limit {
		end = trimmed(src, end, eol)
	}
	for at, below := end, eol; ; {
		next := text.LineEnd(src, below)
		line := strings.TrimSpace(string(src[below:next]))
		if line == "" || below >= limit || next > limit {
			return at
		}
		if !strings.HasPrefix(line, "//") {
			return end
		}
		at, below = trimmed(src, below, next), next
	}
}

// trimmed is the end of src[start:end] without white space at its end.
func trimmed(src []byte, start, end int) int {
	return start + len(strings.TrimRight(string(src[start:end]), " \t\r\n"))
}
