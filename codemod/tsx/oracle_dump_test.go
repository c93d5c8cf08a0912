package tsx_test

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/batten-dev/batten/codemod/tsx"
)

// named marks the kinds of named nodes in a dump.
const named = 0x10000

// dumpNode is a node as the oracle has it. Offsets are bytes.
type dumpNode struct {
	kind       string
	named      bool
	field      string
	start, end int
	children   int
	size       int // nodes of the subtree, this one included
}

// dumpTree is a tree in preorder.
type dumpTree struct {
	nodes []dumpNode
	took  float64 // seconds that the oracle needed
}

// broken reports whether the subtree at i has an error, or a token that is not in the source.
func (d *dumpTree) broken(i int) bool {
	for j := i; j < i+d.nodes[i].size; j++ {
		n := d.nodes[j]
		if n.kind == "ERROR" || n.start == n.end && n.children == 0 && j > 0 {
			return true
		}
	}
	return false
}

// dump runs the oracle over files, in two processes, and calls f with each tree. Dumps are
// kept in dir; a dump that is there is not made again.
func dump(t testing.TB, dir, tool string, files []corpusFile, f func(i int, src []byte, tree *dumpTree)) {
	t.Helper()
	script, err := os.ReadFile("testdata/oracle/dump.mjs")
	if err != nil {
		t.Fatal(err)
	}
	list := dumpList(files)
	base := filepath.Join(dir, "dump-"+key(script, []byte(list)))
	const processes = 2
	var wg sync.WaitGroup
	errs := make([]error, processes)
	for p := range processes {
		out := base + "-" + strconv.Itoa(p)
		if exists(out + ".json") {
			continue
		}
		wg.Go(func() {
			errs[p] = runDump(tool, base+".list", list, out, p, processes)
		})
	}
	wg.Wait()
	for p := range processes {
		if errs[p] != nil {
			t.Fatal(errs[p])
		}
		if err := readDump(base+"-"+strconv.Itoa(p), files, f); err != nil {
			t.Fatal(err)
		}
	}
}

// dumpList names files and their grammars for the scripts.
func dumpList(files []corpusFile) string {
	var list strings.Builder
	for _, file := range files {
		lang := "Tsx"
		if tsx.DialectOf(file.name) == tsx.TS {
			lang = "TypeScript"
		}
		fmt.Fprintf(&list, "%s\t%s\n", lang, file.path)
	}
	return list.String()
}

func runDump(tool, listFile, list, out string, skip, step int) error {
	if err := os.WriteFile(listFile, []byte(list), 0o644); err != nil {
		return err
	}
	cmd := exec.Command("node", "testdata/oracle/dump.mjs", tool, listFile, out, strconv.Itoa(skip), strconv.Itoa(step))
	if msg, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the oracle: %w\n%s", err, msg)
	}
	return nil
}

func readDump(name string, files []corpusFile, f func(int, []byte, *dumpTree)) error {
	var names struct{ Kinds, Fields []string }
	data, err := os.ReadFile(name + ".json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &names); err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	r := bufio.NewReaderSize(file, 1<<20)
	var head [16]byte
	var buf []byte
	for {
		if _, err := io.ReadFull(r, head[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		i := int(binary.LittleEndian.Uint32(head[0:]))
		count := int(binary.LittleEndian.Uint32(head[4:]))
		if cap(buf) < count*20 {
			buf = make([]byte, count*20)
		}
		buf = buf[:count*20]
		if _, err := io.ReadFull(r, buf); err != nil {
			return err
		}
		src, err := os.ReadFile(files[i].path)
		if err != nil {
			return err
		}
		tree := &dumpTree{
			nodes: make([]dumpNode, count),
			took:  math.Float64frombits(binary.LittleEndian.Uint64(head[8:])) / 1e9,
		}
		offset := byteOffsets(src)
		for j := range tree.nodes {
			word := func(k int) int { return int(binary.LittleEndian.Uint32(buf[j*20+k*4:])) }
			tree.nodes[j] = dumpNode{
				kind: names.Kinds[word(0)&^named], named: word(0)&named != 0, field: names.Fields[word(1)],
				start: offset(word(2)), end: offset(word(3)), children: word(4),
			}
		}
		tree.measure(0)
		f(i, src, tree)
	}
}

// measure sets the size of every subtree and returns that of the subtree at i.
func (d *dumpTree) measure(i int) int {
	size := 1
	for range d.nodes[i].children {
		size += d.measure(i + size)
	}
	d.nodes[i].size = size
	return size
}

// byteOffsets converts UTF-16 offsets of a source to byte offsets.
func byteOffsets(src []byte) func(int) int {
	if !slices.ContainsFunc(src, func(b byte) bool { return b >= utf8.RuneSelf }) {
		return func(n int) int { return n }
	}
	var bytes []int // by UTF-16 offset
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		bytes = append(bytes, i)
		if r > 0xFFFF {
			bytes = append(bytes, i)
		}
		i += n
	}
	bytes = append(bytes, len(src))
	return func(n int) int { return bytes[min(n, len(bytes)-1)] }
}

// difference is a place where two trees differ.
type difference struct {
	at           int    // byte offset
	in           string // the kind of the parent
	ours, theirs string
	node         int // the oracle's node, or its parent if it has none there
}

// signature is what differences of one cause have in common.
func (d difference) signature() string {
	return fmt.Sprintf("in %s: ours %s, tree-sitter %s", d.in, d.ours, d.theirs)
}

// compare lists the differences of two trees, each once: not those below a difference.
func compare(ours tsx.Node, d *dumpTree) []difference {
	var out []difference
	compareNodes(ours, d, 0, "", &out)
	return out
}

// compareWhole lists the differences in the statements of a broken tree that are not broken
// themselves, nor beside a broken one.
func compareWhole(ours tsx.Node, d *dumpTree) []difference {
	byStart := map[int]tsx.Node{}
	for c := range ours.Children() {
		byStart[c.Start()] = c
	}
	var at []int
	for i := 1; i < len(d.nodes) && d.nodes[0].kind != "ERROR"; i += d.nodes[i].size {
		at = append(at, i)
	}
	var out []difference
	broken := func(k int) bool { return k >= 0 && k < len(at) && d.broken(at[k]) }
	for k, i := range at {
		if c, ok := byStart[d.nodes[i].start]; ok && !broken(k-1) && !broken(k) && !broken(k+1) {
			compareNodes(c, d, i, d.nodes[0].kind, &out)
		}
	}
	return out
}

func compareNodes(n tsx.Node, d *dumpTree, i int, in string, out *[]difference) {
	x := d.nodes[i]
	if n.Kind().String() != x.kind || n.Named() != x.named || n.FieldOf().String() != x.field || n.Start() != x.start || n.End() != x.end {
		ours := describe(n.Kind().String(), n.Named(), n.FieldOf().String())
		theirs := describe(x.kind, x.named, x.field)
		if ours == theirs {
			ours += fmt.Sprintf(" %d-%d", n.Start()-x.start, n.End()-x.end)
		}
		*out = append(*out, difference{min(n.Start(), x.start), in, ours, theirs, i})
		return
	}
	j := i + 1
	for k := range max(n.ChildCount(), x.children) {
		c := n.Child(k)
		switch {
		case k >= x.children:
			*out = append(*out, difference{c.Start(), x.kind, describe(c.Kind().String(), c.Named(), c.FieldOf().String()), "nothing", i})
			return
		case !c.Ok():
			y := d.nodes[j]
			*out = append(*out, difference{y.start, x.kind, "nothing", describe(y.kind, y.named, y.field), j})
			return
		}
		before := len(*out)
		compareNodes(c, d, j, x.kind, out)
		if len(*out) > before && n.ChildCount() != x.children {
			return
		}
		j += d.nodes[j].size
	}
}

func describe(kind string, named bool, field string) string {
	if !named {
		kind = strconv.Quote(kind)
	}
	if field != "" {
		kind = field + ": " + kind
	}
	return kind
}
