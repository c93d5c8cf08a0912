package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/check"
)

// The index of the rules' documentation is made from the rules: -update writes it.
func TestIndexOfRulesIsUpToDate(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Rules of `batten check`\n\n`batten check --explain CODE` prints what is said of one. A rule that has to guess gives notes.\n")
	family := check.Family("")
	for _, r := range checkRules(check.Registry{}) {
		if r.Family != family {
			family = r.Family
			fmt.Fprintf(&b, "\n## %s\n\n| code | name | severity | what |\n|---|---|---|---|\n", family)
		}
		link := r.Code + ".md"
		if _, err := os.Stat(filepath.Join("..", "..", "..", "codemod", "check", "docs", link)); err != nil {
			base := link
			link = "../../../manifest/lockstep/docs/" + base
			if r.Family == check.Containers {
				link = "../../../manifest/engines/docs/" + base
			}
			if _, err := os.Stat(filepath.Join("..", "..", "..", "codemod", "check", "docs", filepath.FromSlash(link))); err != nil {
				t.Errorf("%s has no documentation", r.Code)
			}
		}
		fmt.Fprintf(&b, "| [%s](%s) | %s | %s | %s |\n", r.Code, link, r.Name, r.Severity, r.Title)
	}
	name := filepath.Join("..", "..", "..", "codemod", "check", "docs", "README.md")
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Errorf("%s is out of date: go test ./cmd/internal/cli -run IndexOfRules -update", name)
	}
}
