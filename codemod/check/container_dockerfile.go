package check

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
)

// dockerfile is a Dockerfile of the app or its backend.
type dockerfile struct {
	name     string
	args     map[string]string // what ARG gives before the first stage
	backends []string          // the folders of the repository's backends
	stages   []stage
}

// stage is a FROM and what follows it.
type stage struct {
	image string // with the values that the file gives to its variables
	as    string
	from  instruction
	list  []instruction
}

// instruction is one instruction of a Dockerfile.
type instruction struct {
	name  string // in capitals
	flags map[string]string
	words []instructionWord // the arguments, without flags; of RUN and ENV, as far as white space parts them
	rest  string            // the arguments as written, lines joined
	span  text.Span

	heredoc []string // the texts of its heredocs
}

type instructionWord struct {
	text string
	span text.Span // zero where the arguments are JSON
}

var instructionName = regexp.MustCompile(`^(FROM|ARG|ENV|COPY|ADD|RUN|USER|WORKDIR|CMD|ENTRYPOINT|EXPOSE|HEALTHCHECK|LABEL|SHELL|VOLUME|STOPSIGNAL|ONBUILD|MAINTAINER)$`)

// isDockerfile reports whether a file may be a Dockerfile by its name.
func isDockerfile(name string) bool {
	base := strings.ToLower(path.Base(name))
	return base == "dockerfile" || base == "containerfile" || strings.HasPrefix(base, "dockerfile.") && !strings.HasSuffix(base, ".dockerignore") || strings.HasSuffix(base, ".dockerfile")
}

// notOurs are folders whose files are about something else: templates of the scaffolder, examples.
var notOurs = regexp.MustCompile(`(?i)(^|/)(templates?|skeletons?|content|examples?|samples?|scaffolder|blueprints?|\.devcontainer|testdata|__fixtures__|fixtures|docs|e2e|dynamic-plugins)(/|$)`)

// dockerfiles are the Dockerfiles of the app: those that speak of its backend, and are no
// templates.
func (r *Repo) dockerfiles() []dockerfile { return r.config().dockerfiles() }

func (r *Repo) readDockerfiles() []dockerfile {
	var out []dockerfile
	backends := r.backendDirs()
	for _, name := range r.Files() {
		if !isDockerfile(name) || notOurs.MatchString(path.Dir(name)) {
			continue
		}
		src, err := r.ReadFile(name)
		if err != nil || !mayBuildBackend(src, backends) {
			continue
		}
		if d, err := parseDockerfile(name, src); err == nil {
			d.backends = backends
			out = append(out, d)
		}
	}
	return out
}

// backendDirs are the folders of the backends; packages/backend if none is known.
func (r *Repo) backendDirs() []string {
	var out []string
	for _, b := range r.Workspace.Backends {
		out = append(out, b.Dir)
	}
	if len(out) == 0 {
		return []string{"packages/backend"}
	}
	return out
}

// mayBuildBackend reports whether a Dockerfile is no template, and speaks of a backend.
func mayBuildBackend(src []byte, backends []string) bool {
	return len(src) <= maxMentions && !bytes.Contains(src, []byte("{{")) &&
		slices.ContainsFunc(backends, func(dir string) bool { return bytes.Contains(src, []byte(dir)) })
}

// DockerfileOfApp reports whether a file is a Dockerfile for the app or its backend: it speaks of
// the folders of packages or of Backstage, and is not in a folder for templates or examples.
func DockerfileOfApp(name string, src []byte) bool {
	return isDockerfile(name) && !notOurs.MatchString(path.Dir(name)) && !bytes.Contains(src, []byte("{{")) && aboutApp.Match(src)
}

var aboutApp = regexp.MustCompile(`(?i)packages/(app|backend)\b|backstage|yarn (build|tsc|workspace|start|install)`)

var heredoc = regexp.MustCompile(`(?:^|[^<])<<-?[ \t]*["']?([A-Za-z_]\w*)["']?`)

const maxStages = 200 // of a Dockerfile

// parseDockerfile reads a Dockerfile. The error is a *diag.Diagnostic of what is none.
func parseDockerfile(name string, src []byte) (d dockerfile, err error) {
	d.name, d.args = name, map[string]string{}
	wrong := func(start, end int, format string, args ...any) (dockerfile, error) {
		problem := diag.Errorf("invalid-dockerfile", format, args...)
		problem.File, problem.Span = name, text.Span{Start: start, End: end}
		return d, problem
	}
	at := 0
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	escape := escapeOf(src[at:])
	var ends delimiters
	for at < len(src) {
		end := text.LineEnd(src, at)
		line := strings.TrimSpace(string(src[at:end]))
		if line == "" || strings.HasPrefix(line, "#") {
			at = end
			continue
		}
		start := at + len(src[at:end]) - len(strings.TrimLeft(string(src[at:end]), " \t"))
		// A comment or an empty line within a continued instruction does not end it.
		for strings.HasSuffix(line, escape) && end < len(src) {
			at, end = end, text.LineEnd(src, end)
			next := strings.TrimSpace(string(src[at:end]))
			if next != "" && !strings.HasPrefix(next, "#") {
				line = next
			}
		}
		ins := readInstruction(src, start, end, escape)
		if ins.name == "RUN" || ins.name == "COPY" || ins.name == "ADD" {
			for _, m := range heredoc.FindAllStringSubmatch(ins.rest, -1) {
				if ends == nil {
					ends = delimitersOf(src)
				}
				if body, after, ok := ends.heredoc(src, end, m[1]); ok {
					ins.heredoc = append(ins.heredoc, body)
					end = after
				}
			}
		}
		at = end
		if !instructionName.MatchString(ins.name) {
			return wrong(start, ins.span.End, "there is no instruction %s", ins.name)
		}
		if ins.name == "FROM" {
			if len(ins.words) == 0 {
				return wrong(start, ins.span.End, "FROM names no image")
			}
			if len(d.stages) == maxStages {
				return wrong(start, ins.span.End, "the Dockerfile has more than %d stages", maxStages)
			}
			image, _ := expandVariables(ins.words[0].text, d.args)
			s := stage{image: image, from: ins}
			if len(ins.words) == 3 && strings.EqualFold(ins.words[1].text, "as") {
				s.as = ins.words[2].text
			}
			d.stages = append(d.stages, s)
			continue
		}
		if len(d.stages) > 0 {
			last := &d.stages[len(d.stages)-1]
			last.list = append(last.list, ins)
			continue
		}
		if ins.name != "ARG" {
			return wrong(start, ins.span.End, "%s is before the first FROM", ins.name)
		}
		for _, w := range ins.words {
			if key, value, ok := strings.Cut(w.text, "="); ok {
				d.args[key], _ = expandVariables(strings.Trim(value, `"'`), d.args)
			}
		}
	}
	if len(d.stages) == 0 {
		return wrong(0, 0, "the Dockerfile has no FROM")
	}
	return d, nil
}

// delimiters are the places of the lines that may end a heredoc: of each the last.
type delimiters map[string]int

func delimitersOf(src []byte) delimiters {
	last := delimiters{}
	for at := 0; at < len(src); {
		next := text.LineEnd(src, at)
		if line := string(bytes.TrimSpace(src[at:next])); delimiter.MatchString(line) {
			last[line] = at
		}
		at = next
	}
	return last
}

var delimiter = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// heredoc is the text of a heredoc that begins at a line, and where it ends.
func (last delimiters) heredoc(src []byte, start int, end string) (body string, after int, ok bool) {
	if at, there := last[end]; !there || at < start {
		return "", 0, false
	}
	for at := start; at < len(src); {
		next := text.LineEnd(src, at)
		if string(bytes.TrimSpace(src[at:next])) == end {
			return string(src[start:at]), next, true
		}
		at = next
	}
	return "", 0, false
}

var escapeDirective = regexp.MustCompile(`(?i)^#\s*(\w+)\s*=\s*(\S+)\s*$`)

// escapeOf is the character that continues a line: what the directive "escape" at the top says.
func escapeOf(src []byte) string {
	for line := range strings.Lines(string(src[:min(len(src), 2000)])) {
		m := escapeDirective.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			break
		}
		if strings.EqualFold(m[1], "escape") && m[2] == "`" {
			return "`"
		}
	}
	return `\`
}

var dockerVariable = regexp.MustCompile(`\$(?:\{(\w+)(?:(:?[-+])([^}]*))?\}|(\w+))`)

// maxExpanded bounds how long a text gets by its variables.
const maxExpanded = 4 << 10

// expandVariables replaces $NAME, ${NAME} and ${NAME:-x} by what is known of them; ok is false if
// one is not.
func expandVariables(s string, known map[string]string) (out string, ok bool) {
	if len(s) > maxExpanded {
		return s, false
	}
	ok = true
	out = dockerVariable.ReplaceAllStringFunc(s, func(ref string) string {
		m := dockerVariable.FindStringSubmatch(ref)
		value, set := known[m[1]+m[4]]
		switch {
		case set && value != "" && len(value) <= maxExpanded && !strings.HasSuffix(m[2], "+"):
			return value
		case strings.HasSuffix(m[2], "-"):
			return m[3]
		}
		ok = false
		return ref
	})
	if len(out) > maxExpanded {
		return s, false
	}
	return out, ok
}

func readInstruction(src []byte, start, end int, escape string) instruction {
	ins := instruction{flags: map[string]string{}, span: text.Span{Start: start, End: start + len(strings.TrimRight(string(src[start:end]), " \t\r\n"))}}
	var rest []string
	words := 0
	for at := start; at < ins.span.End; {
		lineEnd := min(text.LineEnd(src, at), ins.span.End)
		line := string(src[at:lineEnd])
		if t := strings.TrimSpace(line); at > start && strings.HasPrefix(t, "#") {
			at = lineEnd
			continue
		}
		body := strings.TrimSuffix(strings.TrimRight(line, " \t\r\n"), escape)
		rest = append(rest, strings.TrimSpace(body))
		for i := 0; i < len(body); {
			if strings.IndexByte(" \t", body[i]) >= 0 {
				i++
				continue
			}
			j := i
			for j < len(body) && strings.IndexByte(" \t", body[j]) < 0 {
				j++
			}
			w := body[i:j]
			key, value, isFlag := strings.Cut(strings.TrimPrefix(w, "--"), "=")
			switch {
			case words == 0:
				ins.name = strings.ToUpper(w)
			case strings.HasPrefix(w, "--") && len(ins.words) == 0 && (isFlag || ins.name == "COPY"):
				ins.flags[key] = value
			default:
				ins.words = append(ins.words, instructionWord{w, text.Span{Start: at + i, End: at + j}})
			}
			words++
			i = j
		}
		at = lineEnd
	}
	ins.rest = strings.Join(rest, " ")
	if i := strings.IndexAny(ins.rest, " \t"); i >= 0 {
		ins.rest = strings.TrimSpace(ins.rest[i:])
	} else {
		ins.rest = ""
	}
	if body := ins.rest; strings.Contains(body, "[") {
		var list []string
		if json.Unmarshal([]byte(body[strings.IndexByte(body, '['):]), &list) == nil {
			ins.words = nil
			for _, w := range list {
				ins.words = append(ins.words, instructionWord{text: w})
			}
		}
	}
	return ins
}

// last is the last instruction of a name; ok is false if there is none.
func (s stage) last(name string) (instruction, bool) {
	for i := len(s.list) - 1; i >= 0; i-- {
		if s.list[i].name == name {
			return s.list[i], true
		}
	}
	return instruction{}, false
}

// final is the stage of the image that is made.
func (d dockerfile) final() stage { return d.stages[len(d.stages)-1] }

// stage is the stage of that name or number, of those before another; -1 if there is none.
func (d dockerfile) stage(name string, before int) int {
	for i, s := range d.stages[:before] {
		if s.as != "" && strings.EqualFold(s.as, name) || strconv.Itoa(i) == name {
			return i
		}
	}
	return -1
}

// lineage is the final stage and those that it is made from, the final one first.
func (d dockerfile) lineage() []stage {
	at := len(d.stages) - 1
	out := []stage{d.stages[at]}
	for {
		if at = d.stage(d.stages[at].image, at); at < 0 {
			return out
		}
		out = append(out, d.stages[at])
	}
}

// command are the words with which the container starts.
func (d dockerfile) command() (words []string, at instruction) {
	for _, s := range d.lineage() {
		entry, _ := s.last("ENTRYPOINT")
		cmd, ok := s.last("CMD")
		for _, w := range append(entry.words, cmd.words...) {
			words = append(words, w.text)
		}
		if len(words) > 0 {
			if !ok {
				cmd = entry
			}
			return words, cmd
		}
	}
	return nil, instruction{}
}

// runsBackend reports whether the image starts the backend.
func (d dockerfile) runsBackend() bool {
	words, _ := d.command()
	whole := strings.Join(words, " ")
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(d.backends, strings.TrimPrefix(w, "./")) }) {
		return true // of an image whose entrypoint is Node
	}
	return runsNode.MatchString(whole) && slices.ContainsFunc(d.backends, func(dir string) bool { return strings.Contains(whole, dir) }) ||
		startsBackend.MatchString(whole)
}

var (
	runsNode      = regexp.MustCompile(`(^|[\s"'/])(node|nodejs|tini|dumb-init)(\s|["',]|$)`)
	startsBackend = regexp.MustCompile(`\byarn\b.*\b(start-backend|(workspace backend|--cwd packages/backend) start)\b`)
)

// ignoreRules are the lines of a .dockerignore.
type ignoreRules []ignoreRule

type ignoreRule struct {
	pattern string
	not     bool
}

// dockerignore reads the file that says what is left out of the context of a Dockerfile.
func (r *Repo) dockerignore(context, dockerfile string) (ignoreRules, string) {
	for _, name := range []string{dockerfile + ".dockerignore", path.Join(context, ".dockerignore")} {
		src, err := r.ReadFile(name)
		if err != nil {
			continue
		}
		var rules ignoreRules
		for line := range strings.Lines(string(src)) {
			line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			not := strings.HasPrefix(line, "!")
			pattern := strings.Trim(path.Clean("/"+strings.TrimSpace(strings.TrimPrefix(line, "!"))), "/")
			if pattern != "" {
				rules = append(rules, ignoreRule{pattern, not})
			}
		}
		return rules, name
	}
	return nil, ""
}

// excludes reports whether a path is left out of the context: the last line counts that matches
// it, or a folder that it is in.
func (rules ignoreRules) excludes(name string) bool {
	out := false
	for _, rule := range rules {
		if rule.not == out && rule.covers(name) {
			out = !rule.not
		}
	}
	return out
}

func (rule ignoreRule) covers(name string) bool {
	for at := name; at != "." && at != "/"; at = path.Dir(at) {
		if matchPath(rule.pattern, at) {
			return true
		}
	}
	return false
}

// keepsSome reports whether a line takes something below a folder back in.
func (rules ignoreRules) keepsSome(dir string) bool {
	for _, rule := range rules {
		if rule.not && (strings.HasPrefix(rule.pattern, dir+"/") || strings.HasPrefix(rule.pattern, "**") || strings.HasPrefix(rule.pattern, "*")) {
			return true
		}
	}
	return false
}
