// Package install turns recipes and a repository into one proved set of changes.
//
// Add guarantees:
//
//   - It reads and plans in memory alone; nothing is written.
//   - What is there already stays as it is, whoever put it there: only what is missing is
//     added, so that a half-installed plugin is finished and a second Add changes nothing.
//   - The plan is proved. The changed app was observed again: its wiring differs from the old by
//     exactly what the recipes ask for; every changed file still parses; and adding once more to
//     the result changes nothing. If not, there is no plan, and the error says why.
//   - A refusal is a *diag.Diagnostic or a diag.List with the manual step, and concerns the
//     whole plan: never is half a plugin planned.
//
// Remove guarantees the same of taking plugins out, whoever wired them:
//
//   - What goes is what is made of the plugin's packages and of nothing else, what held that
//     alone, and what is of no use without it: names, files that batten wrote, configuration,
//     dependencies. The choice is made in remove_choose.go alone.
//   - What another plugin or the app's own code uses stays, and is in the result with its place.
//   - The plan is proved: the wiring has lost exactly what was to go and gained nothing, no
//     file refers to a name that it has no more, every changed file still parses, and removing
//     once more changes nothing.
//   - Right after Add, it gives back the same bytes, as far as they say what was there: a
//     provider={x} that became providers={[x, y]} comes back as providers={[x]}, and an import that was spread over lines without need comes back on one.
package install
