package jsrun

import (
	"errors"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"
)

// How conditions that are not known are taken both ways.
//
// A stub is truthy, so that "stub && x" is x and "stub ? x : y" is x without our doing. The
// bundle's tree is rewritten before it runs so that more is seen:
//
//   - c ? x : y becomes %cond(c, () => x, () => y): if c is not known, both are evaluated, and if one
//     of them is an element, a list of elements or a component, or both are promises (of import()),
//     the value is an array of the two that is marked as a choice. Otherwise it is what
//     JavaScript would have given. If x and y are lists as written, it is %lists(...): the items of
//     both.
//   - In x.add(c ? y : z) it becomes %arg(...), whose value is always a choice if c is not known.
//   - As an item of a list it becomes %item(...), a choice if both values are stubs; as a list that
//     is spread into one %spread(...), the items of both lists.
//   - switch (x) with constant cases becomes switch (%switch(n, x, cases...)): a guard, see below.
//   - c && x, where c is a negation or a comparison, becomes %and(c, () => x), likewise.
//   - x || y and x ?? y, where y has an element in it, become %either(x, () => y), likewise.
//   - if (c) {A} else {B} becomes {if (%if(n, c)) {A} if (%else(n)) {B}}: if c is not known, both run.
//   - Where A or B leaves the function or loop, the test becomes %guard(n, c): it goes the way that
//     JavaScript would, and Value.Render runs the function again to go the other way.
//
// In all of them c is rewritten so that !x, x === y, typeof x === y, Array.isArray(x), x && y, x || y and
// Boolean(x) of stubs are "not known" rather than false. The names begin with % and so cannot clash with the app's.

// conditions is the state of the functions that the rewritten code calls.
type conditions struct {
	yes, no *goja.Object // not known; JavaScript would have said true, or false
	choices map[*goja.Object]bool
	taken   map[int64]goja.Value // by if statement: its test, until its else part has asked
	decided map[int64]int        // by guard: the way to go, 0 for JavaScript's
	guards  []guard              // guards whose test was not known, in the order met
}

// guard is a test that is not known and on which the way out of a function depends.
type guard struct {
	id   int64
	ways int
}

// maxWays is how many ways through one function are tried.
const maxWays = 8

// explore runs f once, and then once more for each guard met whose test is not known, with
// that guard going the other way.
func (s *Session) explore(f func()) {
	outer := s.conds.guards
	outerDecided := s.conds.decided
	defer func() { s.conds.guards, s.conds.decided = outer, outerDecided }()
	ways := []map[int64]int{{}}
	seen := map[int64]bool{}
	for i := 0; i < len(ways) && i < maxWays && !s.dead; i++ {
		s.conds.guards, s.conds.decided = nil, ways[i]
		f()
		for _, g := range s.conds.guards {
			if seen[g.id] {
				continue
			}
			seen[g.id] = true
			for n := 1; n < g.ways; n++ {
				next := map[int64]int{g.id: n}
				for k, v := range ways[i] {
					next[k] = v
				}
				ways = append(ways, next)
			}
		}
	}
}

func (s *Session) conditionFunctions() {
	rt, c := s.rt, &s.conds
	c.yes, c.no = rt.NewObject(), rt.NewObject()
	c.choices, c.taken = map[*goja.Object]bool{}, map[int64]goja.Value{}
	set := func(name string, f func(goja.FunctionCall) goja.Value) {
		s.must(rt.GlobalObject().DefineDataProperty("%"+name, rt.ToValue(f), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
	}
	run := func(f goja.Value) goja.Value {
		fn, _ := goja.AssertFunction(f)
		v, err := fn(goja.Undefined())
		if err != nil {
			panic(err)
		}
		return v
	}
	set("not", func(call goja.FunctionCall) goja.Value {
		v := call.Argument(0)
		if s.known(v) {
			return rt.ToValue(!v.ToBoolean())
		}
		return s.maybe(!s.natural(v))
	})
	set("cmp", func(call goja.FunctionCall) goja.Value {
		result := call.Argument(2)
		if s.known(call.Argument(0)) && s.known(call.Argument(1)) {
			return result
		}
		return s.maybe(result.ToBoolean())
	})
	set("given", func(call goja.FunctionCall) goja.Value { return call.Argument(0) })
	set("isArray", func(call goja.FunctionCall) goja.Value {
		v := Value{s, call.Argument(0)}
		if v.Kind() == StubKind {
			return c.yes
		}
		return rt.ToValue(v.Kind() == Array)
	})
	set("equal", func(call goja.FunctionCall) goja.Value {
		op, left, right := call.Argument(0).String(), call.Argument(1), call.Argument(2)
		var result bool
		if strings.HasSuffix(op, "==") && len(op) == 3 {
			result = left.StrictEquals(right)
		} else {
			result = left.Equals(right)
		}
		if op[0] == '!' {
			result = !result
		}
		if s.known(left) && s.known(right) {
			return rt.ToValue(result)
		}
		return s.maybe(result)
	})
	set("item", func(call goja.FunctionCall) goja.Value {
		test, first, second := call.Argument(0), call.Argument(1), call.Argument(2)
		if !s.natural(test) {
			first, second = second, first
		}
		v := run(first)
		if s.known(test) {
			return v
		}
		return s.choose(v, second, s.opaque)
	})
	set("lists", func(call goja.FunctionCall) goja.Value {
		test, first, second := call.Argument(0), call.Argument(1), call.Argument(2)
		if !s.natural(test) {
			first, second = second, first
		}
		v := run(first)
		if s.known(test) {
			return v
		}
		var all []any
		for _, item := range append((Value{s, v}).Items(), (Value{s, run(second)}).Items()...) {
			all = append(all, item.v)
		}
		return rt.NewArray(all...)
	})
	set("spread", func(call goja.FunctionCall) goja.Value {
		test := call.Argument(0)
		first, second := call.Argument(1), call.Argument(2)
		if s.known(test) {
			if !test.ToBoolean() {
				first = second
			}
			return run(first)
		}
		v, w := run(first), run(second)
		a, b := Value{s, v}, Value{s, w}
		if a.Kind() != Array || b.Kind() != Array {
			if a.Kind() == Array || !s.natural(test) && b.Kind() != Array {
				return v
			}
			return w
		}
		var all []any
		for _, item := range append(a.Items(), b.Items()...) {
			all = append(all, item.v)
		}
		return rt.NewArray(all...)
	})
	set("switch", func(call goja.FunctionCall) goja.Value {
		id, value := call.Argument(0).ToInteger(), call.Argument(1)
		tests := rest(rest(call.Arguments))
		if s.known(value) {
			return value
		}
		c.guards = append(c.guards, guard{id, len(tests) + 1})
		if way := c.decided[id]; way > 0 {
			return tests[way-1]
		}
		return value
	})
	set("tand", func(call goja.FunctionCall) goja.Value { return s.logical(call, true, run) })
	set("tor", func(call goja.FunctionCall) goja.Value { return s.logical(call, false, run) })
	set("cond", func(call goja.FunctionCall) goja.Value {
		test, first, second := call.Argument(0), call.Argument(1), call.Argument(2)
		if !s.natural(test) {
			first, second = second, first
		}
		v := run(first)
		if s.known(test) {
			return v
		}
		return s.choose(v, second, nil)
	})
	set("arg", func(call goja.FunctionCall) goja.Value {
		test, first, second := call.Argument(0), call.Argument(1), call.Argument(2)
		if s.known(test) {
			if !test.ToBoolean() {
				first = second
			}
			return run(first)
		}
		return s.choice(run(first), run(second))
	})
	set("and", func(call goja.FunctionCall) goja.Value {
		test := call.Argument(0)
		switch {
		case s.known(test) && !test.ToBoolean():
			return test
		case s.natural(test):
			return run(call.Argument(1))
		}
		return s.choose(rt.ToValue(false), call.Argument(1), nil)
	})
	set("either", func(call goja.FunctionCall) goja.Value {
		v := call.Argument(0)
		switch {
		case s.stubOf(v) != nil:
			return s.choose(v, call.Argument(1), nil)
		case call.Argument(2).ToBoolean():
			if !goja.IsNull(v) && !goja.IsUndefined(v) {
				return v
			}
		case v.ToBoolean():
			return v
		}
		return run(call.Argument(1))
	})
	set("if", func(call goja.FunctionCall) goja.Value {
		test := call.Argument(1)
		c.taken[call.Argument(0).ToInteger()] = test
		return rt.ToValue(!s.known(test) || test.ToBoolean())
	})
	set("else", func(call goja.FunctionCall) goja.Value {
		id := call.Argument(0).ToInteger()
		test := c.taken[id]
		delete(c.taken, id)
		return rt.ToValue(test != nil && (!s.known(test) || !test.ToBoolean()))
	})
	set("guard", func(call goja.FunctionCall) goja.Value {
		id, test := call.Argument(0).ToInteger(), call.Argument(1)
		if s.known(test) {
			return rt.ToValue(test.ToBoolean())
		}
		c.guards = append(c.guards, guard{id, 2})
		return rt.ToValue(s.natural(test) == (c.decided[id] == 0))
	})
}

// known reports whether a test's value is known.
func (s *Session) known(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	return !ok || o != s.conds.yes && o != s.conds.no && s.stubs[o] == nil
}

// natural is the way that JavaScript would go.
func (s *Session) natural(v goja.Value) bool { return v != s.conds.no && v.ToBoolean() }

func (s *Session) maybe(natural bool) goja.Value {
	if natural {
		return s.conds.yes
	}
	return s.conds.no
}

// logical is && (and) or || in a test.
func (s *Session) logical(call goja.FunctionCall, and bool, run func(goja.Value) goja.Value) goja.Value {
	left := call.Argument(0)
	if s.known(left) {
		if left.ToBoolean() == and {
			return run(call.Argument(1))
		}
		return left
	}
	right := run(call.Argument(1))
	if s.known(right) && right.ToBoolean() != and {
		return right
	}
	if and {
		return s.maybe(s.natural(left) && s.natural(right))
	}
	return s.maybe(s.natural(left) || s.natural(right))
}

// choose is the value of a condition that is not known: v the way that JavaScript goes, other
// the other way. What other throws does not matter: JavaScript would not have run it.
// also says what, beside things to be seen, is worth a choice if both ways give it.
func (s *Session) choose(v, other goja.Value, also func(goja.Value) bool) goja.Value {
	fn, _ := goja.AssertFunction(other)
	w, err := fn(goja.Undefined())
	if err != nil {
		var thrown *goja.Exception
		if !errors.As(err, &thrown) {
			panic(err)
		}
		w = goja.Undefined()
	}
	if s.promised(v) && s.promised(w) {
		return s.thenable(s.choice(v, w), v, w)
	}
	if s.renders(v) || s.renders(w) || also != nil && also(v) && also(w) {
		return s.choice(v, w)
	}
	return v
}

func (s *Session) choice(alternatives ...any) goja.Value {
	arr := s.rt.NewArray(alternatives...)
	s.conds.choices[arr] = true
	return arr
}

// promised reports whether a value is a promise.
func (s *Session) promised(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	return ok && s.stubs[o] == nil && o.ExportType() == promiseType
}

// thenable gives a choice of promises their methods: a callback is run with the value of each.
func (s *Session) thenable(choice goja.Value, alternatives ...goja.Value) goja.Value {
	arr := choice.ToObject(s.rt)
	for _, name := range []string{"then", "catch", "finally"} {
		s.must(arr.DefineDataProperty(name, s.rt.ToValue(func(call goja.FunctionCall) goja.Value {
			var out []any
			var values []goja.Value
			for _, p := range alternatives {
				method, _ := goja.AssertFunction(p.ToObject(s.rt).Get(name))
				v, err := method(p, call.Arguments...)
				if err != nil {
					panic(err)
				}
				out, values = append(out, v), append(values, v)
			}
			return s.thenable(s.choice(out...), values...)
		}), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
	}
	return choice
}

// renders reports whether a value is something to be seen: an element, a list with one, a component.
func (s *Session) renders(v goja.Value) bool {
	val := Value{s, v}
	switch val.Kind() {
	case ElementKind:
		return true
	case Array:
		if val.Choice() {
			return true
		}
		for _, item := range val.Items() {
			if item.Kind() == ElementKind || item.Choice() {
				return true
			}
		}
	case Function:
		name := val.FuncName()
		return name != "" && name[0] >= 'A' && name[0] <= 'Z'
	case StubKind:
		// A component of a package, as in <X/> with X = c ? A : B.
		st := val.Stub()
		return st.Op == Prop && st.Root().Op == Module && st.Name != "" && st.Name[0] >= 'A' && st.Name[0] <= 'Z'
	}
	return false
}

// opaque reports whether a value is something whose nature is not known: a stub, a promise.
func (s *Session) opaque(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	return ok && (s.stubs[o] != nil || s.elements[o] != nil || o.ExportType() == promiseType)
}

// instrument rewrites the conditions of a program, in place.
func instrument(p *ast.Program) {
	in := &instrumenter{}
	in.statements(p.Body)
}

type instrumenter struct{ ids int }

func (in *instrumenter) id(at file.Idx) ast.Expression {
	in.ids++
	return &ast.NumberLiteral{Idx: at, Literal: "0", Value: int64(in.ids)}
}

func call(at file.Idx, name string, args ...ast.Expression) ast.Expression {
	return &ast.CallExpression{
		Callee:          &ast.Identifier{Name: unistring.NewFromString("%" + name), Idx: at},
		LeftParenthesis: at, ArgumentList: args, RightParenthesis: at,
	}
}

func thunk(e ast.Expression) ast.Expression {
	at := e.Idx0()
	return &ast.ArrowFunctionLiteral{
		Start: at, ParameterList: &ast.ParameterList{Opening: at, Closing: at}, Body: &ast.ExpressionBody{Expression: e},
	}
}

// conditional rewrites c ? x : y. name is the function that chooses.
func (in *instrumenter) conditional(e *ast.ConditionalExpression, name string) ast.Expression {
	if suspends(e.Consequent) || suspends(e.Alternate) {
		e.Test = in.expr(e.Test)
		e.Consequent, e.Alternate = in.expr(e.Consequent), in.expr(e.Alternate)
		return e
	}
	return call(e.Idx0(), name, in.test(e.Test), thunk(in.expr(e.Consequent)), thunk(in.expr(e.Alternate)))
}

// test rewrites an expression whose value is used as a condition.
func (in *instrumenter) test(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case *ast.UnaryExpression:
		if e.Operator == token.NOT {
			return call(e.Idx0(), "not", in.test(e.Operand))
		}
	case *ast.BinaryExpression:
		switch e.Operator {
		case token.LOGICAL_AND, token.LOGICAL_OR:
			if suspends(e.Right) {
				break
			}
			name := "tand"
			if e.Operator == token.LOGICAL_OR {
				name = "tor"
			}
			return call(e.Idx0(), name, in.test(e.Left), thunk(in.test(e.Right)))
		case token.STRICT_EQUAL, token.STRICT_NOT_EQUAL, token.EQUAL, token.NOT_EQUAL, token.LESS, token.GREATER,
			token.LESS_OR_EQUAL, token.GREATER_OR_EQUAL:
			if pure(e.Left) && pure(e.Right) {
				return call(e.Idx0(), "cmp", subject(e.Left), subject(e.Right), e)
			}
			switch e.Operator {
			case token.STRICT_EQUAL, token.STRICT_NOT_EQUAL, token.EQUAL, token.NOT_EQUAL:
				op := unistring.NewFromString(e.Operator.String())
				return call(e.Idx0(), "equal", &ast.StringLiteral{Idx: e.Idx0(), Literal: "op", Value: op}, in.expr(e.Left), in.expr(e.Right))
			}
		}
	case *ast.CallExpression:
		if len(e.ArgumentList) != 1 {
			break
		}
		if _, spread := e.ArgumentList[0].(*ast.SpreadElement); spread {
			break
		}
		switch callee := e.Callee.(type) {
		case *ast.Identifier:
			if callee.Name == "Boolean" {
				return in.test(e.ArgumentList[0])
			}
		case *ast.DotExpression:
			if id, ok := callee.Left.(*ast.Identifier); ok && id.Name == "Array" && callee.Identifier.Name == "isArray" {
				return call(e.Idx0(), "isArray", in.expr(e.ArgumentList[0]))
			}
		}
	}
	return in.expr(e)
}

// subject is what a comparison is about: of typeof x, x.
func subject(e ast.Expression) ast.Expression {
	if u, ok := e.(*ast.UnaryExpression); ok && u.Operator == token.TYPEOF && pure(u.Operand) {
		if id, ok := u.Operand.(*ast.Identifier); ok { // a name that is not declared is undefined, not an error
			return call(e.Idx0(), "given", &ast.ConditionalExpression{
				Test: &ast.BinaryExpression{Operator: token.STRICT_EQUAL, Comparison: true, Left: u,
					Right: &ast.StringLiteral{Idx: e.Idx0(), Literal: "undefined", Value: "undefined"}},
				Consequent: &ast.NullLiteral{Idx: e.Idx0(), Literal: "null"}, Alternate: id,
			})
		}
		return u.Operand
	}
	return e
}

// pure reports whether an expression can be evaluated twice: names, members of names and literals.
func pure(e ast.Expression) bool {
	switch e := e.(type) {
	case *ast.Identifier, *ast.StringLiteral, *ast.NumberLiteral, *ast.NullLiteral, *ast.BooleanLiteral, *ast.ThisExpression:
		return true
	case *ast.DotExpression:
		return pure(e.Left)
	case *ast.BracketExpression:
		return pure(e.Left) && pure(e.Member)
	case *ast.OptionalChain:
		return pure(e.Expression)
	case *ast.Optional:
		return pure(e.Expression)
	case *ast.UnaryExpression:
		return e.Operator == token.TYPEOF || e.Operator == token.VOID || e.Operator == token.NOT
	}
	return false
}

// and rewrites c && x where c could be falsy without being known.
func (in *instrumenter) and(e *ast.BinaryExpression) ast.Expression {
	switch l := e.Left.(type) {
	case *ast.UnaryExpression:
		if l.Operator != token.NOT {
			return nil
		}
	case *ast.BinaryExpression:
		if !l.Comparison && l.Operator != token.LOGICAL_AND && l.Operator != token.LOGICAL_OR {
			return nil
		}
	default:
		return nil
	}
	if suspends(e.Right) {
		return nil
	}
	return call(e.Idx0(), "and", in.test(e.Left), thunk(in.expr(e.Right)))
}

// either rewrites x || y and x ?? y where y has an element in it.
func (in *instrumenter) either(e *ast.BinaryExpression) ast.Expression {
	if suspends(e.Right) || !anyExpr(e.Right, isElement) {
		return nil
	}
	return call(e.Idx0(), "either", in.expr(e.Left), thunk(in.expr(e.Right)),
		&ast.BooleanLiteral{Idx: e.Idx0(), Literal: "b", Value: e.Operator == token.COALESCE})
}

// isElement reports whether an expression makes an element.
func isElement(e ast.Expression) bool {
	c, ok := e.(*ast.CallExpression)
	if !ok {
		return false
	}
	if seq, ok := c.Callee.(*ast.SequenceExpression); ok {
		if dot, ok := seq.Sequence[len(seq.Sequence)-1].(*ast.DotExpression); ok {
			switch dot.Identifier.Name {
			case "jsxDEV", "jsx", "jsxs", "createElement":
				return true
			}
		}
	}
	return false
}

// ifStatement rewrites an if.
func (in *instrumenter) ifStatement(s *ast.IfStatement) ast.Statement {
	test := in.test(s.Test)
	leaves := abrupt(s.Consequent) || s.Alternate != nil && abrupt(s.Alternate)
	s.Consequent = in.stmt(s.Consequent)
	if s.Alternate != nil {
		s.Alternate = in.stmt(s.Alternate)
	}
	id := in.id(s.If)
	if leaves {
		s.Test = call(s.If, "guard", id, test)
		return s
	}
	s.Test = call(s.If, "if", id, test)
	if s.Alternate == nil {
		return s
	}
	other := &ast.IfStatement{If: s.Alternate.Idx0(), Test: call(s.If, "else", id), Consequent: s.Alternate}
	s.Alternate = nil
	return &ast.BlockStatement{LeftBrace: s.Idx0(), List: []ast.Statement{s, other}, RightBrace: other.Idx0()}
}
