package tsx

import (
	"fmt"
	"math"

	"github.com/batten-dev/batten/codemod/text"
)

// maxDepth is how deeply expressions, types, statements and elements may nest.
const maxDepth = 1500

// Parse reads a source. The error is a *SyntaxError. The tree keeps src, which must not be
// changed afterwards.
func Parse(src []byte, d Dialect) (*Tree, error) {
	if len(src) > math.MaxInt32/2 {
		return nil, &SyntaxError{Pos: text.Pos{Line: 1, Column: 1}, Msg: "the source is too large"}
	}
	p := &parser{
		src:   src,
		jsx:   d == TSX,
		nodes: make([]node, 0, len(src)*3/8+16),
		stack: make([]node, 0, 256),
	}
	p.program()
	if p.failed {
		return nil, &SyntaxError{
			Offset: p.errAt,
			Pos:    text.NewIndex(src).Pos(p.errAt),
			Msg:    p.errMsg,
		}
	}
	return &Tree{src: src, nodes: p.nodes}, nil
}

// parser is a recursive descent parser that works as an LR parser does: finished nodes are on
// a stack, and finish replaces those above a mark by one node that has them as children.
// Children go to the arena (nodes) when their parent is finished, so that they are
// neighbours, and going back on a trial costs no more than cutting stack and arena.
//
// After an error the current token is the end of the source for good, which ends all loops.
type parser struct {
	src   []byte
	jsx   bool
	nodes []node
	stack []node

	tok      token
	pos      int    // where to read the next token
	prevEnd  uint32 // end of the token before tok
	sameLine int    // how many of the comments before tok begin on the line of the token before them
	lineEnd  bool   // a line ends outside comments before tok

	failed bool
	errAt  int
	errMsg string
	trials int              // trials under way; their errors are not the source's
	tried  map[attempt]bool // what came of trials that were taken back
	depth  int

	tooDeep bool // nesting was too deep, be it in a trial
	context
}

// context is what surrounds the construct being parsed.
type context struct {
	noIn        bool // in the head of a for statement, "in" is not an operator
	inTrue      bool // between the "?" and ":" of a conditional, where "(a): b => c" may not be an arrow function
	noCond      bool // after "extends" in a conditional type, "?" ends the type
	async       bool
	generator   bool
	function    bool
	noInstance  bool // after "extends" in a class head, type arguments belong to the clause
	inDecorator bool
}

// attempt is a trial: what was tried where.
type attempt struct {
	at   uint32
	what trial
}

type trial uint8

const (
	trialArrow trial = iota
	trialArrowInTrue
	trialTypeArguments
	trialFunctionType
	trialInferConstraint
)

// mark is the place on the stack where the next node begins.
func (p *parser) mark() int { return len(p.stack) }

// shift makes the current token a node and reads the next one.
func (p *parser) shift() { p.shiftAs(p.tok.kind) }

// shiftAs is shift with another kind for the node.
func (p *parser) shiftAs(k Kind) {
	if p.failed {
		return
	}
	p.stack = append(p.stack, node{kind: k, start: p.tok.start, end: p.tok.end})
	p.next()
}

// push makes a range a leaf without reading further.
func (p *parser) push(k Kind, start, end int) {
	p.stack = append(p.stack, node{kind: k, start: uint32(start), end: uint32(end)})
}

// field gives the node at a mark its field.
func (p *parser) field(m int, f Field) {
	if m < len(p.stack) {
		p.stack[m].field = f
	}
}

// shiftField is shift, with a field.
func (p *parser) shiftField(f Field) {
	m := p.mark()
	p.shift()
	p.field(m, f)
}

// finish makes the nodes since mark m the children of a new node. Comments after the last of
// them are not yet in it.
func (p *parser) finish(m int, k Kind) { p.finishWith(m, k, 0) }

// finishWith is finish, with the first few of the comments after the last node as children.
func (p *parser) finishWith(m int, k Kind, comments int) {
	top := len(p.stack)
	for top > m && p.stack[top-1].extra {
		top--
	}
	top = min(top+comments, len(p.stack))
	if top <= m {
		return
	}
	n := node{
		kind:  k,
		start: p.stack[m].start,
		end:   p.stack[top-1].end,
		first: int32(len(p.nodes)),
		count: int32(top - m),
	}
	at := n.first
	if len(p.nodes)+top-m > cap(p.nodes) {
		p.grow(top - m)
	}
	p.nodes = append(p.nodes, p.stack[m:top]...)
	kids := p.nodes[at:]
	for i := range kids {
		c := &kids[i]
		for j := c.first; j < c.first+c.count; j++ {
			p.nodes[j].parent = at + int32(i)
		}
	}
	p.stack[m] = n
	if top == len(p.stack) {
		p.stack = p.stack[:m+1]
	} else {
		p.stack = append(p.stack[:m+1], p.stack[top:]...)
	}
}

// grow makes room in the arena for n nodes, and for those that the rest of the source will
// need if it is like the source so far.
func (p *parser) grow(n int) {
	perByte := float64(len(p.nodes)) / float64(max(p.pos, 1))
	nodes := make([]node, len(p.nodes), len(p.nodes)+n+64+int(1.1*perByte*float64(len(p.src)-p.pos)))
	copy(nodes, p.nodes)
	p.nodes = nodes
}

// wrap is finish for a node of one token or child.
func (p *parser) wrap(m int, k Kind, f Field) {
	p.finish(m, k)
	p.field(m, f)
}

// statementEnd finishes a statement that ends with ";" or where a semicolon is inserted. The
// inserted one is after the comments on the same line, so these are in the statement.
func (p *parser) statementEnd(m int, k Kind) {
	switch {
	case p.is(TokenSemicolon):
		p.shift()
		p.finish(m, k)
	case p.canInsertSemicolon():
		n := p.sameLine
		p.sameLine = 0
		p.finishWith(m, k, n)
	default:
		p.unexpected("expected ;")
	}
}

func (p *parser) canInsertSemicolon() bool {
	return p.tok.nl || p.is(TokenRBrace) || p.is(kindEOF)
}

// blockEnd finishes a block or declaration that may be followed by a semicolon, as the
// grammar has it: it takes the comments on the line of its "}" if the next line may begin a
// statement.
func (p *parser) blockEnd(m int, k Kind, f Field, inExpression bool) {
	n := 0
	if p.sameLine > 0 && p.semicolonScanned(inExpression) {
		n, p.sameLine = p.sameLine, 0
	}
	p.finishWith(m, k, n)
	p.field(m, f)
}

// semicolonScanned is what tree-sitter's scanner says to an automatic semicolon before the
// current token. It looks at characters only.
func (p *parser) semicolonScanned(inExpression bool) bool {
	if p.is(kindEOF) {
		return true
	}
	rest := p.src[p.tok.start:]
	at := func(i int) byte {
		if i < len(rest) {
			return rest[i]
		}
		return 0
	}
	if !p.lineEnd {
		if at(0) != '}' {
			return false
		}
		i, _ := p.skipSpace(int(p.tok.start) + 1)
		return i >= len(p.src) || p.src[i] != ':' || inExpression
	}
	switch at(0) {
	case '`', ',', '.', ';', '*', '%', '>', '<', '=', '?', '^', '|', '&', '/', ':':
		return false
	case '(', '[':
		return !inExpression
	case '+':
		return at(1) == '+'
	case '-':
		return at(1) == '-'
	case '!':
		return at(1) != '='
	case 'i':
		if at(1) != 'n' {
			return true
		}
		if !isLetter(at(2)) {
			return false
		}
		if len(rest) >= 10 && string(rest[:10]) == "instanceof" {
			return isLetter(at(10))
		}
	}
	return true
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// is reports whether the current token is of the kind.
func (p *parser) is(k Kind) bool { return p.tok.kind == k }

// word reports whether the current token is the identifier s, which is no keyword of the grammar.
func (p *parser) word(s string) bool {
	return p.tok.kind == KindIdentifier && string(p.src[p.tok.start:p.tok.end]) == s
}

// accept shifts the current token if it is of the kind.
func (p *parser) accept(k Kind) bool {
	if p.tok.kind != k {
		return false
	}
	p.shift()
	return true
}

// expect shifts the current token, which must be of the kind.
func (p *parser) expect(k Kind) bool {
	if p.tok.kind != k {
		p.unexpected("expected " + k.String())
		return false
	}
	p.shift()
	return true
}

// unexpected fails at the current token.
func (p *parser) unexpected(want string) {
	if p.trials > 0 {
		p.fail(int(p.tok.start), "")
		return
	}
	got := "end of the source"
	if p.tok.kind != kindEOF {
		got = fmt.Sprintf("%.20q", p.src[p.tok.start:p.tok.end])
	}
	p.fail(int(p.tok.start), "unexpected "+got+", "+want)
}

func (p *parser) fail(at int, msg string) {
	if !p.failed {
		p.failed, p.errAt, p.errMsg = true, at, msg
	}
	p.tok = token{kind: kindEOF, nl: true, start: uint32(len(p.src)), end: uint32(len(p.src))}
	p.pos = len(p.src)
}

// enter counts a level of nesting; leave uncounts it.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth && !p.failed {
		p.tooDeep = true
		p.fail(int(p.tok.start), "the code is nested too deeply")
	}
	return !p.failed
}

func (p *parser) leave() { p.depth-- }

// nested clears what does not reach into brackets and returns it for restoring.
func (p *parser) nested() context {
	c := p.context
	p.noIn, p.inTrue, p.noCond, p.noInstance, p.inDecorator = false, false, false, false, false
	return c
}

// try runs f. If f or the source fails, everything is as before, and try reports false.
func (p *parser) try(what trial, f func() bool) bool {
	if _, failed := p.tried[attempt{p.tok.start, what}]; failed {
		return false
	}
	return p.run(what, true, f)
}

// ahead runs f and takes everything back; it reports whether f and the source were fine. Trials
// that are not kept and those that are must not share a kind.
func (p *parser) ahead(what trial, f func() bool) bool {
	ok, known := p.tried[attempt{p.tok.start, what}]
	return known && ok || !known && p.run(what, false, f)
}

func (p *parser) run(what trial, keep bool, f func() bool) bool {
	if p.failed {
		return false
	}
	key := attempt{p.tok.start, what}
	before := *p
	p.trials++
	ok := f() && !p.failed
	p.trials--
	if ok && keep {
		return true
	}
	deep, at, tried, nodes, stack := p.tooDeep, p.errAt, p.tried, p.nodes, p.stack
	*p = before
	p.tried, p.nodes, p.stack = tried, nodes[:len(before.nodes)], stack[:len(before.stack)]
	if deep {
		p.tooDeep = true
		p.fail(at, "the code is nested too deeply")
		return false
	}
	if p.tried == nil {
		p.tried = map[attempt]bool{}
	}
	p.tried[key] = ok
	return ok
}

// program reads the whole source.
func (p *parser) program() {
	if len(p.src) > 1 && p.src[0] == '#' && p.src[1] == '!' {
		end := 0
		for end < len(p.src) && p.src[end] != '\n' {
			end++
		}
		p.push(KindHashBangLine, 0, end)
		p.pos = end
	}
	p.next()
	for !p.is(kindEOF) {
		p.statement()
	}
	if p.failed {
		return
	}
	p.finishWith(0, KindProgram, len(p.stack))
	if len(p.stack) == 0 {
		p.push(KindProgram, len(p.src), len(p.src))
	}
	root := p.stack[0]
	root.end, root.parent = uint32(len(p.src)), -1
	p.nodes = append(p.nodes, root)
	for j := root.first; j < root.first+root.count; j++ {
		p.nodes[j].parent = int32(len(p.nodes) - 1)
	}
}
