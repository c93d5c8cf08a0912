package install

import (
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/rewire"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// signInProviderOf is the provider that a recipe adds to a sign-in page; nil if it adds none.
func signInProviderOf(r recipe.Recipe) *recipe.SignInProvider {
	for _, s := range r.Legacy {
		if s.SignInProvider != nil {
			return s.SignInProvider
		}
	}
	return nil
}

// ownSignInPage is the piece by which a new frontend makes a sign-in page itself. A second one
// would take its place, and with it the ways to sign in that the company chose.
func (p *planner) ownSignInPage() (wiring.Fact, bool) {
	for _, f := range p.seen.Facts {
		if f.Package == p.app.Dir && (f.Kind == wiring.SignInProvider || f.Kind == wiring.Extension && strings.HasPrefix(f.Name, "sign-in-page:")) {
			return f, true
		}
	}
	for _, m := range p.mount(wiring.SignInPageMount) {
		return wiring.Fact{Package: m.Package, File: m.File, Span: m.Span}, true
	}
	return wiring.Fact{}, false
}

// ownSignIn adds a provider to the sign-in page that a new frontend makes itself.
func (p *planner) ownSignIn(why string, page wiring.Fact, s recipe.SignInProvider) error {
	if f, ok := p.signInPresent(s); ok {
		p.present("sign-in provider "+f.Name, f)
		return nil
	}
	m, op, ok := p.signInMount()
	if !ok {
		src, err := p.over.ReadFile(page.File)
		if err != nil {
			return err
		}
		d := diag.Errorf("no-safe-place", "the app makes its sign-in page in a way that batten cannot extend").At(page.File, src, page.Span)
		d.Manual = rewire.Manual("give that page this way to sign in too, or put it in its place", providerText(s), ref(s.APIRef))
		return d
	}
	return p.addSignIn(why, s, op, m)
}

type signInOp func(rewire.File, wiring.Mount, rewire.SignInProvider) ([]text.Edit, error)

// signInMount chooses the sign-in page that gets a provider, of an app that may have several:
// the first with providers other than the guest, else the first whose providers can be extended.
func (p *planner) signInMount() (wiring.Mount, signInOp, bool) {
	arrays := p.mount(wiring.SignInMount)
	for _, m := range arrays {
		if p.observedIn(m, wiring.SignInProvider, func(f wiring.Fact) bool { return f.Name != "guest" }) {
			return m, rewire.AddSignInProvider, true
		}
	}
	for _, m := range p.mount(wiring.SignInPageMount) {
		if f, err := p.file(m.File); err == nil && m.Label == "SignInPage" && f.HasSingleProvider(m) {
			return m, rewire.AddSecondSignInProvider, true
		}
	}
	for _, m := range arrays {
		return m, rewire.AddSignInProvider, true
	}
	for _, m := range p.mount(wiring.SignInPageMount) {
		if m.Label == "SignInPage" {
			return m, rewire.AddSecondSignInProvider, true // which says why it cannot
		}
	}
	return wiring.Mount{}, nil, false
}

// signInPresent is the fact by which an app offers a way to sign in already.
func (p *planner) signInPresent(s recipe.SignInProvider) (wiring.Fact, bool) {
	return p.fact(func(f wiring.Fact) bool {
		return f.Kind == wiring.SignInProvider && f.Package == p.app.Dir &&
			(f.Name == s.ID || slices.ContainsFunc(f.Refs, func(r wiring.Ref) bool { return r.Export == s.APIRef.Export }))
	})
}

func (p *planner) signInProvider(why string, s recipe.SignInProvider) error {
	if f, ok := p.signInPresent(s); ok {
		p.present("sign-in provider "+f.Name, f)
		return nil
	}
	if m, op, ok := p.signInMount(); ok {
		return p.addSignIn(why, s, op, m)
	}
	mounts := p.mount(wiring.CreateAppMount)
	if len(mounts) == 0 || len(p.mount(wiring.SignInPageMount)) > 0 {
		return p.noMount("the list of sign-in providers", providerText(s), s.APIRef)
	}
	p.expect(Expected{Kind: wiring.SignInProvider, Package: p.app.Dir, Name: "guest"})
	return p.addSignIn(why, s, rewire.AddSignInPage, mounts[0])
}

func (p *planner) addSignIn(why string, s recipe.SignInProvider, op signInOp, m wiring.Mount) error {
	f, err := p.file(m.File)
	if err != nil {
		return err
	}
	edits, err := op(f, m, rewire.SignInProvider{ID: s.ID, Title: s.Title, Message: s.Message, APIRef: ref(s.APIRef)})
	if err != nil {
		return err
	}
	p.expect(Expected{Kind: wiring.SignInProvider, Package: p.app.Dir, Name: s.ID})
	return p.edit(m.File, edits, why)
}

func providerText(s recipe.SignInProvider) string {
	return fmt.Sprintf("{ id: '%s', title: '%s', message: '%s', apiRef: %s }", s.ID, s.Title, s.Message, s.APIRef.Local())
}
