package jsrun

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

func (in *instrumenter) statements(list []ast.Statement) {
	for i, s := range list {
		list[i] = in.stmt(s)
	}
}

func (in *instrumenter) block(b *ast.BlockStatement) {
	if b != nil {
		in.statements(b.List)
	}
}

func (in *instrumenter) stmt(s ast.Statement) ast.Statement {
	switch s := s.(type) {
	case *ast.BlockStatement:
		in.block(s)
	case *ast.ExpressionStatement:
		s.Expression = in.expr(s.Expression)
	case *ast.IfStatement:
		return in.ifStatement(s)
	case *ast.ReturnStatement:
		s.Argument = in.expr(s.Argument)
	case *ast.ThrowStatement:
		s.Argument = in.expr(s.Argument)
	case *ast.VariableStatement:
		in.bindings(s.List)
	case *ast.LexicalDeclaration:
		in.bindings(s.List)
	case *ast.FunctionDeclaration:
		in.function(s.Function)
	case *ast.ClassDeclaration:
		in.class(s.Class)
	case *ast.ForStatement:
		switch init := s.Initializer.(type) {
		case *ast.ForLoopInitializerExpression:
			init.Expression = in.expr(init.Expression)
		case *ast.ForLoopInitializerVarDeclList:
			in.bindings(init.List)
		case *ast.ForLoopInitializerLexicalDecl:
			in.bindings(init.LexicalDeclaration.List)
		}
		s.Test, s.Update, s.Body = in.expr(s.Test), in.expr(s.Update), counted(in.stmt(s.Body))
	case *ast.ForInStatement:
		in.into(s.Into)
		s.Source, s.Body = in.expr(s.Source), counted(in.stmt(s.Body))
	case *ast.ForOfStatement:
		in.into(s.Into)
		s.Source, s.Body = in.expr(s.Source), counted(in.stmt(s.Body))
	case *ast.WhileStatement:
		s.Test, s.Body = in.expr(s.Test), counted(in.stmt(s.Body))
	case *ast.DoWhileStatement:
		s.Test, s.Body = in.expr(s.Test), counted(in.stmt(s.Body))
	case *ast.LabelledStatement:
		s.Statement = in.stmt(s.Statement)
	case *ast.SwitchStatement:
		in.switchTest(s)
		for _, c := range s.Body {
			c.Test = in.expr(c.Test)
			in.statements(c.Consequent)
		}
	case *ast.TryStatement:
		in.block(s.Body)
		if s.Catch != nil {
			in.catch(s.Catch)
		}
		in.block(s.Finally)
	case *ast.WithStatement:
		s.Object, s.Body = in.expr(s.Object), in.stmt(s.Body)
	}
	return s
}

func (in *instrumenter) bindings(list []*ast.Binding) {
	for _, b := range list {
		in.pattern(b)
	}
}

// into rewrites what a loop puts its items into.
func (in *instrumenter) into(target ast.ForInto) {
	switch t := target.(type) {
	case *ast.ForIntoVar:
		in.pattern(t.Binding)
	case *ast.ForDeclaration:
		in.pattern(t.Target)
	case *ast.ForIntoExpression:
		in.pattern(t.Expression)
	}
}

func (in *instrumenter) function(f *ast.FunctionLiteral) {
	in.parameters(f.ParameterList)
	in.block(f.Body)
	entered(f.Body)
}

func (in *instrumenter) parameters(p *ast.ParameterList) {
	if p != nil {
		in.bindings(p.List)
		if p.Rest != nil {
			in.pattern(p.Rest)
		}
	}
}

func (in *instrumenter) class(c *ast.ClassLiteral) {
	c.SuperClass = in.expr(c.SuperClass)
	for _, m := range c.Body {
		switch m := m.(type) {
		case *ast.FieldDefinition:
			m.Initializer = in.expr(m.Initializer)
		case *ast.MethodDefinition:
			in.function(m.Body)
		case *ast.ClassStaticBlock:
			in.block(m.Block)
		}
	}
}

func (in *instrumenter) exprs(list []ast.Expression) {
	for i, e := range list {
		list[i] = in.expr(e)
	}
}

// item rewrites an item of a list.
func (in *instrumenter) item(e ast.Expression) ast.Expression {
	switch e := e.(type) {
	case *ast.ConditionalExpression:
		return in.conditional(e, "item")
	case *ast.SpreadElement:
		if c, ok := e.Expression.(*ast.ConditionalExpression); ok {
			e.Expression = in.conditional(c, "spread")
			return e
		}
	}
	return in.expr(e)
}

// switchTest rewrites what a switch with constant cases tests.
func (in *instrumenter) switchTest(s *ast.SwitchStatement) {
	s.Discriminant = in.expr(s.Discriminant)
	at := s.Switch
	args := []ast.Expression{in.id(at), s.Discriminant}
	for _, c := range s.Body {
		switch c.Test.(type) {
		case *ast.StringLiteral, *ast.NumberLiteral:
			args = append(args, c.Test)
		case nil:
		default:
			return
		}
	}
	s.Discriminant = call(at, "switch", args...)
}

// expr rewrites an expression inside; nil stays nil.
func (in *instrumenter) expr(e ast.Expression) ast.Expression {
	if x := truth(e); x != nil {
		return call(e.Idx0(), "bool", in.expr(x))
	}
	switch e := e.(type) {
	case *ast.ConditionalExpression:
		_, first := e.Consequent.(*ast.ArrayLiteral)
		_, second := e.Alternate.(*ast.ArrayLiteral)
		if first && second {
			return in.conditional(e, "lists")
		}
		return in.conditional(e, "cond")
	case *ast.BinaryExpression:
		switch e.Operator {
		case token.LOGICAL_AND:
			if and := in.and(e); and != nil {
				return and
			}
		case token.LOGICAL_OR, token.COALESCE:
			if either := in.either(e); either != nil {
				return either
			}
		}
		e.Left, e.Right = in.expr(e.Left), in.expr(e.Right)
	case *ast.CallExpression:
		dot, ok := e.Callee.(*ast.DotExpression)
		if ok && dot.Identifier.Name == "catch" && len(e.ArgumentList) == 1 {
			if _, spread := e.ArgumentList[0].(*ast.SpreadElement); !spread {
				e.ArgumentList[0] = call(e.ArgumentList[0].Idx0(), "catcher", in.expr(e.ArgumentList[0]))
				e.Callee = in.expr(e.Callee)
				return e
			}
		}
		for i, arg := range e.ArgumentList {
			if c, isCond := arg.(*ast.ConditionalExpression); isCond && ok && dot.Identifier.Name == "add" {
				e.ArgumentList[i] = in.conditional(c, "arg")
			} else {
				e.ArgumentList[i] = in.expr(arg)
			}
		}
		e.Callee = in.expr(e.Callee)
	case *ast.NewExpression:
		e.Callee = in.expr(e.Callee)
		in.exprs(e.ArgumentList)
	case *ast.ArrayLiteral:
		for i, item := range e.Value {
			e.Value[i] = in.item(item)
		}
	case *ast.ObjectLiteral:
		for _, p := range e.Value {
			switch p := p.(type) {
			case *ast.PropertyKeyed:
				if p.Computed {
					p.Key = in.expr(p.Key)
				}
				p.Value = in.expr(p.Value)
			case *ast.SpreadElement:
				p.Expression = in.expr(p.Expression)
			}
		}
	case *ast.SpreadElement:
		e.Expression = in.expr(e.Expression)
	case *ast.ArrowFunctionLiteral:
		in.parameters(e.ParameterList)
		switch b := e.Body.(type) {
		case *ast.BlockStatement:
			in.block(b)
			entered(b)
		case *ast.ExpressionBody:
			at := b.Expression.Idx0()
			b.Expression = &ast.SequenceExpression{Sequence: []ast.Expression{step(at), in.expr(b.Expression)}}
		}
	case *ast.FunctionLiteral:
		in.function(e)
	case *ast.ClassLiteral:
		in.class(e)
	case *ast.AssignExpression:
		in.pattern(e)
	case *ast.AwaitExpression:
		e.Argument = in.expr(e.Argument)
	case *ast.YieldExpression:
		e.Argument = in.expr(e.Argument)
	case *ast.DotExpression:
		e.Left = in.expr(e.Left)
	case *ast.PrivateDotExpression:
		e.Left = in.expr(e.Left)
	case *ast.BracketExpression:
		e.Left, e.Member = in.expr(e.Left), in.expr(e.Member)
	case *ast.OptionalChain:
		e.Expression = in.expr(e.Expression)
	case *ast.Optional:
		e.Expression = in.expr(e.Expression)
	case *ast.SequenceExpression:
		in.exprs(e.Sequence)
	case *ast.TemplateLiteral:
		e.Tag = in.expr(e.Tag)
		in.exprs(e.Expressions)
	case *ast.UnaryExpression:
		if e.Operator != token.DELETE && e.Operator != token.TYPEOF && e.Operator != token.INCREMENT && e.Operator != token.DECREMENT {
			e.Operand = in.expr(e.Operand)
		}
	}
	return e
}

// suspends reports whether an expression awaits or yields, or uses super, in its own function: it
// cannot be moved into another one.
func suspends(e ast.Expression) bool {
	return anyExpr(e, func(e ast.Expression) bool {
		switch e.(type) {
		case *ast.AwaitExpression, *ast.YieldExpression, *ast.SuperExpression, *ast.MetaProperty:
			return true
		}
		return false
	})
}

// anyExpr reports whether f holds for an expression or one inside it, functions and classes not
// entered.
func anyExpr(e ast.Expression, f func(ast.Expression) bool) bool {
	if e == nil {
		return false
	}
	if f(e) {
		return true
	}
	list := func(es []ast.Expression) bool {
		for _, e := range es {
			if anyExpr(e, f) {
				return true
			}
		}
		return false
	}
	switch e := e.(type) {
	case *ast.ConditionalExpression:
		return anyExpr(e.Test, f) || anyExpr(e.Consequent, f) || anyExpr(e.Alternate, f)
	case *ast.BinaryExpression:
		return anyExpr(e.Left, f) || anyExpr(e.Right, f)
	case *ast.CallExpression:
		return anyExpr(e.Callee, f) || list(e.ArgumentList)
	case *ast.NewExpression:
		return anyExpr(e.Callee, f) || list(e.ArgumentList)
	case *ast.ArrayLiteral:
		return list(e.Value)
	case *ast.ObjectLiteral:
		for _, p := range e.Value {
			switch p := p.(type) {
			case *ast.PropertyKeyed:
				if anyExpr(p.Key, f) || anyExpr(p.Value, f) {
					return true
				}
			case *ast.SpreadElement:
				if anyExpr(p.Expression, f) {
					return true
				}
			}
		}
	case *ast.SpreadElement:
		return anyExpr(e.Expression, f)
	case *ast.AssignExpression:
		return anyExpr(e.Left, f) || anyExpr(e.Right, f)
	case *ast.AwaitExpression:
		return anyExpr(e.Argument, f)
	case *ast.YieldExpression:
		return anyExpr(e.Argument, f)
	case *ast.DotExpression:
		return anyExpr(e.Left, f)
	case *ast.PrivateDotExpression:
		return anyExpr(e.Left, f)
	case *ast.BracketExpression:
		return anyExpr(e.Left, f) || anyExpr(e.Member, f)
	case *ast.OptionalChain:
		return anyExpr(e.Expression, f)
	case *ast.Optional:
		return anyExpr(e.Expression, f)
	case *ast.SequenceExpression:
		return list(e.Sequence)
	case *ast.TemplateLiteral:
		return anyExpr(e.Tag, f) || list(e.Expressions)
	case *ast.UnaryExpression:
		return anyExpr(e.Operand, f)
	}
	return false
}

// abrupt reports whether a statement may leave the function or loop that it is in.
func abrupt(s ast.Statement) bool {
	list := func(ss []ast.Statement) bool {
		for _, s := range ss {
			if abrupt(s) {
				return true
			}
		}
		return false
	}
	switch s := s.(type) {
	case *ast.ReturnStatement, *ast.BranchStatement, *ast.ThrowStatement:
		return true
	case *ast.BlockStatement:
		return s != nil && list(s.List)
	case *ast.IfStatement:
		return abrupt(s.Consequent) || s.Alternate != nil && abrupt(s.Alternate)
	case *ast.ForStatement:
		return abrupt(s.Body)
	case *ast.ForInStatement:
		return abrupt(s.Body)
	case *ast.ForOfStatement:
		return abrupt(s.Body)
	case *ast.WhileStatement:
		return abrupt(s.Body)
	case *ast.DoWhileStatement:
		return abrupt(s.Body)
	case *ast.LabelledStatement:
		return abrupt(s.Statement)
	case *ast.SwitchStatement:
		for _, c := range s.Body {
			if list(c.Consequent) {
				return true
			}
		}
	case *ast.TryStatement:
		return abrupt(s.Body) || s.Catch != nil && abrupt(s.Catch.Body) || s.Finally != nil && abrupt(s.Finally)
	}
	return false
}
