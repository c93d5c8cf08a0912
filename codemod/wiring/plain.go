package wiring

import (
	"path"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// What can be read from the syntax trees alone, for apps that cannot be run in full. Only
// plain shapes are seen; whatever running has shown already is left as it is.

const maxPlainFiles = 300

// plain reads the given files, or those that the entry leads to.
func (o *observer) plain(entry string, files ...string) {
	if len(files) == 0 {
		files = o.reachable(entry)
	}
	p := &plainReader{observer: o, seen: map[tsx.Node]bool{}}
	for _, file := range files {
		if tree := o.tree(file); tree != nil {
			p.file = file
			p.read(tree)
			o.styles(file)
		}
	}
}

// reachable are the files of the app that a file leads to by its imports, itself first.
func (o *observer) reachable(entry string) []string {
	files := []string{entry}
	seen := map[string]bool{entry: true}
	for i := 0; i < len(files) && len(files) < maxPlainFiles; i++ {
		tree := o.tree(files[i])
		if tree == nil {
			continue
		}
		for _, specifier := range specifiers(tree) {
			if next := o.resolve(files[i], specifier); next != "" && !seen[next] && path.Ext(next) != ".json" {
				seen[next] = true
				files = append(files, next)
			}
		}
	}
	return files
}

// specifiers are the modules that a file imports, exports from, or loads.
func specifiers(tree *tsx.Tree) []string {
	var out []string
	for n := range tree.Root().Descendants() {
		var s tsx.Node
		switch {
		case n.Is(tsx.KindImportStatement, tsx.KindExportStatement):
			s = n.Field(tsx.FieldSource)
		case n.Is(tsx.KindCallExpression) && tsx.Callee(n).Is(tsx.KindImport) && len(tsx.Arguments(n)) > 0:
			s = tsx.Arguments(n)[0]
		}
		if v, ok := tsx.StringValue(s); ok {
			out = append(out, v)
		}
	}
	return out
}

type plainReader struct {
	*observer
	file string
	seen map[tsx.Node]bool // entity switches and layouts that belong to a page already
}

func (p *plainReader) read(tree *tsx.Tree) {
	var layouts []tsx.Node
	for n := range tree.Root().Descendants() {
		switch n.Kind() {
		case tsx.KindCallExpression:
			p.call(n)
		case tsx.KindJsxElement, tsx.KindJsxSelfClosingElement:
			switch ref := p.ref(n); ref.last() {
			case "FlatRoutes":
				p.place(RoutesMount, n, "")
				p.routes(n, "")
			case "Sidebar":
				p.place(SidebarMount, n, "")
			case "SidebarGroup":
				p.place(SidebarGroupMount, n, attr(n, "label"))
			case "SidebarItem":
				p.item(n, ref)
			case "SignInPage":
				p.signInPage(n)
			case "EntitySwitch", "EntityLayout":
				layouts = append(layouts, n)
			case "TechDocsAddons":
				p.hang(TechDocsAddonsMount, TechDocsAddon, n, "")
			case "ScaffolderFieldExtensions":
				p.hang(FieldExtMount, FieldExtension, n, "")
			case "SearchResult":
				p.hang(SearchResultMount, SearchItem, n, "")
			case "CustomHomepageGrid":
				p.hang(HomeGridMount, HomeWidget, n, ref.last())
			}
		}
	}
	// Pages first, from the switches that choose between kinds; then what no page was found for.
	for _, n := range layouts {
		if p.ref(n).last() == "EntitySwitch" && strings.Contains(n.Text(), "isKind") {
			p.entity(place{p.file, n}, "", 0)
		}
	}
	for _, n := range layouts {
		if p.ref(n).last() == "EntityLayout" && !p.seen[n] {
			p.entity(place{p.file, n}, "", 0)
		}
	}
}

// ref is the npm export that an element's name or an identifier stands for.
func (p *plainReader) ref(n tsx.Node) Ref {
	name := n.Text()
	if tsx.IsJSXElement(n) {
		name = tsx.JSXName(n)
	}
	first, rest, member := strings.Cut(name, ".")
	if first == "" {
		return Ref{}
	}
	for _, d := range tsx.Imports(n.Tree()) {
		for _, b := range d.Bindings {
			if b.Local != first || strings.HasPrefix(d.Module, ".") {
				continue
			}
			switch {
			case b.Namespace:
				return Ref{d.Module, rest}
			case member:
				return Ref{d.Module, b.Name + "." + rest}
			}
			return Ref{d.Module, b.Name}
		}
	}
	return Ref{}
}

// refs are the exports of the elements in an expression, outermost first.
func (p *plainReader) refs(n tsx.Node) []Ref {
	var out []Ref
	visit := func(n tsx.Node) {
		if !tsx.IsJSXElement(n) && !n.Is(tsx.KindIdentifier) {
			return
		}
		if n.Is(tsx.KindIdentifier) && (n.Parent().Is(tsx.KindJsxOpeningElement, tsx.KindJsxClosingElement, tsx.KindJsxSelfClosingElement) || inAttribute(n)) {
			return
		}
		if r := p.ref(n); r.Module != "" && r.Module != "react" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	visit(n)
	for d := range n.Descendants() {
		visit(d)
	}
	return out
}

// inAttribute reports whether a node is in an attribute of an element, rather than a child.
func inAttribute(n tsx.Node) bool {
	for p := n.Parent(); p.Ok() && !p.Is(tsx.KindJsxElement); p = p.Parent() {
		if p.Is(tsx.KindJsxAttribute) {
			name := tsx.AttributeName(p)
			return name != "element" && name != "if" && name != "icon"
		}
	}
	return false
}

func attr(el tsx.Node, name string) string {
	s, _ := tsx.AttributeString(tsx.JSXAttribute(el, name))
	return s
}

func (p *plainReader) place(kind MountKind, n tsx.Node, label string, pages ...string) {
	for _, m := range p.mounts {
		if m.Kind == kind && m.File == p.file && m.Span == n.Span() && !m.Degraded {
			return
		}
	}
	p.mount(kind, place{p.file, n}, label, false, pages...)
	p.byMount[mountKey{kind, p.file, n.Span(), label}].Degraded = true
}

func (p *plainReader) fact(f Fact, n tsx.Node) {
	for _, old := range p.facts {
		if old.Kind == f.Kind && old.File == p.file && !old.Degraded && (old.Span == n.Span() || old.Wrapper == n.Span()) {
			return
		}
	}
	if added := p.add(f, place{p.file, n}, false); added != nil {
		added.Degraded = true
	}
}

// hang reads the children of an element as facts of one kind.
func (p *plainReader) hang(mount MountKind, kind Kind, el tsx.Node, label string) {
	p.place(mount, el, label)
	for _, child := range tsx.JSXElements(el) {
		if refs := p.refs(child); len(refs) > 0 {
			p.fact(Fact{Kind: kind, Name: refs[0].last(), Refs: refs}, child)
		}
	}
}

// routes reads the routes among an element's children.
func (p *plainReader) routes(el tsx.Node, parent string) {
	for _, child := range tsx.JSXElements(el) {
		if tsx.IsJSXFragment(child) || p.ref(child).last() == "FeatureFlagged" {
			p.routes(child, parent)
			continue
		}
		at := tsx.JSXAttribute(child, "path")
		if !at.Ok() {
			continue
		}
		name, ok := tsx.AttributeString(at)
		if !ok {
			name = tsx.AttributeValue(at).Text()
		}
		name = joinPath(parent, name)
		p.fact(Fact{Kind: Route, Name: name, In: parent, Refs: p.refs(tsx.AttributeValue(tsx.JSXAttribute(child, "element")))}, child)
		p.routes(child, name)
	}
}

func (p *plainReader) item(el tsx.Node, ref Ref) {
	f := Fact{Kind: SidebarItem, Name: attr(el, "to"), Title: attr(el, "text"), Refs: []Ref{ref}}
	if f.Name == "" {
		f.Name = f.Title
	}
	if icon := p.ref(tsx.AttributeValue(tsx.JSXAttribute(el, "icon"))); icon.Module != "" {
		f.Refs = append(f.Refs, icon)
	}
	for g := el; g.Ok(); g = tsx.EnclosingJSX(g) {
		if p.ref(g).last() == "SidebarGroup" {
			f.In = attr(g, "label")
			break
		}
	}
	p.fact(f, el)
}

func (p *plainReader) signInPage(el tsx.Node) {
	p.place(SignInPageMount, el, "SignInPage")
	array := p.deref(place{p.file, tsx.AttributeValue(tsx.JSXAttribute(el, "providers"))})
	if !array.node.Is(tsx.KindArray) || array.file != p.file {
		return
	}
	p.place(SignInMount, array.node, "")
	for _, item := range tsx.Elements(array.node) {
		f := Fact{Kind: SignInProvider}
		if id, ok := tsx.StringValue(item); ok {
			f.Name = id
		} else if obj := p.deref(place{p.file, item}); obj.node.Is(tsx.KindObject) {
			f.Name, _ = tsx.StringValue(tsx.PropertyValue(tsx.Property(obj.node, "id")))
			f.Title, _ = tsx.StringValue(tsx.PropertyValue(tsx.Property(obj.node, "title")))
			if r := p.ref(tsx.PropertyValue(tsx.Property(obj.node, "apiRef"))); r.Module != "" {
				f.Refs = []Ref{r}
			}
		}
		if f.Name != "" {
			p.fact(f, item)
		}
	}
}

// entity reads an entity page: switches between pages, and layouts.
func (p *plainReader) entity(at place, page string, depth int) {
	at = p.deref(at)
	if depth > 16 || !at.ok() || at.file != p.file || !tsx.IsJSXElement(at.node) {
		return
	}
	p.seen[at.node] = true
	switch p.ref(at.node).last() {
	case "EntitySwitch":
		for _, kase := range tsx.JSXElements(at.node) {
			pages := p.casePages(kase, page)
			content := tsx.JSXChildren(kase)
			if v := tsx.AttributeValue(tsx.JSXAttribute(kase, "children")); v.Ok() {
				content = append(content, v)
			}
			for _, c := range content {
				if c.Is(tsx.KindJsxExpression) {
					c = tsx.JSXInner(c)
				}
				for _, pg := range pages {
					p.entity(place{p.file, c}, pg, depth+1)
				}
			}
		}
	case "EntityLayout":
		var pages []string
		if page != "" {
			pages = []string{page}
		}
		p.place(EntityLayoutMount, at.node, "", pages...)
		for _, tab := range tsx.JSXElements(at.node) {
			p.tab(tab, pages)
		}
	}
}

// casePages are the pages of a case with one of the usual conditions.
func (p *plainReader) casePages(kase tsx.Node, parent string) []string {
	cond := tsx.AttributeValue(tsx.JSXAttribute(kase, "if"))
	if !cond.Ok() {
		if parent == "" {
			return []string{"default"}
		}
		return []string{parent}
	}
	var args []string
	for n := range cond.Descendants() {
		if s, ok := tsx.StringValue(n); ok && n.Is(tsx.KindString) {
			args = append(args, strings.ToLower(s))
		}
	}
	prefix := ""
	switch p.ref(tsx.Callee(cond)).last() {
	case "isKind":
	case "isComponentType":
		prefix = "component:"
	case "isResourceType":
		prefix = "resource:"
	case "isApiType":
		prefix = "api:"
	default:
		return []string{strings.TrimPrefix(parent+":custom", ":")}
	}
	for i := range args {
		args[i] = prefix + args[i]
	}
	return args
}

func (p *plainReader) tab(el tsx.Node, pages []string) {
	if !strings.HasSuffix(p.ref(el).Export, "Layout.Route") {
		return
	}
	f := Fact{Kind: EntityTab, Name: attr(el, "path"), Title: attr(el, "title"), Pages: slices.Clone(pages)}
	if cond := tsx.AttributeValue(tsx.JSXAttribute(el, "if")); cond.Ok() {
		f.If = cond.Text()
	}
	for _, c := range tsx.JSXChildren(el) {
		content := p.deref(place{p.file, c})
		if c.Is(tsx.KindJsxExpression) {
			content = p.deref(place{p.file, tsx.JSXInner(c)})
		}
		if !content.ok() || content.file != p.file {
			continue
		}
		switch {
		case p.ref(content.node).last() == "EntitySwitch" && cicd(f.Name):
			p.place(EntityCICDMount, content.node, f.Name, pages...)
			for _, kase := range tsx.JSXElements(content.node) {
				p.kase(kase, f.Name, pages)
			}
		case strings.HasPrefix(p.ref(content.node).Module, "@material-ui/") && f.Name == "/":
			p.place(EntityOverviewMount, content.node, f.Name, pages...)
			p.cards(content.node, f.Name, pages, 0)
		case tsx.IsJSXElement(content.node) && p.ref(content.node).last() != "Grid":
			f.Refs = append(f.Refs, p.refs(content.node)...)
		}
	}
	f.Refs = append(f.Refs, p.refs(tsx.AttributeValue(tsx.JSXAttribute(el, "if")))...)
	p.fact(f, el)
}

func (p *plainReader) kase(el tsx.Node, in string, pages []string) {
	f := Fact{Kind: EntityCase, Name: "default", In: in, Pages: slices.Clone(pages)}
	cond := tsx.AttributeValue(tsx.JSXAttribute(el, "if"))
	for _, c := range tsx.JSXChildren(el) {
		f.Refs = append(f.Refs, p.refs(c)...)
	}
	if cond.Ok() {
		f.If = cond.Text()
		if f.Name = f.If; len(f.Refs) > 0 {
			f.Name = f.Refs[0].last()
		}
		f.Refs = append(f.Refs, p.refs(cond)...)
	}
	p.fact(f, el)
}

// cards reads the cards below a grid.
func (p *plainReader) cards(el tsx.Node, in string, pages []string, depth int) {
	if depth > 32 {
		return
	}
	for _, child := range tsx.JSXElements(el) {
		ref := p.ref(child)
		c := component{ref: ref}
		switch {
		case ref.Module == "" || c.layout() || strings.HasPrefix(ref.Export, "EntitySwitch"):
			p.cards(child, in, pages, depth+1)
		default:
			p.fact(Fact{Kind: EntityCard, Name: ref.last(), In: in, Pages: slices.Clone(pages), Refs: p.refs(child)}, child)
		}
	}
}

// call reads backend.add, apiRouter.use, addRouter and createApp.
func (p *plainReader) call(n tsx.Node) {
	callee := tsx.Callee(n)
	args := tsx.Arguments(n)
	switch callee.Field(tsx.FieldProperty).Text() {
	case "add":
		p.backendAdd(n, callee.Field(tsx.FieldObject), args)
	case "use", "addRouter":
		p.legacyRouter(n, callee, args)
	}
	if name := p.ref(callee).last(); callee.Is(tsx.KindIdentifier) && name == "createApp" {
		p.createAppCall(n, args)
	}
}

func (p *plainReader) createAppCall(n tsx.Node, args []tsx.Node) {
	if len(args) == 0 {
		p.place(CreateAppMount, n, "")
		return
	}
	options := p.deref(place{p.file, args[0]})
	if !options.node.Is(tsx.KindObject) || options.file != p.file {
		p.place(CreateAppMount, n, "")
		return
	}
	p.place(CreateAppMount, options.node, "")
	features := p.deref(options.child("features"))
	if !features.node.Is(tsx.KindArray) || features.file != p.file {
		return
	}
	p.place(FeaturesMount, features.node, "")
	for _, item := range tsx.Elements(features.node) {
		if ref := p.ref(item); ref.Module != "" {
			p.fact(Fact{Kind: Feature, Name: ref.Module, Refs: []Ref{ref}}, item)
		}
	}
}

func (p *plainReader) backendAdd(n, object tsx.Node, args []tsx.Node) {
	made := p.deref(place{p.file, object})
	name := p.ref(tsx.Callee(made.node)).last()
	if len(args) == 0 || !strings.HasPrefix(name, "create") || !strings.HasSuffix(name, "Backend") {
		return
	}
	stmt := tsx.EnclosingStatement(n)
	f := Fact{Kind: BackendFeature}
	arg := tsx.Unwrap(args[0])
	if ref := p.ref(arg); arg.Is(tsx.KindIdentifier) && ref.Module != "" {
		f.Name, f.Refs = ref.Module, []Ref{ref}
	}
	for d := range n.Descendants() {
		if d.Is(tsx.KindCallExpression) && tsx.Callee(d).Is(tsx.KindImport) && len(tsx.Arguments(d)) > 0 {
			f.Name, _ = tsx.StringValue(tsx.Arguments(d)[0])
			if f.Refs = []Ref{{f.Name, "default"}}; strings.HasPrefix(f.Name, ".") {
				f.Refs = nil
				if file := p.resolve(p.file, f.Name); file != "" {
					f.Name = file
				}
			}
			break
		}
	}
	if f.Name == "" {
		return
	}
	p.fact(f, stmt)
	for _, m := range p.mounts { // the last one stands
		if m.Kind == BackendMount && m.File == p.file && m.Label == object.Text() {
			if m.Degraded && !conditional(stmt) {
				m.Span = stmt.Span()
			}
			return
		}
	}
	p.place(BackendMount, stmt, object.Text())
}

func (p *plainReader) legacyRouter(n, callee tsx.Node, args []tsx.Node) {
	if len(args) == 1 && callee.Field(tsx.FieldProperty).Text() == "use" && p.ref(tsx.Callee(tsx.Unwrap(args[0]))).last() == "notFoundHandler" {
		p.place(APIRouterMount, tsx.EnclosingStatement(n), callee.Field(tsx.FieldObject).Text())
		return
	}
	if len(args) < 2 {
		return
	}
	route, ok := tsx.StringValue(args[0])
	last := tsx.Unwrap(args[len(args)-1])
	if !ok || !last.Is(tsx.KindAwaitExpression) {
		return
	}
	at := n
	if callee.Field(tsx.FieldProperty).Text() == "use" {
		at = tsx.EnclosingStatement(n)
	}
	p.fact(Fact{Kind: LegacyRouter, Name: route}, at)
}
