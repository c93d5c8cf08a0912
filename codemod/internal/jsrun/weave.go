package jsrun

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
)

// What else is woven into the bundle's tree before it runs, beside conditions (see branch.go):
//
//   - Each turn of a loop and each function begins with %step(), which counts, and looks at the
//     clock now and then: see Limits.
//   - {a, ...rest} becomes {a, [%rest("a")]: rest}, which reads a property that all objects
//     have. It is what rest would be, and of a stub the stub itself, so that what is left of a
//     stub is as unknown as the stub.
//   - catch (e) {...} begins with %caught(e), and f of x.catch(f) becomes %catcher(f): an error of the
//     engine's that the app's own code swallows is a problem all the same, as what comes
//     after the place where it was thrown did not run.
//   - !!x and Boolean(x) become %bool(x), which is not known if x is not.

func statement(e ast.Expression) ast.Statement { return &ast.ExpressionStatement{Expression: e} }

func step(at file.Idx) ast.Expression { return call(at, "step") }

// counted is the body of a loop that counts its turns.
func counted(body ast.Statement) ast.Statement {
	at := body.Idx0()
	return &ast.BlockStatement{LeftBrace: at, List: []ast.Statement{statement(step(at)), body}, RightBrace: body.Idx1()}
}

// entered puts a count at the beginning of a function's body.
func entered(b *ast.BlockStatement) {
	if b == nil {
		return
	}
	n := 0
	for n < len(b.List) { // after "use strict"
		s, ok := b.List[n].(*ast.ExpressionStatement)
		if !ok {
			break
		}
		if _, ok := s.Expression.(*ast.StringLiteral); !ok {
			break
		}
		n++
	}
	list := append([]ast.Statement{}, b.List[:n]...)
	b.List = append(append(list, statement(step(b.LeftBrace))), b.List[n:]...)
}

// pattern rewrites the rests in what is destructured to, and the expressions in it.
func (in *instrumenter) pattern(p ast.Node) {
	switch p := p.(type) {
	case *ast.Binding:
		in.pattern(p.Target)
		p.Initializer = in.expr(p.Initializer)
	case *ast.AssignExpression:
		in.pattern(p.Left)
		p.Right = in.expr(p.Right)
	case *ast.ArrayPattern:
		for _, e := range p.Elements {
			if e != nil {
				in.pattern(e)
			}
		}
		if p.Rest != nil {
			in.pattern(p.Rest)
		}
	case *ast.ObjectPattern:
		in.objectPattern(p)
	}
}

func (in *instrumenter) objectPattern(p *ast.ObjectPattern) {
	var taken []ast.Expression
	static := true
	for _, prop := range p.Properties {
		switch prop := prop.(type) {
		case *ast.PropertyShort:
			taken = append(taken, &ast.StringLiteral{Idx: prop.Name.Idx, Literal: "name", Value: prop.Name.Name})
			prop.Initializer = in.expr(prop.Initializer)
		case *ast.PropertyKeyed:
			taken = append(taken, prop.Key)
			static = static && !prop.Computed
			if prop.Computed {
				prop.Key = in.expr(prop.Key)
			}
			in.pattern(prop.Value)
		}
	}
	if p.Rest == nil || !static {
		return
	}
	at := p.Rest.Idx0()
	p.Properties = append(p.Properties, &ast.PropertyKeyed{
		Key: call(at, "rest", taken...), Kind: ast.PropertyKindValue, Computed: true,
		Value: &ast.AssignExpression{Operator: token.ASSIGN, Left: p.Rest, Right: &ast.ObjectLiteral{LeftBrace: at, RightBrace: at}},
	})
	p.Rest = nil
}

// catch rewrites the catch part of a try statement.
func (in *instrumenter) catch(c *ast.CatchStatement) {
	in.block(c.Body)
	if c.Parameter == nil {
		c.Parameter = &ast.Identifier{Name: "%e", Idx: c.Catch}
	}
	if id, ok := c.Parameter.(*ast.Identifier); ok {
		c.Body.List = append([]ast.Statement{statement(call(c.Body.LeftBrace, "caught", &ast.Identifier{Name: id.Name, Idx: c.Body.LeftBrace}))}, c.Body.List...)
		return
	}
	in.pattern(c.Parameter)
}

// truth is x of !!x and Boolean(x); nil for other expressions.
func truth(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case *ast.UnaryExpression:
		if inner, ok := e.Operand.(*ast.UnaryExpression); ok && e.Operator == token.NOT && inner.Operator == token.NOT {
			return inner.Operand
		}
	case *ast.CallExpression:
		if id, ok := e.Callee.(*ast.Identifier); ok && id.Name == "Boolean" && len(e.ArgumentList) == 1 {
			if _, spread := e.ArgumentList[0].(*ast.SpreadElement); !spread {
				return e.ArgumentList[0]
			}
		}
	}
	return nil
}

// weaveFunctions makes the functions that the woven code calls, other than those of conditions.
func (s *Session) weaveFunctions() {
	rt := s.rt
	set := func(name string, f func(goja.FunctionCall) goja.Value) {
		s.must(rt.GlobalObject().DefineDataProperty("%"+name, rt.ToValue(f), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
	}
	set("step", func(goja.FunctionCall) goja.Value {
		switch s.steps++; {
		case s.steps > s.limits.Steps:
			s.rt.Interrupt(errSteps)
		case s.steps%stepsPerLook == 0 && busy()-s.began > s.limits.Time:
			s.rt.Interrupt(&LimitError{fmt.Sprintf("stopped after running for %v", s.limits.Time)})
		}
		return goja.Undefined()
	})
	set("bool", func(call goja.FunctionCall) goja.Value {
		if v := call.Argument(0); s.known(v) {
			return rt.ToValue(v.ToBoolean())
		} else if s.stubOf(v) != nil {
			return v
		}
		return rt.ToValue(s.natural(call.Argument(0)))
	})
	set("caught", func(call goja.FunctionCall) goja.Value {
		if o, ok := call.Argument(0).(*goja.Object); ok && s.ofEngine(o) {
			s.swallowed(o)
		}
		return goja.Undefined()
	})
	set("catcher", func(call goja.FunctionCall) goja.Value {
		handler := call.Argument(0)
		fn, ok := goja.AssertFunction(handler)
		if !ok || s.stubOf(handler) != nil {
			return handler
		}
		return rt.ToValue(func(inner goja.FunctionCall) goja.Value {
			if o, ok := inner.Argument(0).(*goja.Object); ok {
				s.swallowed(o)
			}
			v, err := fn(inner.This, inner.Arguments...)
			if err != nil {
				panic(err)
			}
			return v
		})
	})
	s.rest = goja.NewSymbol("%rest")
	var taken []goja.Value
	set("rest", func(call goja.FunctionCall) goja.Value {
		taken = append([]goja.Value(nil), call.Arguments...)
		return s.rest
	})
	get := rt.ToValue(func(call goja.FunctionCall) goja.Value {
		o := call.This.ToObject(rt)
		left := rt.NewObject()
		for _, key := range o.Keys() {
			if !containsKey(taken, key) {
				s.must(left.Set(key, o.Get(key)))
			}
		}
		return left
	})
	proto := rt.GlobalObject().Get("Object").ToObject(rt).Get("prototype").ToObject(rt)
	s.must(proto.DefineAccessorPropertySymbol(s.rest, get, nil, goja.FLAG_FALSE, goja.FLAG_FALSE))
}

// stepsPerLook is how many steps there are between two looks at the clock.
const stepsPerLook = 64

func containsKey(keys []goja.Value, key string) bool {
	for _, k := range keys {
		if k.String() == key {
			return true
		}
	}
	return false
}

// ofEngine reports whether an error is one that the engine throws where code meets a value that it
// was not made for; not what parsers and the app's own checks throw, which code is there to catch.
func (s *Session) ofEngine(o *goja.Object) bool {
	if o.ClassName() != "Error" {
		return false
	}
	name, _ := Value{s, o}.Get("name").Text()
	return name == "TypeError" || name == "ReferenceError" || name == "RangeError"
}

// framePattern finds the places in the bundle in an error's stack.
var framePattern = regexp.MustCompile(`\b` + regexp.QuoteMeta(bundleName) + `:(\d+):(\d+)`)

// swallowed records an error that the app's own code caught, with the place where it was thrown.
func (s *Session) swallowed(o *goja.Object) {
	if s.quiet || o.ClassName() != "Error" {
		return
	}
	p := Problem{Offset: -1, Message: o.String()}
	if stack, ok := (Value{s, o}).Get("stack").Text(); ok {
		for _, m := range framePattern.FindAllStringSubmatch(stack, -1) {
			line, _ := strconv.Atoi(m[1])
			column, _ := strconv.Atoi(m[2])
			if name, offset, ok := s.source(line-1, column-1); ok {
				p.File, p.Offset = name, offset
				break
			}
		}
	}
	s.note(p)
}
