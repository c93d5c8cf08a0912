package wiremap

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/batten-dev/batten/codemod/wiring"
)

// DOT is the map as a graph for graphviz: a cluster per package and section, an edge from a
// sidebar item to the route it opens, from what holds a piece to the piece, and from each
// piece to its plugin.
func (m *Map) DOT() string {
	m = m.printable()
	var b strings.Builder
	fmt.Fprintf(&b, "digraph wiring {\n  label=%s; labelloc=t; rankdir=LR; ranksep=1.2; nodesep=0.08;\n", quoted(m.heading()))
	b.WriteString("  fontname=\"Helvetica\"; node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=10, height=0.25, margin=\"0.08,0.03\"];\n")
	b.WriteString("  edge [color=\"#8a94a0\", arrowsize=0.5];\n")
	for i := range m.Packages {
		p := &m.Packages[i]
		fmt.Fprintf(&b, "\n  subgraph cluster_%d {\n    label=%s; color=\"#5b6470\";\n", i, quoted(p.Dir+"  "+p.system()))
		var edges strings.Builder
		for j := range p.Sections {
			s := &p.Sections[j]
			fmt.Fprintf(&b, "    subgraph cluster_%d_%d {\n      label=%s; color=\"#c9cfd6\";\n", i, j, quoted(fmt.Sprintf("%s (%d)", s.Title, s.Count)))
			g := &grapher{nodes: &b, edges: &edges, prefix: fmt.Sprintf("h%d_%d_", i, j), have: map[string]bool{}}
			for k := range s.Groups {
				g.group(&s.Groups[k])
			}
			b.WriteString("    }\n")
		}
		b.WriteString("  }\n")
		b.WriteString(edges.String())
		b.WriteString(opens(p))
	}
	b.WriteString("\n  node [shape=ellipse, style=filled, fillcolor=\"#eef1f4\", color=\"#5b6470\"];\n")
	for i, p := range m.Plugins {
		if p.ID == "" {
			continue
		}
		fmt.Fprintf(&b, "  p%d [label=%s];\n", i, quoted(p.ID))
		for j := range m.Packages {
			seen := map[string]bool{}
			for _, s := range m.Packages[j].Sections {
				for _, g := range s.Groups {
					each(g.Items, 0, func(it *Item, _ int) {
						if it.ID != "" && it.Plugin == p.ID && !seen[it.ID] {
							seen[it.ID] = true
							fmt.Fprintf(&b, "  %s -> p%d;\n", it.ID, i)
						}
					})
				}
			}
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// heading is the title with the release.
func (m *Map) heading() string {
	if m.Release == "" {
		return m.Title
	}
	return m.Title + " · Backstage " + m.Release
}

// grapher writes the nodes of one section, each once, and the edges between them.
type grapher struct {
	nodes, edges *strings.Builder
	prefix       string // of the nodes of headings
	headings     int
	have         map[string]bool // nodes and edges
}

func (g *grapher) heading(title string) string {
	id := fmt.Sprintf("%s%d", g.prefix, g.headings)
	g.headings++
	fmt.Fprintf(g.nodes, "      %s [label=%s, shape=plaintext, fontcolor=\"#5b6470\"];\n", id, quoted(title))
	return id
}

func (g *grapher) group(group *Group) {
	over := ""
	if group.Title != "" {
		over = g.heading(group.Title)
	}
	g.items(group.Items, over)
}

func (g *grapher) items(items []Item, over string) {
	for i := range items {
		it := &items[i]
		id := it.ID
		switch {
		case id == "":
			id = g.heading(it.label())
		case !g.have[id]:
			g.have[id] = true
			label := it.label()
			if it.Title != "" && it.Title != label {
				label += "\n" + it.Title
			}
			style := ""
			if it.Conditional || it.If != "" {
				style = ", style=\"rounded,dashed\""
			}
			fmt.Fprintf(g.nodes, "      %s [label=%s, tooltip=%s%s];\n", id, quoted(label), quoted(cmp.Or(it.Place(), it.Name)), style)
		}
		if edge := over + " -> " + id; over != "" && !g.have[edge] {
			g.have[edge] = true
			fmt.Fprintf(g.edges, "  %s;\n", edge)
		}
		g.items(it.Items, id)
	}
}

// opens are the edges from the items of the sidebar to the routes that they lead to.
func opens(p *Package) string {
	routes := map[string]string{}
	var b strings.Builder
	walk := func(kind wiring.Kind, f func(it *Item)) {
		for _, s := range p.Sections {
			for _, g := range s.Groups {
				each(g.Items, 0, func(it *Item, _ int) {
					if it.Kind == kind {
						f(it)
					}
				})
			}
		}
	}
	walk(wiring.Route, func(it *Item) {
		if key := strings.Trim(it.Name, "/"); routes[key] == "" {
			routes[key] = it.ID
		}
	})
	walk(wiring.SidebarItem, func(it *Item) {
		if id := routes[strings.Trim(it.Name, "/")]; id != "" {
			fmt.Fprintf(&b, "  %s -> %s [style=bold, color=\"#1f6f8b\"];\n", it.ID, id)
		}
	})
	return b.String()
}

// quoted is a string of the DOT language. Backslashes and ampersands would be escapes in a
// label; a newline is a new line of it.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;", "\n", `\n`).Replace(s) + `"`
}
