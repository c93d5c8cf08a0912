package check

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
)

// dockerfile is a Dockerfile of the app or its backend.
type dockerfile struct {
	name   string
	stages []stage
}

// stage is a FROM and what follows it.
type stage struct {
	image string // as written
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
	for _, name := range r.Files() {
		if !isDockerfile(name) || notOurs.MatchString(path.Dir(name)) {
			continue
		}
		src, err := r.ReadFile(name)
		if err != nil || strings.Contains(string(src), "{{") || !strings.Contains(string(src), "packages/backend") {
			continue
		}
		if d, ok := parseDockerfile(name, src); ok {
			out = append(out, d)
		}
	}
	return out
}

var heredoc = regexp.MustCompile(`<<-?\s*["']?([A-Za-z_]\w*)["']?`)

// parseDockerfile reads a Dockerfile; ok is false if it is none.
func parseDockerfile(name string, src []byte) (d dockerfile, ok bool) {
	d.name = name
	for at := 0; at < len(src); {
		end := text.LineEnd(src, at)
		line := strings.TrimSpace(string(src[at:end]))
		if line == "" || strings.HasPrefix(line, "#") {
			at = end
			continue
		}
		start := at + len(src[at:end]) - len(strings.TrimLeft(string(src[at:end]), " \t"))
		// A comment or an empty line within a continued instruction does not end it.
		for continued(line) && end < len(src) {
			at, end = end, text.LineEnd(src, end)
			next := strings.TrimSpace(string(src[at:end]))
			if next != "" && !strings.HasPrefix(next, "#") {
				line = next
			}
		}
		ins := readInstruction(src, start, end)
		if ins.name == "RUN" || ins.name == "COPY" || ins.name == "ADD" {
			for _, m := range heredoc.FindAllStringSubmatch(ins.rest, -1) {
				for end < len(src) {
					at, end = end, text.LineEnd(src, end)
					if strings.TrimSpace(string(src[at:end])) == m[1] {
						break
					}
				}
			}
		}
		at = end
		if !instructionName.MatchString(ins.name) {
			return d, false
		}
		if ins.name == "FROM" {
			if len(ins.words) == 0 {
				return d, false
			}
			s := stage{image: ins.words[0].text, from: ins}
			if len(ins.words) == 3 && strings.EqualFold(ins.words[1].text, "as") {
				s.as = ins.words[2].text
			}
			d.stages = append(d.stages, s)
			continue
		}
		if len(d.stages) > 0 {
			last := &d.stages[len(d.stages)-1]
			last.list = append(last.list, ins)
		}
	}
	return d, len(d.stages) > 0
}

func continued(line string) bool { return strings.HasSuffix(line, `\`) }

func readInstruction(src []byte, start, end int) instruction {
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
		body := strings.TrimSuffix(strings.TrimRight(line, " \t\r\n"), `\`)
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

// stage is the stage of that name.
func (d dockerfile) stage(name string) (stage, bool) {
	for _, s := range d.stages {
		if s.as != "" && strings.EqualFold(s.as, name) {
			return s, true
		}
	}
	return stage{}, false
}

// lineage is the final stage and those that it is made from, the final one first.
func (d dockerfile) lineage() []stage {
	out := []stage{d.final()}
	for len(out) <= len(d.stages) {
		s, ok := d.stage(out[len(out)-1].image)
		if !ok {
			break
		}
		out = append(out, s)
	}
	return out
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
	for i, w := range words {
		w = strings.Trim(w, `"',[]`)
		if strings.Contains(w, "packages/backend") && i > 0 && strings.Contains(words[0], "node") {
			return true
		}
	}
	return false
}

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
