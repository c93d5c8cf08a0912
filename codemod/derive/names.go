package derive

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// words splits a name at hyphens, dots, underscores, spaces and changes of case, in lower case:
// "EntityGithubActionsContent" is entity, github, actions, content.
func words(name string) []string {
	var out []string
	var cur []rune
	flush := func() {
		if len(cur) > 0 {
			out = append(out, strings.ToLower(string(cur)))
			cur = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && len(cur) > 0:
			prev := cur[len(cur)-1]
			next := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(prev) || next {
				flush()
			}
		}
		cur = append(cur, r)
	}
	flush()
	return out
}

// kebab is a name in kebab-case, of ASCII letters and digits.
func kebab(name string) string {
	out := words(strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII {
			return r
		}
		return '-'
	}, name))
	return strings.Join(out, "-")
}

// camel is a name in camelCase that is an identifier; "plugin" if nothing is left of it.
func camel(name string) string {
	var b strings.Builder
	for i, w := range strings.Split(kebab(name), "-") {
		if i > 0 && w != "" {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		b.WriteString(w)
	}
	s := b.String()
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		return "plugin" + s
	}
	return s
}

// titled is a name in words with capitals: "tech-radar" is "Tech Radar". Words that everybody
// writes in some other way are written so.
func titled(name string) string {
	out := words(name)
	for i, w := range out {
		switch w {
		case "github":
			out[i] = "GitHub"
		case "gitlab":
			out[i] = "GitLab"
		case "devops":
			out[i] = "DevOps"
		case "iframe":
			out[i] = "IFrame"
		case "api", "apis", "ci", "cd", "ui", "url", "aws", "gcp", "adr", "jfrog", "mcp", "rbac", "ldap", "sbom", "slo", "sql", "cicd":
			out[i] = strings.ToUpper(w)
		default:
			r := []rune(w)
			r[0] = unicode.ToUpper(r[0])
			out[i] = string(r)
		}
	}
	return strings.Join(out, " ")
}

// overlap counts the words that two names share, those that mean nothing left out.
func overlap(a, b string) int {
	n := 0
	theirs := words(b)
	for _, w := range words(a) {
		if !slices.Contains([]string{"is", "has", "entity", "available", "plugin", "to", "content", "card", "page", "applicable", "for", "the"}, w) && slices.Contains(theirs, w) {
			n++
		}
	}
	return n
}

// identifier reports whether a name can be imported by that name.
func identifier(name string) bool {
	for i, r := range name {
		if r != '_' && r != '$' && !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
