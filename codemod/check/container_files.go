package check

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// presence is what is known of a file in an image.
type presence uint8

const (
	absent   presence = iota // nothing puts it there
	possible                 // something may
	there
)

// imageReader looks for files in the images of a Dockerfile.
type imageReader struct {
	r       *Repo
	d       dockerfile
	context string // folder of the repository
	ignore  ignoreRules
	by      string // the file that ignore is from
	stages  []imageStage
	steps   int // left, so that stages that copy from one another end
}

// imageStage is what the instructions of a stage come to.
type imageStage struct {
	parent int        // the stage that it is made from; -1 for an image
	known  bool       // the image that it is made from has nothing of an app
	dir    string     // WORKDIR at last; "" if not known
	list   []imageAct // what changes files, in their order
}

type imageAct struct {
	ins  instruction
	from int      // the stage that COPY takes from; -1 for the context, -2 for what is not known
	src  []string // with variables replaced; nil if not known
	dest string   // clean and absolute; "" if not known
	dir  bool     // dest is a folder for sure
	vars map[string]string
}

func (r *Repo) imageReader(d dockerfile) *imageReader {
	context := r.context(d)
	rules, by := r.dockerignore(context, d.name)
	w := &imageReader{r: r, d: d, context: context, ignore: rules, by: by, steps: 5000}
	for i, s := range d.stages {
		st := imageStage{parent: d.stage(s.image, i), dir: "/"}
		vars := map[string]string{}
		if st.parent >= 0 {
			st.dir, st.known = w.stages[st.parent].dir, true
		} else if st.known = plainImage.MatchString(s.image); !st.known {
			st.dir = ""
		}
		for _, ins := range s.list {
			switch ins.name {
			case "ARG", "ENV":
				setVariables(ins, vars, d.args)
			case "WORKDIR":
				st.dir = inDir(st.dir, strings.Trim(ins.rest, `"'`), vars)
			case "RUN":
				st.list = append(st.list, imageAct{ins: ins, vars: vars})
			case "COPY", "ADD":
				st.list = append(st.list, w.copying(ins, i, st.dir, vars))
			}
		}
		w.stages = append(w.stages, st)
	}
	return w
}

// plainImage matches images that have a system and perhaps Node, and nothing at the places where
// apps are.
var plainImage = regexp.MustCompile(`(^|/)(node|debian|ubuntu|alpine|busybox|scratch|wolfi-base|nodejs-\d+(-minimal)?|ubi(-minimal|-micro)?|nodejs\d*-debian\d+)(:|@|$)`)

func setVariables(ins instruction, vars, args map[string]string) {
	words := ins.words
	if ins.name == "ENV" && len(words) >= 2 && !strings.Contains(words[0].text, "=") {
		words = []instructionWord{{text: words[0].text + "=" + words[1].text}}
	}
	for _, w := range words {
		key, value, set := strings.Cut(w.text, "=")
		if !set {
			if v, ok := args[key]; ok {
				vars[key] = v
			}
			continue
		}
		if v, ok := expandVariables(strings.Trim(value, `"'`), vars); ok {
			vars[key] = v
		} else {
			delete(vars, key)
		}
	}
}

// inDir is a path as an instruction means it; "" if that is not known.
func inDir(dir, name string, vars map[string]string) string {
	name, ok := expandVariables(name, vars)
	if !ok || strings.Contains(name, "$") {
		return ""
	}
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	if dir == "" {
		return ""
	}
	return path.Join(dir, name)
}

func (w *imageReader) copying(ins instruction, stage int, dir string, vars map[string]string) imageAct {
	act := imageAct{ins: ins, from: -1}
	if from, ok := ins.flags["from"]; ok {
		name, known := expandVariables(from, w.d.args)
		if act.from = w.d.stage(name, stage); act.from < 0 || !known {
			act.from = -2
		}
	}
	if len(ins.words) < 2 || len(ins.heredoc) > 0 {
		act.from = -2
		return act
	}
	last := strings.Trim(ins.words[len(ins.words)-1].text, `"'`)
	act.dest = inDir(dir, last, vars)
	act.dir = strings.HasSuffix(last, "/") || last == "." || len(ins.words) > 2 || act.dest == dir
	for _, word := range ins.words[:len(ins.words)-1] {
		src, ok := expandVariables(strings.Trim(word.text, `"'`), vars)
		if !ok || strings.Contains(src, "://") {
			act.from = -2
			return act
		}
		act.src = append(act.src, src)
	}
	return act
}

// find says whether a file is in the image that a stage makes: name is absolute and clean. why
// says, if it is absent, what keeps it out.
func (w *imageReader) find(stage int, name string) (found presence, why string) {
	for stage >= 0 {
		st := w.stages[stage]
		for i := len(st.list) - 1; i >= 0; i-- {
			if w.steps--; w.steps < 0 {
				return possible, ""
			}
			p, reason := w.after(st.list[i], name)
			if p != absent {
				return p, ""
			}
			if why == "" {
				why = reason
			}
		}
		if st.parent < 0 && !st.known {
			return possible, ""
		}
		stage = st.parent
	}
	return absent, why
}

// makesFiles matches commands that may put a file there which they do not name.
var makesFiles = regexp.MustCompile(`(^|[\s;&|(])(cp|mv|ln|rsync|tee|sh|bash)\s[^;&|]*(config|\*|\s-\w*[rRas]|\.sh\b)|(^|[\s;&|(])(git\s+clone|unzip|envsubst|\./\S+)`)

// ownArchive matches the archives that the build of a backend makes: no configuration is in them.
var ownArchive = regexp.MustCompile(`tar\s+-?[a-z]+\s+\S*(skeleton|bundle)\.tar\.gz`)

var archive = regexp.MustCompile(`\.(tar(\.\w+)?|tgz)$`)

// after says whether an instruction puts a file there.
func (w *imageReader) after(act imageAct, name string) (presence, string) {
	if act.ins.name == "RUN" {
		run := act.ins.rest + strings.Join(act.ins.heredoc, "\n")
		if strings.Contains(run, path.Base(name)) || makesFiles.MatchString(run) || strings.Contains(run, "tar ") && !ownArchive.MatchString(run) {
			return possible, ""
		}
		return absent, ""
	}
	if act.from == -2 || act.dest == "" {
		return possible, ""
	}
	rel, below := below(act.dest, name)
	if !below {
		return absent, ""
	}
	best, why := absent, ""
	for _, src := range act.src {
		if act.ins.name == "ADD" && archive.MatchString(src) && !ownArchive.MatchString("tar x "+src) {
			return possible, "" // what is in it is there
		}
		p, reason := w.from(act, src, rel)
		best = max(best, p)
		if why == "" {
			why = reason
		}
	}
	return best, why
}

// below is the path of a file within a folder; "" for the folder itself.
func below(dir, name string) (string, bool) {
	if name == dir {
		return "", true
	}
	return strings.CutPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

// from says whether a source of COPY gives the file with a path below the destination.
func (w *imageReader) from(act imageAct, src, rel string) (presence, string) {
	clean := path.Clean("/" + src)
	base := path.Base(clean)
	wild := strings.ContainsAny(clean, "*?[")
	// As a file it is there under its own name, or under that of the destination.
	asFile := ""
	switch {
	case wild:
		if ok, err := path.Match(base, path.Base(rel)); err == nil && ok && act.dir && !strings.Contains(rel, "/") {
			asFile = path.Join(path.Dir(clean), rel)
		}
	case act.dir && rel == base, rel == "":
		asFile = clean
	}
	if asFile != "" {
		if p, why := w.source(act, asFile); p != absent || why != "" {
			return p, why
		}
	}
	if rel == "" {
		return absent, ""
	}
	if wild {
		// A folder that matches gives its content.
		if act.from >= 0 || path.Base(clean) == "*" {
			return possible, ""
		}
		return absent, ""
	}
	if w.isFile(act, clean) {
		return absent, ""
	}
	// As a folder its content is there.
	return w.source(act, path.Join(clean, rel))
}

// isFile reports whether a source of COPY is no folder, as the repository or its name says.
func (w *imageReader) isFile(act imageAct, name string) bool {
	if at := path.Join(w.context, name); act.from < 0 && w.r.Exists(at) {
		_, found := slices.BinarySearch(w.r.Files(), at)
		return found
	}
	return fileName.MatchString(path.Base(name))
}

var fileName = regexp.MustCompile(`[^.]\.(gz|tgz|tar|zip|json|lock|ya?ml|[cm]?[jt]sx?|md|sh|pem|crt)$`)

// archived matches configuration where the archives of a backend's build are unpacked: they have
// none.
var archived = regexp.MustCompile(`(^|/)(skeleton|bundle)/app-config[^/]*$`)

// source says whether the context, or a stage, has a file.
func (w *imageReader) source(act imageAct, name string) (presence, string) {
	if act.from >= 0 {
		return w.find(act.from, name)
	}
	name = strings.TrimPrefix(name, "/")
	switch {
	case !w.r.Exists(path.Join(w.context, name)):
		if archived.MatchString(name) {
			return absent, ""
		}
		if !strings.HasPrefix(path.Base(name), "app-config") && made.MatchString(name) || w.r.gitIgnores(name) {
			return possible, "" // a step before the build may make it
		}
		return absent, ""
	case w.ignore.excludes(name):
		return absent, "which " + w.by + " leaves out of the image"
	}
	return there, ""
}

// hasFile says whether the final image has a file, by its name as the backend is given it.
func (w *imageReader) hasFile(name string) (found presence, why string) {
	final := len(w.stages) - 1
	if !path.IsAbs(name) {
		if w.stages[final].dir == "" {
			return possible, ""
		}
		name = path.Join(w.stages[final].dir, name)
	}
	return w.find(final, path.Clean(name))
}
