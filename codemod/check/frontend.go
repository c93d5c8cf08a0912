package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/tsx"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/registry/npmver"
)

func frontendRules() []Rule {
	return []Rule{
		{Code: "BF001", Name: "duplicate-route", Family: Frontend, Severity: diag.Error, Title: "Two routes with one path", Doc: doc("BF001"), Check: duplicateRoutes},
		{Code: "BF002", Name: "dead-link", Family: Frontend, Severity: diag.Warning, Title: "A sidebar link that leads nowhere", Doc: doc("BF002"), Check: deadLinks},
		{Code: "BF003", Name: "unreachable-case", Family: Frontend, Severity: diag.Error, Title: "A case that is never shown", Doc: doc("BF003"), Check: unreachableCases},
		{Code: "BF004", Name: "duplicate-tab", Family: Frontend, Severity: diag.Error, Title: "Two entity tabs with one path", Doc: doc("BF004"), Check: duplicateTabs},
		{Code: "BF005", Name: "page-without-route", Family: Frontend, Severity: diag.Warning, Title: "A page that is imported and has no route", Doc: doc("BF005"), Check: pagesWithoutRoute},
		{Code: "BF006", Name: "missing-root-element", Family: Frontend, Severity: diag.Warning, Title: "An element missing at the root of the app", Doc: doc("BF006"), Check: missingRootElements},
		{Code: "BF007", Name: "not-discovered", Family: Frontend, Severity: diag.Note, Title: "A plugin that app.packages keeps out", Doc: doc("BF007"), Check: notDiscovered},
		{Code: "BF008", Name: "unknown-extension", Family: Frontend, Severity: diag.Warning, Title: "A setting of an extension that no package has", Doc: doc("BF008"), Check: unknownExtensions},
		{Code: "BF009", Name: "tab-without-predicate", Family: Frontend, Severity: diag.Note, Title: "An entity tab without the condition that its plugin has", Doc: doc("BF009"), Check: tabsWithoutPredicate},
		{Code: "BF010", Name: "unknown-export", Family: Frontend, Severity: diag.Error, Title: "An import that the installed package does not export", Doc: doc("BF010"), Check: unknownExports},
		{Code: "BF011", Name: "missing-prop", Family: Frontend, Severity: diag.Warning, Title: "A component without a property that it must have", Doc: doc("BF011"), Check: missingProps},
		{Code: "BF012", Name: "disabled-extension", Family: Frontend, Severity: diag.Note, Title: "An extension that is off, and that nothing switches on", Doc: doc("BF012"), Check: disabledExtensions},
	}
}

// certain reports whether a fact was seen for certain.
func certain(f wiring.Fact) bool { return !f.Conditional && !f.Degraded }

// takeOut is the fix that takes a construct out of a file, with the imports that nothing uses
// afterwards. ok is false if there is no safe way to.
func (r *Repo) takeOut(name string, span text.Span, title string) (Fix, bool) {
	tree, err := r.Tree(name)
	if err != nil {
		return Fix{}, false
	}
	stays := rewire.Removal{Stays: func(s text.Span) bool { return s != span }}
	edits, err := rewire.TakeOut(rewire.File{Name: name, Tree: tree}, span, stays)
	if err != nil || len(edits) == 0 {
		return Fix{}, false
	}
	// The names that only it used go, too: one pass after another, each on the text of the last.
	src := tree.Source()
	out, err := text.Apply(src, edits)
	if err != nil {
		return Fix{}, false
	}
	for range 4 {
		after, err := tsx.Parse(out, tsx.DialectOf(name))
		if err != nil {
			return Fix{}, false
		}
		more := rewire.Unneeded(tree, after, stays, func(string) bool { return false })
		if len(more) == 0 {
			break
		}
		if out, err = text.Apply(out, more); err != nil {
			return Fix{}, false
		}
	}
	return Fix{Title: title, Safe: true, Edits: map[string][]text.Edit{name: difference(src, out)}}, true
}

// sameSource reports whether two constructs are written alike but for white space.
func (r *Repo) sameSource(a, b wiring.Fact) bool {
	text := func(f wiring.Fact) string {
		src, err := r.ReadFile(f.File)
		if err != nil || f.Span.End > len(src) {
			return ""
		}
		return strings.Join(strings.Fields(string(src[f.Span.Start:f.Span.End])), " ")
	}
	return text(a) != "" && text(a) == text(b)
}

// routesOf are the routes of an app, by path. Routes of several tables are not compared.
func (r *Repo) routesOf(dir string) []wiring.Fact {
	var out []wiring.Fact
	for _, f := range r.Wiring.Kind(wiring.Route) {
		if f.Package == dir {
			out = append(out, f)
		}
	}
	return out
}

// duplicateRoutes finds routes of one table with the same path.
func duplicateRoutes(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		var mounts []wiring.Mount
		for _, m := range r.Wiring.Mount(wiring.RoutesMount) {
			if m.Package == a.Dir {
				mounts = append(mounts, m)
			}
		}
		flat := make([]bool, len(mounts))
		for i, m := range mounts {
			if tree, err := r.Tree(m.File); err == nil {
				flat[i] = tsx.JSXName(elementAt(tree, m.Span)) == "FlatRoutes"
			}
		}
		table := func(f wiring.Fact) int {
			return slices.IndexFunc(mounts, func(m wiring.Mount) bool { return m.File == f.File && m.Span.Contains(f.Span) })
		}
		first := map[string]wiring.Fact{}
		for _, f := range r.routesOf(a.Dir) {
			in := table(f)
			if !certain(f) || in < 0 || f.Name == "" || strings.ContainsAny(f.Name, "{}$`") {
				continue
			}
			id := fmt.Sprint(in, " ", samePath(f.Name, flat[in]))
			was, seen := first[id]
			if !seen {
				first[id] = f
				continue
			}
			if was.Span == f.Span && was.File == f.File || was.Span.Contains(f.Span) {
				continue // one element for several paths; a child with the path of its parent
			}
			n := r.at(f.File, f.Span, "there are two routes with the path %q, and only the first is shown", cmp.Or(f.Name, "/"))
			if strings.Trim(was.Name, "/") != strings.Trim(f.Name, "/") {
				n = r.at(f.File, f.Span, "the routes %q and %q are for the same addresses, and only one of them is shown", was.Name, f.Name)
			}
			n.key = f.Name
			n.Manual = "Give one of them another path, or remove it."
			n.Related = []Place{r.place(was.File, was.Span, "the first route")}
			if fix, ok := r.takeOut(f.File, f.Span, "Remove the second route"); ok {
				fix.Safe = r.sameSource(was, f)
				n.Fixes = []Fix{fix}
			}
			out = append(out, n)
		}
	}
	return out
}

// samePath is the same for routes that the router cannot tell apart: capitals and the names of
// parameters make no difference, nor in FlatRoutes a "/*" at the end.
func samePath(route string, flat bool) string {
	route = strings.ToLower(strings.Trim(route, "/"))
	if flat {
		route = strings.TrimSuffix(route, "/*")
	}
	parts := strings.Split(route, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") && !strings.HasSuffix(p, "?") {
			parts[i] = ":"
		}
	}
	return strings.Join(parts, "/")
}

// deadLinks finds sidebar items that lead to a path that no route has.
func deadLinks(r *Repo) []Finding {
	var out []Finding
	for _, a := range r.Workspace.Apps {
		if a.System != workspace.Legacy || r.degraded(a.Dir) {
			continue
		}
		var paths []string
		unsure := false
		for _, f := range r.routesOf(a.Dir) {
			unsure = unsure || f.Degraded || strings.ContainsAny(f.Name, "{}$`") || strings.Trim(f.Name, "/") == "*"
			paths = append(paths, f.Name)
		}
		if src, err := r.ReadFile(a.AppFile); err != nil || strings.Contains(string(src), "getRoutes()") {
			continue // plugins of 2020 bring routes that are not written in the app
		}
		if unsure || len(paths) < 3 {
			continue
		}
		for _, f := range r.Wiring.Kind(wiring.SidebarItem) {
			if f.Package != a.Dir || f.Degraded || !plainLink.MatchString(f.Name) || !r.hasTo(f) {
				continue
			}
			to := "/" + strings.Trim(strings.SplitN(strings.SplitN(f.Name, "?", 2)[0], "#", 2)[0], "/")
			if slices.ContainsFunc(paths, func(p string) bool { return routeMatches(p, to) }) {
				continue
			}
			n := r.at(f.File, f.Span, "the sidebar links to %q, and no route has that path", f.Name)
			n.key = f.Name
			n.Manual = "Add the route, or remove the item."
			if near := nearest(to, paths); near != "" {
				n.Manual = "Did you mean " + near + "?"
			}
			if fix, ok := r.takeOut(f.File, f.Span, "Remove the item"); ok {
				fix.Safe = false
				n.Fixes = []Fix{fix}
			}
			out = append(out, n)
		}
	}
	return out
}

var plainLink = regexp.MustCompile(`^/?[\w-][\w.-]*(/[\w.:@-]+)*/?([?#].*)?$`)

// hasTo reports whether a sidebar item is named after its "to", which stands in the source as a string.
func (r *Repo) hasTo(f wiring.Fact) bool {
	tree, err := r.Tree(f.File)
	if err != nil {
		return false
	}
	n := elementAt(tree, f.Span)
	to, ok := tsx.AttributeString(tsx.JSXAttribute(n, "to"))
	return ok && to == f.Name
}

// elementAt is the JSX element with a span; no node if there is none.
func elementAt(tree *tsx.Tree, span text.Span) tsx.Node {
	n := tree.At(span.Start)
	for n.Ok() && (n.Span() != span || !tsx.IsJSXElement(n)) {
		n = n.Parent()
	}
	return n
}

// degraded reports whether an app could not be run whole.
func (r *Repo) degraded(dir string) bool {
	for _, d := range r.Wiring.Degraded {
		if strings.HasPrefix(d.File, dir+"/") || d.File == "" {
			return true
		}
	}
	return false
}

// routeMatches reports whether a route shows something at a path. Routes show what is below
// them, too, as pages of plugins have routes of their own.
func routeMatches(route, to string) bool {
	pattern := strings.Split(strings.Trim(route, "/"), "/")
	segments := strings.Split(strings.Trim(to, "/"), "/")
	if route == "/" || route == "" {
		return to == "/"
	}
	for i, p := range pattern {
		switch {
		case p == "*":
			return true
		case i >= len(segments):
			return strings.HasSuffix(p, "?")
		case strings.HasPrefix(p, ":"):
		case !strings.EqualFold(p, segments[i]):
			return false
		}
	}
	return true
}

// nearest is the route that a mistyped path most likely means; "" if none is close.
func nearest(to string, paths []string) string {
	best, least := "", 3
	for _, p := range paths {
		if d := distance(strings.Trim(to, "/"), strings.Trim(p, "/")); d > 0 && d < least {
			best, least = p, d
		}
	}
	return best
}

// distance is the number of letters in which two words differ (Levenshtein's).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, last+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// unreachableCases finds cases of an EntitySwitch that are never shown, because of one before them
// without a condition.
func unreachableCases(r *Repo) []Finding {
	var out []Finding
	for _, s := range r.Sources() {
		if s.Err != nil || path.Ext(s.File) != ".tsx" && path.Ext(s.File) != ".jsx" || !imports(s, catalogPlugin) {
			continue
		}
		tree, err := r.Tree(s.File)
		if err != nil {
			continue
		}
		inOrder := r.casesInOrder(s.Package)
		for n := range tree.Root().Descendants() {
			if !tsx.IsJSXElement(n) || tsx.JSXName(n) != "EntitySwitch" {
				continue
			}
			ordered := inOrder && !tsx.JSXAttribute(n, "renderMultipleMatches").Ok()
			var fallback tsx.Node
			for _, c := range tsx.JSXChildren(n) {
				if !tsx.IsJSXElement(c) || tsx.JSXName(c) != "EntitySwitch.Case" {
					continue
				}
				always := withoutCondition(c)
				if !fallback.Ok() {
					if always {
						fallback = c
					}
					continue
				}
				if !always && !ordered {
					continue
				}
				f := r.at(s.File, tsx.JSXOpening(c).Span(), "this case is never shown: the one before it has no condition")
				f.key = strings.Join(strings.Fields(c.Text()), " ")
				f.Related = []Place{r.place(s.File, tsx.JSXOpening(fallback).Span(), "the case without a condition")}
				if always {
					f.Summary = "this case is never shown: one before it has no condition either"
					f.Manual = "Give it a condition, or remove one of the two."
					if fix, ok := r.takeOut(s.File, c.Span(), "Remove the second case without a condition"); ok {
						fix.Safe = f.key == strings.Join(strings.Fields(fallback.Text()), " ")
						f.Fixes = []Fix{fix}
					}
				} else {
					f.Manual = "Move the case without a condition to the end of the EntitySwitch."
					if fix, ok := moveLast(tree, n, fallback); ok {
						fix.Edits = map[string][]text.Edit{s.File: fix.Edits[""]}
						f.Fixes = []Fix{fix}
					}
				}
				out = append(out, f)
				break // one for each switch
			}
		}
	}
	return out
}

const catalogPlugin = "@backstage/plugin-catalog"

// withoutCondition reports whether a case has no condition for certain.
func withoutCondition(c tsx.Node) bool {
	return !tsx.JSXAttribute(c, "if").Ok() && !slices.ContainsFunc(tsx.JSXAttributes(c), func(a tsx.Node) bool { return a.Is(tsx.KindJsxExpression) })
}

// casesInOrder reports whether an EntitySwitch takes the first case that fits, be it one without a
// condition: since 1.9.0 of the catalog plugin, of Backstage 1.12, that is the last choice
// wherever it stands.
func (r *Repo) casesInOrder(p *workspace.Package) bool {
	if in, ok := r.Installed(p.Dir, catalogPlugin); ok {
		var j struct{ Version string }
		if json.Unmarshal(in.JSON, &j) == nil {
			return npmver.Satisfies(j.Version, "<1.9.0-0")
		}
	}
	later, sure := r.since("1.12.0")
	return sure && !later
}

// moveLast is the fix that makes a child the last of its element. It keeps the text of the
// child, and the lines that it is on.
func moveLast(tree *tsx.Tree, parent, child tsx.Node) (Fix, bool) {
	children := tsx.JSXChildren(parent)
	last := children[len(children)-1]
	src := tree.Source()
	start, end := text.LineStart(src, child.Start()), text.LineEnd(src, child.End())
	if strings.TrimSpace(string(src[start:child.Start()])) != "" || strings.TrimSpace(string(src[child.End():end])) != "" {
		return Fix{}, false // not on lines of its own
	}
	to := text.LineEnd(src, last.End())
	if strings.TrimSpace(string(src[last.End():to])) != "" || last == child {
		return Fix{}, false
	}
	return Fix{Title: "Move the case without a condition to the end", Safe: true, Edits: map[string][]text.Edit{
		"": {text.Delete(text.Span{Start: start, End: end}), text.Insert(to, string(src[start:end]))},
	}}, true
}

func imports(s *Source, module string) bool {
	return slices.ContainsFunc(s.Imports, func(i Import) bool { return i.Specifier == module })
}

// duplicateTabs finds tabs of one entity page with the same path.
func duplicateTabs(r *Repo) []Finding {
	var out []Finding
	mounts := r.Wiring.Mount(wiring.EntityLayoutMount)
	type id struct {
		pkg, page, path string
		layout          int
	}
	first := map[id]wiring.Fact{}
	told := map[text.Span]bool{}
	for _, f := range r.Wiring.Kind(wiring.EntityTab) {
		if !certain(f) || f.If != "" || strings.ContainsAny(f.Name, "{}$`") {
			continue
		}
		in := slices.IndexFunc(mounts, func(m wiring.Mount) bool { return m.File == f.File && m.Span.Contains(f.Span) })
		if in < 0 {
			continue
		}
		for _, page := range f.Pages {
			k := id{f.Package, page, samePath(f.Name, false), in}
			was, seen := first[k]
			if !seen {
				first[k] = f
				continue
			}
			if was.Span == f.Span || told[f.Span] || was.File != f.File {
				continue
			}
			told[f.Span] = true
			n := r.at(f.File, f.Span, "there are two tabs with the path %q on one page, and only the first is shown", f.Name)
			n.key = f.Name + " " + page
			n.Manual = "Give one of them another path, or remove it."
			n.Related = []Place{r.place(was.File, was.Span, "the first tab")}
			if fix, ok := r.takeOut(f.File, f.Span, "Remove the second tab"); ok {
				fix.Safe = r.sameSource(was, f)
				n.Fixes = []Fix{fix}
			}
			out = append(out, n)
		}
	}
	return out
}
