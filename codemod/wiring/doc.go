// Package wiring observes what hangs in a Backstage app and where: routes, sidebar items,
// entity tabs and cards, sign-in providers, frontend features, backend features. It runs the
// app's own code (see package jsrun) with every npm package replaced by a recording stub, so
// that it sees through variables, helper functions, maps and split files. What the app-config
// files set of extensions and route bindings counts too.
//
// It guarantees:
//
//   - Observe reads files through the workspace alone, changes nothing, and is a function of
//     their content: the same files give the same Observation, in the same order.
//   - Each Fact and Mount was found again in the syntax tree: its Span is a whole construct of
//     File (an element, a call statement, an array, an object; an entry of a YAML or JSON file),
//     in byte offsets of the source that the workspace holds.
//   - What could not be run is read from the syntax tree alone. Such facts are marked
//     Degraded, and Observation.Degraded says why, per file.
//   - No input makes it panic or run on: see the limits of package jsrun.
package wiring
