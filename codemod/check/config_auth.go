package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/batten-dev/batten/codemod/schema"
	"github.com/batten-dev/batten/codemod/workspace"
)

// dangerousAuth finds switches that let anybody in, where they count in production.
func dangerousAuth(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, s := range r.config().production() {
		for _, key := range [][]string{
			{"auth", "providers", "guest", "dangerouslyAllowOutsideDevelopment"},
			{"backend", "auth", "dangerouslyDisableDefaultAuthPolicy"},
		} {
			n := s.node.At(key...)
			if known(n) != "true" || seen[fmt.Sprint(n.File, n.Span)] {
				continue
			}
			seen[fmt.Sprint(n.File, n.Span)] = true
			path := strings.Join(key, ".")
			f := r.inNode(n, path, "%s is set in production", path)
			if n.File != s.file {
				f.Summary = fmt.Sprintf("%s is set, and %s does not reset it", path, s.file)
			}
			f.Detail = "Whoever reaches the app is signed in as a guest, with what the guest may do."
			if key[0] == "backend" {
				f.Detail = "The backend answers requests without credentials: whoever reaches it can read and write everything."
			}
			f.Manual = fmt.Sprintf("Remove it, or move it to a file for development. Until then set it to false in %s.", s.file)
			f.note = s.open && n.File != s.file
			out = append(out, f)
		}
		for _, n := range openSignIns(s.node) {
			if seen[fmt.Sprint(n.node.File, n.node.Span)] {
				continue
			}
			seen[fmt.Sprint(n.node.File, n.node.Span)] = true
			f := r.inNode(n.node, n.provider+" "+openSignIn, "%s of auth.providers.%s lets everybody in who has an account at %s", openSignIn, n.provider, n.at)
			f.Detail = "Who is not in the catalog is signed in all the same, and everybody can have an account there."
			f.Manual = "Remove it: who is in the catalog signs in. Suppress this if strangers are kept out in front of the app."
			f.note = s.open && n.node.File != s.file
			out = append(out, f)
		}
	}
	return out
}

// openSignIn is the option of a sign-in resolver that lets in who is not in the catalog.
const openSignIn = "dangerouslyAllowSignInWithoutUserInCatalog"

type openResolver struct {
	node         *schema.Node
	provider, at string
}

// openSignIns are the resolvers of the environment's providers that let in who is not in the
// catalog, of providers at which everybody can have an account.
func openSignIns(s *schema.Node) []openResolver {
	env := s.At("auth", "environment")
	var out []openResolver
	for provider, own := range map[string]string{"github": "enterpriseInstanceUrl", "gitlab": "audience", "google": "", "bitbucket": "", "atlassian": ""} {
		p := s.At("auth", "providers", provider)
		if p == nil {
			continue
		}
		for _, m := range p.Members {
			if env == nil && m.Name != "development" || known(env) != "" && m.Name != env.Text || own != "" && m.Value.Get(own) != nil {
				continue
			}
			resolvers := m.Value.At("signIn", "resolvers")
			if resolvers == nil {
				continue
			}
			for _, res := range resolvers.Items {
				if n := res.Get(openSignIn); known(n) == "true" && res.Get("allowedDomains") == nil {
					out = append(out, openResolver{n, provider, map[string]string{"github": "github.com", "gitlab": "gitlab.com", "google": "Google", "bitbucket": "bitbucket.org", "atlassian": "Atlassian"}[provider]})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b openResolver) int { return cmp.Compare(a.node.Span.Start, b.node.Span.Start) })
	return out
}

// oauthProviders are the providers whose configuration has a level for the environment.
var oauthProviders = []string{
	"atlassian", "auth0", "bitbucket", "bitbucketServer", "github", "gitlab", "google", "microsoft", "oauth2", "oidc", "okta", "onelogin",
}

// authEnvironments finds providers that have no configuration for the environment that
// auth.environment names.
func authEnvironments(r *Repo) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, s := range r.config().settings() {
		env := "development"
		at := s.node.At("auth", "environment")
		if at != nil && at.Type != schema.Null || at != nil && at.From != "" {
			if env = known(at); env == "" {
				continue
			}
		}
		providers := s.node.At("auth", "providers")
		if providers == nil || providers.From != "" {
			continue
		}
		for _, m := range providers.Members {
			if !slices.Contains(oauthProviders, m.Name) || m.Value.Type != schema.Object || m.Value.From != "" || len(m.Value.Members) == 0 || m.Value.Get(env) != nil {
				continue
			}
			if slices.ContainsFunc(m.Value.Members, func(e schema.Member) bool { return e.Value.Type != schema.Object || e.Value.From != "" }) {
				continue
			}
			id := fmt.Sprint(m.Value.File, m.Span)
			// Without app-config for production the base file is for all environments.
			if seen[id] || !s.production && r.config().setsEnvironment(s) {
				continue
			}
			seen[id] = true
			var has []string
			for _, e := range m.Value.Members {
				has = append(has, e.Name)
			}
			f := r.at(m.Value.File, m.Span, "auth.providers.%s has nothing for the environment %s, only for %s", m.Name, env, strings.Join(has, ", "))
			f.key = m.Name + " " + env
			if at != nil {
				f.Related = []Place{r.place(at.File, at.Span, "auth.environment")}
			} else {
				f.Detail = "auth.environment is not set, which means development."
			}
			f.Manual = fmt.Sprintf("Add the key %s to it, or set auth.environment in %s.", env, s.file)
			out = append(out, f)
		}
	}
	return out
}

// setsEnvironment reports whether a file other than a setting's own names an environment: the
// setting is then not used as it is.
func (c *config) setsEnvironment(s setting) bool {
	return slices.ContainsFunc(c.files, func(f configFile) bool {
		return f.name != s.file && f.node.At("auth", "environment") != nil && f.kind != workspace.ConfigBase
	})
}
