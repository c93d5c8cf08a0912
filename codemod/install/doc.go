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
package install
