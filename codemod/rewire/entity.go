package rewire

import (
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
)

// catalog is the package of EntityLayout and EntitySwitch.
const catalog = "@backstage/plugin-catalog"

// EntityTab is a tab of entity pages:
// `<EntityLayout.Route path="/x" title="X" if={isX}><Content /></EntityLayout.Route>`.
type EntityTab struct {
	Path    string // with a leading slash
	Title   string
	Content Component
	If      *Ref // the predicate that shows the tab; nil to show it always
	Truthy  bool // as EntityCard has it
}

// AddEntityTab adds a tab to the layout at a wiring.EntityLayoutMount, after the last one.
// The tag is the one that the layout's other tabs have.
func AddEntityTab(f File, m wiring.Mount, t EntityTab) ([]text.Edit, error) {
	layout := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !layout.Ok() {
		return nil, f.stale(m)
	}
	tag := tsx.JSXName(layout) + ".Route"
	for _, el := range tsx.JSXElements(layout) {
		if strings.HasSuffix(tsx.JSXName(el), ".Route") && tsx.JSXAttribute(el, "path").Ok() {
			tag = tsx.JSXName(el)
		}
	}
	edits, locals := f.addImports(t.refs()...)
	return append(edits, insertLast(layout, lastTab(layout), t.element(tag, locals))...), nil
}

func (t EntityTab) refs() []Ref {
	if t.If == nil {
		return []Ref{t.Content.Ref}
	}
	return []Ref{t.Content.Ref, *t.If}
}

// element is the tab with a tag and the names of its refs.
func (t EntityTab) element(tag string, names []string) Element {
	tab := Element{Name: tag, Attrs: []Attr{{Name: "path", Value: `"` + t.Path + `"`}, {Name: "title", Value: `"` + t.Title + `"`}}}
	if t.If != nil {
		tab.Attrs = append(tab.Attrs, Attr{Name: "if", Value: "{" + predicate(names[1], t.Truthy) + "}"})
	}
	tab.Children = []Element{t.Content.element(names[0])}
	return tab
}

// predicate is the expression for a predicate of entities by its name; one that gives something
// else than a boolean is called within Boolean.
func predicate(name string, truthy bool) string {
	if truthy {
		return "entity => Boolean(" + name + "(entity))"
	}
	return name
}

// Manual is the step by which a person adds the tab to an EntityLayout.
func (t EntityTab) Manual(where string) string {
	return Manual(where, t.element("EntityLayout.Route", locals(t.refs())).String(), t.refs()...)
}

// insertLast inserts a child after a sibling, or as the first child if there is no sibling.
func insertLast(parent, sibling tsx.Node, el Element) []text.Edit {
	if sibling.Ok() {
		return tsx.InsertJSXAfter(sibling, el.Print(column(sibling)))
	}
	return tsx.InsertJSXChild(parent, -1, el.Print(column(parent)+2))
}

// EntityCard is a card on the overview of entity pages.
type EntityCard struct {
	Card Component
	If   *Ref // the predicate that shows the card; nil to show it always
	// Truthy says that If gives something else than a boolean, so that it is called within Boolean.
	Truthy bool
	Grid   []Attr // the sizes of its grid item where no sibling says otherwise: md={6}
}

// AddEntityCard adds a card to the container at a wiring.EntityOverviewMount, as the last
// child. Its wrapper is a copy of a sibling's (see cardSibling): the tag, and attributes other
// than key and ref. With a predicate, an EntitySwitch with one case is around that.
func AddEntityCard(f File, m wiring.Mount, c EntityCard) ([]text.Edit, error) {
	container := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !container.Ok() {
		return nil, f.stale(m)
	}
	edits, locals := f.addImports(c.refs()...)
	card := f.wrap(container, c.Grid, c.Card.element(locals[0]))
	return append(edits, insertLast(container, lastTab(container), c.inSwitch(card, locals))...), nil
}

func (c EntityCard) refs() []Ref {
	if c.If == nil {
		return []Ref{c.Card.Ref}
	}
	return []Ref{c.Card.Ref, *c.If, {Module: catalog, Export: "EntitySwitch"}}
}

// inSwitch is the wrapped card, in an EntitySwitch if it has a predicate; names are those of refs.
func (c EntityCard) inSwitch(card Element, names []string) Element {
	if c.If == nil {
		return card
	}
	return Element{Name: names[2], Children: []Element{{
		Name:     names[2] + ".Case",
		Attrs:    []Attr{{Name: "if", Value: "{" + predicate(names[1], c.Truthy) + "}"}},
		Children: []Element{card},
	}}}
}

// Manual is the step by which a person adds the card to a grid.
func (c EntityCard) Manual(where string) string {
	names := locals(c.refs())
	item := Element{Name: "Grid", Attrs: append([]Attr{{Name: "item"}}, c.Grid...), Children: []Element{c.Card.element(names[0])}}
	return Manual(where, c.inSwitch(item, names).String(), c.refs()...)
}

// wrap puts a card into a wrapper like those of the other children of a container. A grid
// container without any gets a grid item of the given sizes; another element nothing.
func (f File) wrap(container tsx.Node, sizes []Attr, card Element) Element {
	if sibling := cardSibling(container, sizes); sibling.Ok() {
		wrapper := Element{Name: tsx.JSXName(sibling), Children: []Element{card}}
		for _, a := range tsx.JSXAttributes(sibling) {
			if name := tsx.AttributeName(a); name != "key" && name != "ref" && name != "id" {
				wrapper.Attrs = append(wrapper.Attrs, Attr{Value: a.Text()})
			}
		}
		return wrapper
	}
	if tsx.JSXAttribute(container, "container").Ok() {
		return Element{Name: tsx.JSXName(container), Attrs: f.gridItem(tsx.JSXName(container), sizes), Children: []Element{card}}
	}
	return card
}

// gridItem is the attributes of a grid item of some sizes: item md={6}, or size={{ md: 6 }} if
// another grid of the file is written so.
func (f File) gridItem(grid string, sizes []Attr) []Attr {
	for n := range f.Tree.Root().Descendants() {
		if !n.Is(tsx.KindJsxOpeningElement, tsx.KindJsxSelfClosingElement) || tsx.JSXName(n) != grid || !tsx.JSXAttribute(n, "size").Ok() {
			continue
		}
		widths := make([]string, len(sizes))
		for i, s := range sizes {
			widths[i] = s.Name + ": " + s.number()
		}
		return []Attr{{Name: "size", Value: "{{ " + strings.Join(widths, ", ") + " }}"}}
	}
	return append([]Attr{{Name: "item"}}, sizes...)
}

// EntityCase is a case of the CI/CD tab: `<EntitySwitch.Case if={isX}><Content /></EntitySwitch.Case>`.
type EntityCase struct {
	Content Component
	If      Ref
	Truthy  bool // as EntityCard has it
}

// AddEntityCase adds a case to the EntitySwitch at a wiring.EntityCICDMount, before the
// case without a condition, which hides those after it; without one, at the end.
func AddEntityCase(f File, m wiring.Mount, c EntityCase) ([]text.Edit, error) {
	entitySwitch := f.at(m.Span, tsx.KindJsxElement, tsx.KindJsxSelfClosingElement)
	if !entitySwitch.Ok() {
		return nil, f.stale(m)
	}
	edits, locals := f.addImports(c.refs()...)
	el := c.element(tsx.JSXName(entitySwitch)+".Case", locals)
	if last := defaultCase(entitySwitch); last.Ok() {
		return append(edits, tsx.InsertJSXBefore(last, el.Print(column(last)))...), nil
	}
	return append(edits, insertLast(entitySwitch, lastTab(entitySwitch), el)...), nil
}

func (c EntityCase) refs() []Ref { return []Ref{c.Content.Ref, c.If} }

// element is the case with a tag and the names of its refs.
func (c EntityCase) element(tag string, names []string) Element {
	return Element{Name: tag, Attrs: []Attr{{Name: "if", Value: "{" + predicate(names[1], c.Truthy) + "}"}}, Children: []Element{c.Content.element(names[0])}}
}

// Manual is the step by which a person adds the case to an EntitySwitch.
func (c EntityCase) Manual(where string) string {
	return Manual(where, c.element("EntitySwitch.Case", locals(c.refs())).String(), c.refs()...)
}
