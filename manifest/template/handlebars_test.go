package template

import (
	"fmt"
	"strings"
	"testing"
)

// templates are sources and what they expand to; "!" before an error's text.
var templates = []struct{ src, want string }{
	{"", ""},
	{"plain } text {\n", "plain } text {\n"},
	{"{{name}}", "app"},
	{"{{ name }}-{{name}}", "app-app"},
	{"{{html}} {{{html}}} {{&html}}", "&lt;a href&#x3D;&quot;&#x27;&#x60;&quot;&gt;&amp; <a href=\"'`\">& <a href=\"'`\">&"},
	{"{{version 'a'}} {{ version \"b\" }}", "1.0.0 2.0.0"},
	{"a{{! note }}b{{!-- }} --}}c", "abc"},
	{"a\n{{! alone }}\nb", "a\nb"},
	{"a\n  {{!-- alone --}}  \r\nb", "a\nb"},
	{`\{{name}} \\{{name}}`, `{{name}} \app`},
	{"${{ values }}", "!{{values}} is not known"},
	{"{{#if name}}yes{{else}}no{{/if}}", "yes"},
	{"{{#if empty}}yes{{else}}no{{/if}}", "no"},
	{"{{#if empty}}yes{{/if}}", ""},
	{"{{#if missing}}{{missing}}{{/if}}x", "x"},
	{"{{#unless empty}}yes{{^}}no{{/unless}}", "yes"},
	{"a\n{{#if name}}\nb\n{{else}}\nc\n{{/if}}\nd\n", "a\nb\nd\n"},
	{"a\n{{#if empty}}\nb\n{{else}}\nc\n{{/if}}\nd\n", "a\nc\nd\n"},
	{"  {{#if name}}\n  b\n  {{/if}}", "  b\n"},
	{"{{#if name}}{{#if empty}}x{{else}}y{{/if}}z{{/if}}", "yz"},
	{"a {{~name~}} b", "aappb"},
	{"a\n{{~#if name~}}\n b \n{{~/if~}}\n c", "abc"},
	{"a {{~!-- x --}} b", "a b"},
	{"{{name", "!{{ without }}"},
	{"{{}}", "!is not supported"},
	{"{{> partial}}", "!is not supported"},
	{"{{#each xs}}{{/each}}", "!{{#each xs}} is not supported"},
	{"{{#if name}}", "!{{#if}} is not ended"},
	{"{{#if name}}{{/unless}}", "!{{/unless}} does not end {{#if}}"},
	{"{{#if a}}{{else}}{{else}}{{/if}}", "!two {{else}}"},
	{"{{/if}}", "!does not end"},
	{"{{else}}", "!ends nothing"},
	{"{{version a}}", "!is not supported"},
	{"{{version 'c'}}", "!no c"},
	{"\n\n{{a b c}}", "!line 3: {{a b c}} is not supported"},
}

var testScope = scope{
	values: map[string]string{"name": "app", "empty": "", "html": "<a href=\"'`\">&"},
	version: func(name string) (string, error) {
		v, ok := map[string]string{"a": "1.0.0", "b": "2.0.0"}[name]
		if !ok {
			return "", fmt.Errorf("no %s", name)
		}
		return v, nil
	},
}

func TestExpand(t *testing.T) {
	for _, test := range templates {
		got, err := expand(test.src, testScope)
		want, fails := strings.CutPrefix(test.want, "!")
		switch {
		case fails && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %q, %v; want an error with %s", test.src, got, err, want)
		case !fails && (err != nil || got != want):
			t.Errorf("%q: %q, %v; want %q", test.src, got, err, want)
		}
	}
}

func FuzzExpand(f *testing.F) {
	for _, test := range templates {
		f.Add(test.src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		got, err := expand(src, testScope)
		if !strings.Contains(src, "{{") && (err != nil || got != src) {
			t.Errorf("%q became %q, %v", src, got, err)
		}
	})
}
