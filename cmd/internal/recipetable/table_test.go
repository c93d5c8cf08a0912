package recipetable

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/batten-dev/batten/fixtures"
	"github.com/batten-dev/batten/fixtures/families"
	"github.com/batten-dev/batten/registry/npm"
)

// The shares that recipes must reach.
const (
	wantKinds    = 0.95 // of the extensions, hung rightly by derivation alone
	wantComplete = 0.90 // of the families, complete by derivation and curated recipes
)

// What the published packages show and the recipes in the binary say comes to what a person
// found who read the packages, and can be planned and proved on new apps. The table goes to
// standard output.
func TestRecipesOfTheFamilies(t *testing.T) {
	fixtures.Require(t, "network")
	if os.Getenv("BATTEN_TABLE") == "" {
		t.Skip("make recipes runs it: it reads some hundred packages as they are published now")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	config, _ := npm.ConfigFrom(npm.UserPlaces(""))
	config.Freshness = max(config.Freshness, 24*time.Hour)
	s := &shelf{client: npm.New(config)}
	var b strings.Builder
	var right, extensions, complete, alone, total int
	var misses []string
	row := func(cells ...any) { fmt.Fprintf(&b, "%-64s %9s  %-8s %-5s  %s\n", cells...) }
	row("family", "kinds", "recipe", "whole", "what is missing or wrong")
	for _, f := range families.All(t) {
		if only := os.Getenv("BATTEN_FAMILY"); !strings.Contains(f.Add, only) {
			continue
		}
		v := s.judge(ctx, f)
		if len(v.missing) == 0 {
			v.missing = s.planned(t, f)
		}
		total++
		right += v.right
		extensions += v.extensions
		ok := "yes"
		if len(v.missing) > 0 {
			ok = "no"
		} else {
			complete++
		}
		if v.alone {
			alone++
		}
		row(f.Add, fmt.Sprintf("%d/%d", v.right, v.extensions), v.source, ok, strings.Join(v.missing, "; "))
		for _, w := range v.wrong {
			misses = append(misses, f.Add+": "+w)
		}
		for _, u := range v.unlisted {
			misses = append(misses, f.Add+": not in the table: "+u)
		}
	}
	fmt.Fprintf(&b, "\nDerivation alone:\n")
	for _, m := range misses {
		fmt.Fprintf(&b, "  %s\n", m)
	}
	fmt.Fprintf(&b, "\nright kind by derivation alone: %d of %d extensions (%s)\n", right, extensions, percent(right, extensions))
	fmt.Fprintf(&b, "complete: %d of %d families (%s), %d by derivation alone\n", complete, total, percent(complete, total), alone)
	fmt.Print(b.String())
	if float64(right) < wantKinds*float64(extensions) || float64(complete) < wantComplete*float64(total) {
		t.Errorf("want %.0f %% and %.0f %%\n%s", wantKinds*100, wantComplete*100, b.String())
	}
}

func percent(part, whole int) string {
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(max(whole, 1)))
}
