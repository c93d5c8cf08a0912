package check

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// rootImages are images whose user is root unless USER says otherwise: those of Docker's library,
// from a mirror as well, and some without a shell.
var rootImages = regexp.MustCompile(`^(([\w.:-]+/)*library/|docker\.io/|mirror\.gcr\.io/)?(node|debian|ubuntu|alpine)(:[^@]*)?(@.*)?$|` +
	`^gcr\.io/distroless/nodejs\d*-debian\d+(:(latest|debug)(@.*)?)?$|^(cgr\.dev/)?chainguard/wolfi-base(:|@|$)|^registry\.access\.redhat\.com/ubi\d+(/ubi(-minimal)?)?(:|@|$)`)

// dropsRoot matches programs that start another as another user.
var dropsRoot = regexp.MustCompile(`\b(gosu|su-exec|setpriv|runuser|chroot|sudo|s6-setuidgid)\b|\bsu\s+(-\w+\s+)*\w`)

// runsAsRoot finds images that start the backend as root, and manifests that make it run so.
func runsAsRoot(r *Repo) []Finding {
	var out []Finding
	unprivileged := r.neverRoot()
	for _, d := range r.dockerfiles() {
		words, _ := d.command()
		if !d.runsBackend() || dropsRoot.MatchString(strings.Join(words, " ")) || r.scriptDropsRoot(words) {
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
		var f Finding
		switch {
		case user.name == "" && rootImages.MatchString(base.image):
			f = r.at(d.name, d.final().from.span, "the backend runs as root: there is no USER")
			f.Manual = "Write `USER node` before WORKDIR, and `--chown=node:node` in each COPY. The template of create-app shows how."
		case len(user.words) == 1 && rootUser(user.words[0].text):
			f = r.at(d.name, user.span, "the backend runs as root")
			f.Manual = "Write `USER node` as the last USER: the ones before it may be root for what they install."
		default:
			continue
		}
		f.key = "USER"
		if f.note = unprivileged; f.note {
			f.Detail = "The manifests of the repository run it as another user; elsewhere it is root."
		}
		out = append(out, f)
	}
	for _, c := range r.containers() {
		if !c.own {
			continue
		}
		user := c.spec.Get("user")
		if c.kubernetes() {
			user = c.spec.Get("securityContext").Get("runAsUser")
			if user.Kind() == yamledit.Missing {
				user = c.workload.Get("spec").Get("template").Get("spec").Get("securityContext").Get("runAsUser")
			}
		}
		if user.Kind() == yamledit.Missing || !rootUser(user.String()) {
			continue
		}
		f := r.inDoc(c.doc, user.Span(), "the container %s runs as root", c.name)
		f.key, f.note = c.name+" user", !c.kubernetes()
		f.Manual = "Take it out, if the image has a user of its own, or name another user."
		out = append(out, f)
	}
	return out
}

// neverRoot reports whether there are manifests for the backend, and all of them run it as another
// user than root.
func (r *Repo) neverRoot() bool {
	some := false
	for _, c := range r.containers() {
		if !c.own || !c.kubernetes() || len(c.deployed) == 0 {
			continue
		}
		some = true
		if !c.everywhere(func(workload, spec tree) bool {
			for _, at := range []tree{spec.get("securityContext"), workload.get("spec", "template", "spec", "securityContext")} {
				if user := at.get("runAsUser").text(); user != "" {
					return user != "0"
				}
			}
			return false
		}) {
			return false
		}
	}
	return some
}

// scriptDropsRoot reports whether the command is a script that may start the backend as another
// user: one of the repository that says so, or one that it does not have.
func (r *Repo) scriptDropsRoot(words []string) bool {
	for _, w := range words {
		if path.Ext(w) != ".sh" {
			continue
		}
		found := false
		for _, name := range r.Files() {
			if path.Base(name) != path.Base(w) {
				continue
			}
			found = true
			if src, err := r.ReadFile(name); err == nil && dropsRoot.Match(src) {
				return true
			}
		}
		if !found {
			return true
		}
	}
	return false
}

func rootUser(user string) bool {
	name, _, _ := strings.Cut(strings.Trim(user, `"'`), ":")
	return name == "root" || name == "0"
}

// made matches paths that a build makes.
var made = regexp.MustCompile(`(?i)(^|/)(yarn\.lock|package-lock\.json|pnpm-lock\.yaml|dist|dist-types|build|out|target|node_modules|site|public|\.yarn|credentials?|secrets?|certs?)(/|$)|\.(tar|gz|tgz|zip|pem|crt|key|env)$|skeleton|bundle`)

// contexts are the folders that may be the context of a Dockerfile: the root, and those on the way
// to it.
func contexts(d dockerfile) []string {
	out := []string{"."}
	dir := path.Dir(d.name)
	if dir == "." {
		return out
	}
	for i, c := range dir {
		if c == '/' {
			out = append(out, dir[:i])
		}
	}
	return append(out, dir)
}

// context is the folder that has most of what a Dockerfile copies: the root, if others have no
// more.
func (r *Repo) context(d dockerfile) string {
	for _, b := range d.backends { // of an app in a folder
		if dir, ok := strings.CutSuffix(path.Dir(d.name), "/"+b); ok {
			return dir
		}
	}
	best, most := ".", 0
	for _, dir := range contexts(d) {
		n := 0
		for _, s := range d.stages {
			for _, ins := range s.list {
				for _, w := range ins.fromContext() {
					name := strings.Trim(path.Clean("/"+w.text), "/")
					if name != "" && !strings.ContainsAny(name, "*?[") && r.Exists(path.Join(dir, name)) {
						n++
					}
				}
			}
		}
		if n > most {
			best, most = dir, n
		}
	}
	return best
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

// copies finds what COPY cannot find: it does not exist, .dockerignore leaves it out, or the stage
// that it is to come from is not there.
func copies(r *Repo) []Finding {
	var out []Finding
	for _, d := range r.dockerfiles() {
		told := false // of what the build of the backend makes
		for i, s := range d.stages {
			for _, ins := range s.list {
				if f, ok := r.copiedFrom(d, i, ins); ok {
					out = append(out, f)
				}
				for _, w := range ins.fromContext() {
					f, ok := r.copied(d, ins, w)
					if built := r.builtBackend(f.key); !ok || built && told {
						continue
					} else if built {
						told = true
						if f.note = r.otherImage(d); f.note {
							f.Detail += " Another Dockerfile starts the backend too: this one may be left over."
						}
					}
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// stageName matches names that people give to stages, and nobody to images.
var stageName = regexp.MustCompile(`(?i)^(build(er)?|packages?|deps|dependencies|install(er)?|base|prod(uction)?|compile|stage-?\w*|(backend|frontend|app)-?build(er)?|\d+)$`)

// copiedFrom finds a COPY from a stage that is not there.
func (r *Repo) copiedFrom(d dockerfile, stage int, ins instruction) (Finding, bool) {
	from, ok := ins.flags["from"]
	if !ok || ins.name != "COPY" || !stageName.MatchString(from) || d.stage(from, stage) >= 0 {
		return Finding{}, false
	}
	var names []string
	for i, s := range d.stages {
		if strings.EqualFold(s.as, from) && i >= stage {
			names = []string{s.as + " comes later"}
			break
		}
		if s.as != "" && i < stage {
			names = append(names, s.as)
		}
	}
	f := r.at(d.name, ins.span, "there is no stage %s to copy from", from)
	f.key = "from " + from
	f.Detail = "Docker takes it for the name of an image, then."
	f.Manual = "Correct the name."
	if len(names) > 0 {
		f.Manual = "Correct the name; the stages before are: " + strings.Join(names, ", ") + "."
	}
	return f, true
}

func (r *Repo) copied(d dockerfile, ins instruction, w instructionWord) (Finding, bool) {
	name := strings.Trim(path.Clean("/"+strings.Trim(w.text, `"'`)), "/")
	span := w.span
	if span.End == 0 {
		span = ins.span
	}
	if name == "" || name == "." {
		return Finding{}, false
	}
	wild := strings.ContainsAny(name, "*?[")
	there := ""
	for _, context := range contexts(d) {
		if wild && r.matchesAny(path.Join(context, name)) || !wild && r.Exists(path.Join(context, name)) {
			there = context
			break
		}
	}
	built := r.builtBackend(name)
	if there == "" && built && r.context(d) == "." {
		there = "."
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
	if built {
		f.Detail = "`yarn build:backend` makes it before the image is built."
	}
	return f, true
}

// otherImage reports whether another Dockerfile is there for the backend, so that this one may be
// left over.
func (r *Repo) otherImage(d dockerfile) bool {
	return slices.ContainsFunc(r.dockerfiles(), func(o dockerfile) bool { return o.name != d.name && o.runsBackend() })
}

// builtBackend reports whether a file is an archive that the build of a backend makes.
func (r *Repo) builtBackend(name string) bool {
	return slices.ContainsFunc(r.Workspace.Backends, func(b *workspace.Backend) bool {
		return name == b.Path("dist/bundle.tar.gz") || name == b.Path("dist/skeleton.tar.gz")
	})
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
		if r.context(d) != "." {
			continue
		}
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
// not have. What the repository does not have either may come from elsewhere.
func configNotCopied(r *Repo) []Finding {
	var out []Finding
	for _, d := range r.dockerfiles() {
		words, at := d.command()
		if !d.runsBackend() {
			continue
		}
		files := r.imageReader(d)
		seen := map[string]bool{}
		for _, config := range configsOf(words) {
			if path.IsAbs(config) || strings.ContainsAny(config, "$*:`") || strings.HasPrefix(config, "..") || seen[config] {
				continue
			}
			seen[config] = true
			config = path.Clean(config)
			if strings.HasPrefix(config, "packages/") || strings.HasPrefix(config, "plugins/") {
				continue // the archive of the backend may have it
			}
			found, why := files.hasFile(config)
			if found != absent || r.mountsConfig(config) {
				continue
			}
			note := false
			if why == "" {
				why = "which is not copied into the image"
				if !r.Exists(path.Join(files.context, config)) {
					why, note = "which is neither in the image nor in the repository", true
				}
			}
			f := r.at(d.name, at.span, "the backend is started with --config %s, %s", config, why)
			f.key, f.note = config, note
			f.Detail = "The backend does not start without a file that it is told to read."
			f.Manual = fmt.Sprintf("Copy %s into the image, or take it out of the command. Suppress this if it is mounted.", config)
			out = append(out, f)
		}
	}
	return out
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
