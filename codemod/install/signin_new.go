package install

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/wiring"
	"github.com/batten-dev/batten/registry/recipe"
)

// providerID is the id of a sign-in provider in the source of a module.
var providerID = regexp.MustCompile(`\bid: '([a-z0-9-]+-auth-provider)'`)

// besideOwnSignIn takes over the step that writes a sign-in page into a new frontend, if there is
// one already, of the app's own or of another plugin of the plan: the provider joins it. It
// reports whether the step is done.
func (p *planner) besideOwnSignIn(s recipe.Step) (bool, error) {
	if s.Feature.File == "" || !strings.Contains(s.Feature.Source, "SignInPageBlueprint") {
		return false, nil
	}
	page, ok := p.ownSignInPage()
	if !ok {
		if !p.written(p.ws.PackageOf(p.app.AppFile).Path(s.Feature.File)) {
			return false, nil
		}
		now, err := observe(p.ctx, p.ws, p.over, p.opts) // the file may be one of the plan
		if err != nil {
			return false, err
		}
		p.state = now
		if page, ok = p.ownSignInPage(); !ok {
			return false, nil
		}
	}
	if p.provider != nil {
		return true, p.ownSignIn(s.Why, page, *p.provider)
	}
	// A provider with an API of its own, which is in the same file as the page.
	for _, m := range providerID.FindAllStringSubmatch(s.Feature.Source, -1) {
		if f, ok := p.fact(func(f wiring.Fact) bool {
			return f.Kind == wiring.SignInProvider && f.Package == p.app.Dir && f.Name == m[1]
		}); ok {
			p.present("sign-in provider "+f.Name, f)
			return true, nil
		}
	}
	src, err := p.over.ReadFile(page.File)
	if err != nil {
		return false, err
	}
	d := diag.Errorf("no-safe-place", "the app makes a sign-in page already, and this way to sign in brings an API of its own").At(page.File, src, page.Span)
	d.Manual = fmt.Sprintf("Put the API and the provider of this module into that page's module, and list them there:\n    %s", indent(s.Feature.Source))
	return false, d
}

// written reports whether a file is there, or planned.
func (p *planner) written(name string) bool {
	_, err := p.over.ReadFile(name)
	return err == nil
}
