package check

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// rootImages are images whose user is root unless USER says otherwise.
var rootImages = regexp.MustCompile(`^(docker\.io/)?(library/)?(node|debian|ubuntu|alpine)(:|@|$)`)

// runsAsRoot finds images that start the backend as root.
func runsAsRoot(r *Repo) []Finding {
	var out []Finding
	for _, d := range r.dockerfiles() {
		if !d.runsBackend() {
			continue
		}
		var user instruction
		lineage := d.lineage()
		for _, s := range lineage {
			var ok bool
			if user, ok = s.last("USER"); ok {
				break
			}
		}
		base := lineage[len(lineage)-1]
		switch {
		case user.name == "" && rootImages.MatchString(base.image):
			f := r.at(d.name, d.final().from.span, "the backend runs as root: there is no USER")
			f.key = "USER"
			f.Manual = "Write `USER node` before WORKDIR, and `--chown=node:node` in each COPY. The template of create-app shows how."
			out = append(out, f)
		case len(user.words) == 1 && rootUser(user.words[0].text):
			f := r.at(d.name, user.span, "the backend runs as root")
			f.key = "USER"
			f.Manual = "Write `USER node` as the last USER: the ones before it may be root for what they install."
			out = append(out, f)
		}
	}
	return out
}

func rootUser(user string) bool {
	name, _, _ := strings.Cut(user, ":")
	return name == "root" || name == "0"
}

// made matches paths that a build makes.
var made = regexp.MustCompile(`(?i)(^|/)(yarn\.lock|package-lock\.json|pnpm-lock\.yaml|dist|dist-types|build|out|target|node_modules|site|public|\.yarn|credentials?|secrets?|certs?)(/|$)|\.(tar|gz|tgz|zip|pem|crt|key|env)$|skeleton|bundle`)

// contexts are the folders that may be the context of a Dockerfile: the root, unless it is in a
// folder that has a package of its own and no backend.
func (r *Repo) contexts(d dockerfile) []string {
	dir := path.Dir(d.name)
	if dir == "." {
		return []string{"."}
	}
	return []string{".", dir, path.Dir(dir)}
}

// fromContext are the sources that an instruction copies out of the context.
func (ins instruction) fromContext() []instructionWord {
	if ins.name != "COPY" && ins.name != "ADD" || len(ins.words) < 2 {
		return nil
	}
	if _, other := ins.flags["from"]; other {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(ins.words[:len(ins.words)-1]), func(w instructionWord) bool {
		return strings.ContainsAny(w.text, "$<") || strings.Contains(w.text, "://") || strings.HasPrefix(w.text, "--")
	})
}

// copies finds what COPY cannot find: it does not exist, or .dockerignore leaves it out.
func copies(r *Repo) []Finding {
	var out []Finding
	for _, d := range r.dockerfiles() {
		for _, s := range d.stages {
			for _, ins := range s.list {
				for _, w := range ins.fromContext() {
					if f, ok := r.copied(d, ins, w); ok {
						out = append(out, f)
					}
				}
			}
		}
	}
	return out
}

func (r *Repo) copied(d dockerfile, ins instruction, w instructionWord) (Finding, bool) {
	name := strings.Trim(path.Clean("/"+strings.Trim(w.text, `"'`)), "/")
	span := w.span
	if span.End == 0 {
		span = ins.span
	}
	if name == "" {
		return Finding{}, false
	}
	wild := strings.ContainsAny(name, "*?[")
	there := ""
	for _, context := range r.contexts(d) {
		if wild && r.matchesAny(path.Join(context, name)) || !wild && r.Exists(path.Join(context, name)) {
			there = context
			break
		}
	}
	switch {
	case there == "" && (wild || made.MatchString(name) || r.gitIgnores(name)):
		return Finding{}, false
	case there == "":
		f := r.at(d.name, span, "%s is copied into the image, and does not exist", name)
		f.key = name
		f.Manual = "Make the file, correct the path (it is taken from the context of the build, which is most often the root of the repository), or remove it here. Suppress this if the build makes it."
		return f, true
	case wild || there != ".":
		return Finding{}, false
	}
	rules, by := r.dockerignore(there, d.name)
	if !rules.excludes(name) || rules.keepsSome(name) {
		return Finding{}, false
	}
	f := r.at(d.name, span, "%s is copied into the image, and %s leaves it out", name, by)
	f.key = name
	f.Manual = fmt.Sprintf("Add the line `!%s` at the end of %s, or do not copy it.", name, by)
	return f, true
}

// matchesAny reports whether a file of the repository matches a pattern.
func (r *Repo) matchesAny(pattern string) bool {
	return slices.ContainsFunc(r.Files(), func(name string) bool { return matchPath(pattern, name) })
}

var buildsBackend = regexp.MustCompile(`\byarn (run )?(tsc|build:backend|build:all|build)\b|backstage-cli (package|repo) build|workspace backend build`)

// excludedSources finds images that are built from sources which .dockerignore leaves out.
func excludedSources(r *Repo) []Finding {
	var out []Finding
	for _, d := range r.dockerfiles() {
		rules, by := r.dockerignore(".", d.name)
		if len(rules) == 0 {
			continue
		}
		for _, b := range r.Workspace.Backends {
			sources := b.Path("src")
			if !rules.excludes(sources) || rules.keepsSome(sources) || rules.keepsSome(b.Dir) {
				continue
			}
			for _, s := range d.stages {
				copied := false
				for _, ins := range s.list {
					copied = copied || slices.ContainsFunc(ins.fromContext(), func(w instructionWord) bool {
						name := strings.Trim(path.Clean("/"+w.text), "/")
						return name == "" || name == "packages" || name == b.Dir
					})
					m := buildsBackend.FindString(ins.rest)
					if ins.name != "RUN" || !copied || m == "" {
						continue
					}
					f := r.at(d.name, ins.span, "the image is built from the sources, and %s leaves %s out", by, sources)
					f.key = sources
					f.Manual = fmt.Sprintf("Take the lines for sources (packages/*/src, plugins) out of %s: they are for images of a backend that was built before. See the multi-stage build in Backstage's documentation of Docker.", by)
					out = append(out, f)
					copied = false
				}
			}
		}
	}
	return out
}

// configsOf are the arguments of --config.
func configsOf(words []string) []string {
	var out []string
	for i, w := range words {
		w = strings.Trim(w, `"',`)
		if v, ok := strings.CutPrefix(w, "--config="); ok {
			out = append(out, v)
		} else if w == "--config" && i+1 < len(words) {
			out = append(out, strings.Trim(words[i+1], `"',`))
		}
	}
	return out
}

// configNotCopied finds configuration that the backend is started with, and that the image does
// not have.
func configNotCopied(r *Repo) []Finding {
	var out []Finding
	for _, d := range r.dockerfiles() {
		words, at := d.command()
		if !d.runsBackend() || len(d.lineage()) > 1 {
			continue
		}
		for _, config := range configsOf(words) {
			if path.IsAbs(config) || strings.ContainsAny(config, "$*:") || strings.HasPrefix(config, "..") {
				continue
			}
			config = path.Clean(config)
			why := r.notInImage(d, config)
			if why == "" || r.mountsConfig(config) {
				continue
			}
			f := r.at(d.name, at.span, "the backend is started with --config %s, %s", config, why)
			f.key = config
			f.Detail = "The backend does not start without a file that it is told to read."
			f.Manual = fmt.Sprintf("Copy %s into the image, or take it out of the command. Suppress this if it is mounted.", config)
			out = append(out, f)
		}
	}
	return out
}

// notInImage says why a file of the working directory is not in an image; "" if it is, or may be.
func (r *Repo) notInImage(d dockerfile, name string) string {
	if strings.HasPrefix(name, "packages/") {
		return "" // the archive of the backend may have it
	}
	inRoot := r.Exists(name)
	for _, ins := range d.final().list {
		switch ins.name {
		case "COPY", "ADD":
			if len(ins.words) < 2 {
				return ""
			}
			if _, other := ins.flags["from"]; other {
				if !onlyArchives(ins) {
					return ""
				}
				continue
			}
			for _, w := range ins.words[:len(ins.words)-1] {
				src := strings.Trim(path.Clean("/"+w.text), "/")
				switch {
				case strings.Contains(w.text, "$"), src == "":
					if rules, by := r.dockerignore(".", d.name); src == "" && inRoot && rules.excludes(name) {
						return "which " + by + " leaves out of the image"
					}
					return ""
				case matchPath(src, name) && !strings.ContainsAny(src, "*?["):
					return ""
				case matchPath(src, name), matchPath(src, path.Base(name)):
					if !inRoot && path.Dir(d.name) == "." {
						return "which does not exist"
					}
					if !inRoot {
						return ""
					}
					if rules, by := r.dockerignore(".", d.name); rules.excludes(name) {
						return "which " + by + " leaves out of the image"
					}
					return ""
				case path.Base(ins.words[len(ins.words)-1].text) == path.Base(name), path.Base(src) == path.Base(name):
					return "" // under another name
				case path.Dir(name) != "." && strings.HasPrefix(name, path.Base(src)+"/"), path.Ext(src) == "" && !strings.HasPrefix(src, ".yarn") && src != "plugins" && src != "packages" && src != "examples":
					return "" // a folder may have it
				}
			}
		case "RUN":
			if strings.Contains(ins.rest, path.Base(name)) {
				return ""
			}
		}
	}
	return "which is not copied into the image"
}

// onlyArchives reports whether what comes from another stage is the archives of a build alone.
func onlyArchives(ins instruction) bool {
	return !slices.ContainsFunc(ins.words[:len(ins.words)-1], func(w instructionWord) bool {
		base := path.Base(w.text)
		return !strings.HasSuffix(base, ".tar.gz") && base != "yarn.lock" && base != "package.json" && base != ".yarn" && base != ".yarnrc.yml" && base != "backstage.json"
	})
}

// mountsConfig reports whether a manifest, compose file or script speaks of a configuration file:
// it may be put into the container.
func (r *Repo) mountsConfig(name string) bool {
	base := path.Base(name)
	return slices.ContainsFunc(r.Files(), func(file string) bool {
		if isDockerfile(file) || path.Base(file) == "package.json" || path.Ext(file) == ".md" || !setsVariables(file) {
			return false
		}
		src, err := r.ReadFile(file)
		return err == nil && len(src) <= maxMentions && strings.Contains(string(src), base)
	})
}
