package rewire

import "strings"

// Width is the column after which prettier breaks a line, by default and in the configuration
// that Backstage ships (@backstage/cli/config/prettier).
const Width = 80

// Element is JSX to be written. It is laid out as prettier lays it out: on one line if that
// line fits in Width columns and no child is an element, else one attribute or child a line.
type Element struct {
	Name     string    // the tag as the file names it: "Route", "EntityLayout.Route"
	Attrs    []Attr    // in the order to be written
	Children []Element // elements; there is no text
}

// Attr is an attribute. Value is TypeScript source with its quotes or braces (`"/x"`, `{isX}`),
// "" for an attribute without a value, and Name is "" where Value is a whole spread attribute.
// If Element is set, the value is that element in braces.
type Attr struct {
	Name    string
	Value   string
	Element *Element
}

// String is the element with lines that end in LF and two spaces a level of indent, as if it
// stood at column 0. Lines after the first carry their indent relative to that.
func (e Element) String() string { return e.Print(0) }

// Print is String for an element that starts at a column, which decides where lines break.
func (e Element) Print(column int) string {
	open := e.open(column)
	if len(e.Children) == 0 {
		return open
	}
	var b strings.Builder
	b.WriteString(open)
	for _, c := range e.Children {
		b.WriteString("\n  " + indentBy(c.Print(column+2), "  "))
	}
	b.WriteString("\n</" + e.Name + ">")
	return b.String()
}

func (e Element) open(column int) string {
	end := ">"
	if len(e.Children) == 0 {
		end = " />"
	}
	line := "<" + e.Name
	for _, a := range e.Attrs {
		line += " " + a.flat()
	}
	line += end
	if column+len([]rune(line)) <= Width && !strings.Contains(line, "\n") || len(e.Attrs) == 0 {
		return line
	}
	var b strings.Builder
	b.WriteString("<" + e.Name)
	for _, a := range e.Attrs {
		b.WriteString("\n  " + indentBy(a.print(column+2), "  "))
	}
	b.WriteString("\n" + strings.TrimLeft(end, " "))
	return b.String()
}

// flat is the attribute without a line break of the layout's making.
func (a Attr) flat() string {
	switch {
	case a.Element != nil:
		return a.Name + "={" + a.Element.Print(-1<<20) + "}"
	case a.Name == "":
		return a.Value
	case a.Value == "":
		return a.Name
	}
	return a.Name + "=" + a.Value
}

// number is the value of an attribute that is a number: that of md={6} is 6.
func (a Attr) number() string { return strings.Trim(a.Value, "{}") }

func (a Attr) print(column int) string {
	flat := a.flat()
	if a.Element == nil || column+len([]rune(flat)) <= Width && !strings.Contains(flat, "\n") {
		return flat
	}
	return a.Name + "={\n  " + indentBy(a.Element.Print(column+2), "  ") + "\n}"
}

// indentBy puts an indent before every line of s but the first.
func indentBy(s, indent string) string { return strings.ReplaceAll(s, "\n", "\n"+indent) }
