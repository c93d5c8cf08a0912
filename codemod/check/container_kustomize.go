package check

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/yamledit"
)

// Kustomizations are read as far as they say plainly what becomes of a workload: its resources,
// bases, components, patches, images and replicas. What is said otherwise makes the workloads
// that it may be about unknown.
// Source: the reference of kustomization.yaml in the documentation of kustomize.

// object is a workload as it is deployed.
type object struct {
	file    string // the manifest that it is from
	offset  int    // of its document in the file
	by      string // the kustomization that makes it; "" for the manifest as it is
	unknown bool   // something makes another one of it, and it is not known which
	tree    tree

	containers map[string]tree // by name
}

// tree is a value of a YAML document; the zero tree is that of no value.
type tree struct{ v any }

func (t tree) get(keys ...string) tree {
	for _, k := range keys {
		m, _ := t.v.(map[string]any)
		t = tree{m[k]}
	}
	return t
}

func (t tree) items() []any { list, _ := t.v.([]any); return list }

func (t tree) text() string {
	if t.v == nil {
		return ""
	}
	return fmt.Sprint(t.v)
}

// empty reports whether there is no value, or a mapping or list of nothing.
func (t tree) empty() bool {
	switch v := t.v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

func isKustomization(name string) bool {
	base := strings.ToLower(path.Base(name)) // as file systems of developers' machines have it
	return base == "kustomization.yaml" || base == "kustomization.yml" || base == "kustomization"
}

// kustomizer lays kustomizations over manifests.
type kustomizer struct {
	r       *Repo
	files   map[string]tree // kustomizations by their folder
	names   map[string]string
	read    map[string][]any    // the documents of patches by their file
	objects map[string][]object // the workloads of manifests by their file
	steps   int                 // left: bases that are used again and again come to an end
	spent   bool                // there were too many
}

const maxKustomized = 3000 // manifests that kustomizations are laid over

// kustomized are the workloads that the repository's kustomizations make, by file and offset,
// and the files that they name: resources and patches.
func (r *Repo) kustomized() (made map[string][]object, named map[string]bool) {
	k := &kustomizer{r: r, files: map[string]tree{}, names: map[string]string{}, read: map[string][]any{}, objects: map[string][]object{}, steps: maxKustomized}
	for _, name := range r.Files() {
		if !isKustomization(name) {
			continue
		}
		if t, ok := k.decode(name); ok {
			k.files[path.Dir(name)], k.names[path.Dir(name)] = t, name
		}
	}
	made, named = map[string][]object{}, map[string]bool{}
	if len(k.files) == 0 {
		return made, named
	}
	used := map[string]bool{} // by another one
	dirs := make([]string, 0, len(k.files))
	for dir, t := range k.files {
		dirs = append(dirs, dir)
		if t.get("kind").text() == "Component" {
			used[dir] = true
		}
		for _, name := range k.references(dir, t) {
			if _, ok := k.files[name]; ok && name != dir {
				used[name] = true
			}
			named[name] = true
		}
		for _, p := range k.patches(dir, t) {
			if p.file != "" {
				named[p.file] = true
			}
		}
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		if used[dir] {
			continue
		}
		for _, o := range k.render(dir, nil) {
			o.by = k.names[dir]
			o.unknown = o.unknown || k.spent
			id := documentID(o.file, o.offset)
			made[id] = append(made[id], o)
		}
	}
	if k.spent {
		for id := range made {
			for i := range made[id] {
				made[id][i].unknown = true
			}
		}
	}
	return made, named
}

func documentID(file string, offset int) string { return file + "#" + strconv.Itoa(offset) }

func (k *kustomizer) decode(name string) (tree, bool) {
	src, err := k.r.ReadFile(name)
	if err != nil || len(src) > maxMentions {
		return tree{}, false
	}
	t := decodeTree(src)
	return t, t.v != nil
}

// decodeTree is the value of one document; the zero tree if it cannot be read.
func decodeTree(src []byte) tree {
	d, err := yamledit.Parse("", src)
	if err != nil {
		return tree{}
	}
	var v any
	if d.Root().Decode(&v) != nil {
		return tree{}
	}
	return tree{v}
}

// references are what a kustomization takes in, as paths of the repository.
func (k *kustomizer) references(dir string, t tree) []string {
	var out []string
	for _, field := range []string{"resources", "bases", "components"} {
		for _, item := range t.get(field).items() {
			if name := fmt.Sprint(item); !strings.Contains(name, "://") && !path.IsAbs(name) {
				out = append(out, path.Join(dir, name))
			}
		}
	}
	return out
}

// render are the workloads that a kustomization makes. above are those that take it in.
func (k *kustomizer) render(dir string, above []string) []object {
	t, ok := k.files[dir]
	if !ok || slices.Contains(above, dir) {
		return nil
	}
	above = append(slices.Clip(above), dir)
	var out []object
	for _, name := range k.references(dir, t) {
		if k.steps--; k.steps < 0 {
			k.spent = true
			return nil
		}
		if sub, ok := k.files[name]; ok {
			if sub.get("kind").text() != "Component" {
				out = append(out, k.render(name, above)...)
			}
			continue
		}
		out = append(out, k.manifest(name)...)
	}
	for _, item := range t.get("components").items() {
		name := path.Join(dir, fmt.Sprint(item))
		c, ok := k.files[name]
		if !ok || c.get("kind").text() != "Component" {
			spoil(out) // from elsewhere, or not to be read
			continue
		}
		out = append(out, k.render(name, above)...)
		k.apply(name, c, out)
	}
	if t.get("kind").text() != "Component" { // its patches are for what it is taken into
		k.apply(dir, t, out)
	}
	return out
}

func spoil(list []object) {
	for i := range list {
		list[i].unknown = true
	}
}

// manifest are the workloads of a file.
func (k *kustomizer) manifest(name string) []object {
	list, known := k.objects[name]
	if !known {
		list = k.workloads(name)
		k.objects[name] = list
	}
	out := slices.Clone(list)
	for i := range out {
		out[i].tree = tree{clone(out[i].tree.v)}
	}
	return out
}

func (k *kustomizer) workloads(name string) []object {
	if !k.r.Exists(name) || !k.r.isManifest(name) {
		return nil
	}
	var out []object
	for _, d := range k.r.yamlDocs(name) {
		if d.err != nil {
			continue
		}
		switch d.doc.Root().Get("kind").String() {
		case "Deployment", "StatefulSet":
			if t := decodeTree(d.doc.Source()); t.v != nil {
				out = append(out, object{file: name, offset: d.offset, tree: t})
			}
		}
	}
	return out
}

// apply lays what a kustomization says over workloads.
func (k *kustomizer) apply(dir string, t tree, list []object) {
	if !t.get("transformers").empty() {
		spoil(list)
	}
	for _, p := range k.patches(dir, t) {
		for i := range list {
			p.apply(&list[i])
		}
	}
	for _, item := range t.get("replicas").items() {
		for i := range list {
			spec, _ := list[i].tree.get("spec").v.(map[string]any)
			if n := (tree{item}); spec != nil && n.get("name").text() == list[i].tree.get("metadata", "name").text() {
				spec["replicas"] = n.get("count").v
			}
		}
	}
	for _, item := range t.get("images").items() {
		for i := range list {
			for _, c := range list[i].tree.get("spec", "template", "spec", "containers").items() {
				if m, ok := c.(map[string]any); ok {
					m["image"] = replaceImage(fmt.Sprint(m["image"]), tree{item})
				}
			}
		}
	}
}

// replaceImage is an image as an entry of "images" makes it.
func replaceImage(image string, by tree) string {
	name, tag := splitImage(image)
	if name != by.get("name").text() {
		return image
	}
	if s := by.get("newName").text(); s != "" {
		name = s
	}
	switch newTag, digest := by.get("newTag").text(), by.get("digest").text(); {
	case digest != "":
		return name + "@" + digest
	case newTag != "":
		return name + ":" + newTag
	}
	return name + tag
}

// splitImage is the name of an image, and its tag or digest with the colon or "@" before it.
func splitImage(image string) (name, tag string) {
	if i := strings.IndexByte(image, '@'); i >= 0 {
		return image[:i], image[i:]
	}
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i], image[i:]
	}
	return image, ""
}

// kustomizePatch is one patch of a kustomization.
type kustomizePatch struct {
	file   string // the file that it is in; "" for one that is written in the kustomization
	target tree   // what it is for; none if the patch itself says that
	body   any    // a mapping, or a list of operations; nil if it cannot be read
}

// patches are those of a kustomization, in the order in which they are made.
func (k *kustomizer) patches(dir string, t tree) []kustomizePatch {
	var out []kustomizePatch
	add := func(target tree, file, inline string) {
		p := kustomizePatch{target: target}
		var bodies []any
		if file == "" {
			bodies = documents([]byte(inline))
		} else {
			p.file = path.Join(dir, file)
			bodies = k.patchFile(p.file)
		}
		if len(bodies) == 0 {
			bodies = []any{nil}
		}
		for _, p.body = range bodies {
			out = append(out, p)
		}
	}
	for _, item := range t.get("patchesStrategicMerge").items() {
		if s := fmt.Sprint(item); strings.Contains(s, "\n") {
			add(tree{}, "", s)
		} else {
			add(tree{}, s, "")
		}
	}
	for _, field := range []string{"patches", "patchesJson6902"} {
		for _, item := range t.get(field).items() {
			p := tree{item}
			if s, ok := item.(string); ok {
				add(tree{}, s, "") // as older versions had it
				continue
			}
			add(p.get("target"), p.get("path").text(), p.get("patch").text())
		}
	}
	return out
}

// patchFile is the documents of a patch's file.
func (k *kustomizer) patchFile(name string) []any {
	bodies, known := k.read[name]
	if !known {
		if src, err := k.r.ReadFile(name); err == nil && len(src) <= maxMentions {
			bodies = documents(src)
		}
		k.read[name] = bodies
	}
	return bodies
}

// documents are the values of a YAML file's documents; nil in the place of one that cannot be
// read.
func documents(src []byte) []any {
	var out []any
	for _, part := range splitDocuments(src) {
		out = append(out, decodeTree(src[part.Start:part.End]).v)
	}
	return out
}

// apply makes a patch, if it is for the workload.
func (p kustomizePatch) apply(o *object) {
	kind, name := o.tree.get("kind").text(), o.tree.get("metadata", "name").text()
	if p.target.v != nil {
		if t := p.target.get("kind").text(); t != "" && !wholly(t, kind) {
			return
		}
		if t := p.target.get("name").text(); t != "" && !wholly(t, name) {
			return
		}
		if !p.target.get("labelSelector").empty() || !p.target.get("annotationSelector").empty() {
			o.unknown = true
			return
		}
	} else if m, ok := p.body.(map[string]any); ok {
		if t := (tree{m}); t.get("kind").text() != kind || t.get("metadata", "name").text() != name {
			return
		}
	}
	switch body := clone(p.body).(type) { // it may be for several
	case map[string]any:
		merged, _ := mergeStrategic(o.tree.v, body).(map[string]any)
		o.tree = tree{merged}
	case []any:
		for _, op := range body {
			if !patchJSON(o.tree.v, tree{op}) {
				o.unknown = true
			}
		}
	default:
		o.unknown = true
	}
}

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	}
	return v
}

// wholly reports whether a pattern matches a name as a whole.
func wholly(pattern, name string) bool {
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	return pattern == name || err == nil && re.MatchString(name)
}

// mergeKeys are the keys by which a list's items are told apart, where it is merged at all.
var mergeKeys = []string{"name", "containerPort", "mountPath"}

// mergeStrategic lays a strategic merge patch over a value.
func mergeStrategic(base, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return mergeLists(base, patch)
	}
	b, ok := base.(map[string]any)
	if !ok || p["$patch"] == "replace" {
		b = map[string]any{}
	}
	if p["$patch"] == "delete" {
		return nil
	}
	for key, v := range p {
		switch {
		case strings.HasPrefix(key, "$"):
		case v == nil:
			delete(b, key)
		default:
			b[key] = mergeStrategic(b[key], v)
		}
	}
	return b
}

func mergeLists(base, patch any) any {
	p, okP := patch.([]any)
	b, okB := base.([]any)
	if !okP || !okB {
		return patch
	}
	key := ""
	for _, k := range mergeKeys {
		if !slices.ContainsFunc(p, func(item any) bool { return (tree{item}).get(k).v == nil }) {
			key = k
			break
		}
	}
	if key == "" {
		return patch
	}
	out := slices.Clone(b)
	for _, item := range p {
		id := tree{item}.get(key).text()
		i := slices.IndexFunc(out, func(o any) bool { return tree{o}.get(key).text() == id })
		if i < 0 {
			out = append(out, mergeStrategic(nil, item))
		} else if out[i] = mergeStrategic(out[i], item); out[i] == nil {
			out = slices.Delete(out, i, i+1)
		}
	}
	return out
}

// patchJSON makes one operation of a JSON patch; false if that cannot be done.
func patchJSON(root any, op tree) bool {
	keys := strings.Split(op.get("path").text(), "/")
	if len(keys) < 2 || keys[0] != "" {
		return false
	}
	at := root
	for _, key := range keys[1 : len(keys)-1] {
		switch v := at.(type) {
		case map[string]any:
			at = v[unescape(key)]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return false
			}
			at = v[i]
		default:
			return false
		}
	}
	m, ok := at.(map[string]any)
	last := unescape(keys[len(keys)-1])
	if !ok {
		// What is added to lists, such as variables, changes nothing that is asked for.
		_, ok = at.([]any)
		return ok && (op.get("op").text() == "add" && last == "-" || !strings.HasSuffix(keys[len(keys)-2], "ontainers"))
	}
	switch op.get("op").text() {
	case "add", "replace":
		m[last] = op.get("value").v
	case "remove":
		delete(m, last)
	case "test":
	default:
		return false
	}
	return true
}

func unescape(key string) string { return strings.NewReplacer("~1", "/", "~0", "~").Replace(key) }

// newTags are the entries of kustomizations' images that say a tag of no version.
func (r *Repo) newTags() []Finding {
	var out []Finding
	for _, name := range r.Files() {
		if !isKustomization(name) || !r.isManifest(name) {
			continue
		}
		for _, d := range r.yamlDocs(name) {
			if d.err != nil {
				continue
			}
			for image := range d.doc.Root().Get("images").Elements() {
				tag := image.Get("newTag")
				full := image.Get("newName").String()
				if full == "" {
					full = image.Get("name").String()
				}
				if tag.String() == "latest" && strings.Contains(strings.ToLower(full+image.Get("name").String()), "backstage") {
					f := r.inDoc(d, tag.Span(), "the image %s:latest is of no version", full)
					f.key = full
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// splitDocuments are the parts of a YAML file that are documents of their own and not empty.
func splitDocuments(src []byte) []text.Span {
	var out []text.Span
	add := func(start, end int) {
		if strings.TrimSpace(string(src[start:end])) != "" {
			out = append(out, text.Span{Start: start, End: end})
		}
	}
	start := 0
	for at := 0; at < len(src); {
		end := text.LineEnd(src, at)
		if line := strings.TrimRight(string(src[at:end]), " \t\r\n"); line == "---" || strings.HasPrefix(line, "--- ") {
			add(start, at)
			start = end
			if strings.HasPrefix(line, "--- ") && !strings.HasPrefix(strings.TrimSpace(line[4:]), "#") {
				start = at
			}
		}
		at = end
	}
	add(start, len(src))
	return out
}
