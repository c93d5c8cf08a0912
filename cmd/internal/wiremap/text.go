package wiremap

import (
	"fmt"
	"strings"
)

// Text is the map as a tree of lines.
func (m *Map) Text() string {
	m = m.printable()
	var b strings.Builder
	b.WriteString(isolated(m.Title))
	if m.Release != "" {
		fmt.Fprintf(&b, " · Backstage %s", m.Release)
	}
	b.WriteString("\n")
	for i := range m.Packages {
		p := &m.Packages[i]
		fmt.Fprintf(&b, "\n%s  %s\n", p.Dir, p.about())
		var nodes []node
		for _, s := range p.Sections {
			n := node{line: fmt.Sprintf("%s  %d", s.Title, s.Count)}
			for _, g := range s.Groups {
				items := itemNodes(g.Items, p.Dir)
				if g.Title == "" {
					n.below = append(n.below, items...)
				} else {
					n.below = append(n.below, node{isolated(g.Title), items})
				}
			}
			nodes = append(nodes, n)
		}
		if len(nodes) == 0 {
			nodes = []node{{line: "nothing is wired"}}
		}
		tree(&b, nodes, "")
	}
	for _, w := range m.Warnings {
		fmt.Fprintf(&b, "\n%s: %s\n", w.Severity, strings.Join(strings.Fields(w.Location()+" "+w.Summary), " "))
	}
	return b.String()
}

// about says what kind of package it is, and how much hangs there.
func (p *Package) about() string {
	return fmt.Sprintf("%s · %s", p.system(), plural(p.Count, "piece"))
}

// system is "legacy frontend system", for one.
func (p *Package) system() string {
	switch p.Kind {
	case "app":
		return p.System + " frontend system"
	case "backend":
		return p.System + " backend system"
	}
	return "neither app nor backend"
}

// node is a line with others below.
type node struct {
	line  string
	below []node
}

func itemNodes(items []Item, dir string) []node {
	nodes := make([]node, len(items))
	for i := range items {
		it := &items[i]
		nodes[i] = node{itemLine(it, dir), itemNodes(it.Items, dir)}
	}
	return nodes
}

// itemLine is what there is to say of an item, its place in the package's folder last.
func itemLine(it *Item, dir string) string {
	parts := []string{isolated(it.label())}
	if s := it.about(); s != "" {
		parts = append(parts, isolated(s))
	}
	for _, s := range it.marks() {
		parts = append(parts, "["+isolated(s)+"]")
	}
	if it.Package != "" {
		parts = append(parts, strings.TrimSpace(it.Package+" "+it.Version))
	}
	if it.File != "" {
		parts = append(parts, strings.TrimPrefix(it.Place(), dir+"/"))
	}
	return strings.Join(parts, "  ")
}

// marks are what is out of the ordinary: the condition, whether it is certain, a package that
// no package.json declares.
func (it *Item) marks() []string {
	var out []string
	switch {
	case it.If != "":
		out = append(out, "if "+it.condition())
	case it.Conditional:
		out = append(out, "conditional")
	}
	if it.Degraded {
		out = append(out, "read, not run")
	}
	if it.Undeclared {
		out = append(out, "not declared")
	}
	return out
}

func tree(b *strings.Builder, nodes []node, before string) {
	for i, n := range nodes {
		branch, rail := "├─ ", "│  "
		if i == len(nodes)-1 {
			branch, rail = "└─ ", "   "
		}
		b.WriteString(before + branch + n.line + "\n")
		tree(b, n.below, before+rail)
	}
}
