package upgradereport

import (
	"fmt"
	"strings"
	"testing"
)

// lists is a report with a change that is a list, which its title does not have.
func lists() Report {
	return Report{From: "1.54.0", To: "1.55.0", Outcome: Made, Breaking: []Breaking{{
		Package: "@acme/kit", From: "0.1.0", To: "0.2.0", Changes: []Change{listChange(
			"- `FirstBlueprint`\n- `SecondBlueprint`, for [pages](https://acme.example.com)\n- The third, of which there is a lot more to say than fits in here, is `ThirdBlueprint`.\n",
		)},
	}}}
}

func listChange(list string) Change {
	return Change{
		Version: "0.2.0", Sure: true, Title: "BREAKING: The following blueprints have been removed:",
		Text: "**BREAKING**: The following blueprints have been removed:\n\n" + list + "\nUse others.\n",
	}
}

func TestAHeadingNamesWhatItLeadsTo(t *testing.T) {
	numbered := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "- `x%d`\n", i+1)
		}
		return b.String()
	}
	words := "BREAKING: The following blueprints have been removed:"
	for _, test := range []struct {
		name   string
		change Change
		want   string
	}{
		{"names", listChange("- `A`\n- `B` and `C`\n"), words + " A, B and C"},
		{"ten", listChange(numbered(10)), words + " x1, x2, x3, x4, x5, x6, x7, x8, x9, x10"},
		{"more", listChange(numbered(13)), words + " x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, and 3 more"},
		{"the code in a long item", listChange("1. The class that was here since the beginning of the kit, `A`, is gone\n2. B\n"), words + " A, B"},
		{"the first words of a long item", listChange("- Everything that was here since the beginning of the kit, and more\n"), words + " Everything that was here since the…"},
		{"items with parts", listChange("- `A`\n  - in part\n\n  and more\n-\n- `B`\n"), words + " A, B"},
		{"a list in a list", Change{Title: "These went:", Text: "- These went:\n  - `A`\n"}, "These went: A"},
		{"a title that is not all of its paragraph", Change{Title: "BREAKING: These went:", Text: "**BREAKING**\n\nThese went:\n\n- `A`\n"}, "BREAKING: These went: A"},
		{"a list of another paragraph", Change{Title: "These went:", Text: "These went:\n\nAll.\n\n- `A`\n"}, "These went:"},
		{"no list", Change{Title: "Do this:", Text: "Do this:\n\n```\na\n```\n"}, "Do this:"},
		{"a title that leads to nothing", Change{Title: "All went.", Text: "All went.\n\n- `A`\n"}, "All went."},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := flatText(test.change.named()); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestAShortenedReportNamesWhatAListHas(t *testing.T) {
	r := lists()
	r.Breaking[0].Changes[0].Text += strings.Repeat("There is more to say. ", 1000)
	got := Markdown(r, 4000)
	want := "- <b>0.2.0</b> BREAKING: The following blueprints have been removed: `FirstBlueprint`, `SecondBlueprint`, for pages, `ThirdBlueprint`\n"
	if !strings.Contains(got, want) || !strings.Contains(got, "_Shortened") {
		t.Errorf("there is no %q in:\n%s", want, got)
	}
}
