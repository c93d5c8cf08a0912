// Package jsonedit reads and edits JSON files such as package.json, changing no byte that
// the asked operation does not need.
//
// Parse gives a Doc: the ordered members with their spans. Its edit methods return edits on
// the unchanged source; nothing here prints a file. Indentation, newlines, one-line or
// multi-line objects, the spacing around colons and commas, a byte order mark and a missing
// final newline are kept or copied from the neighbours.
//
// It guarantees:
//
//   - Proof: each plan of edits was applied in memory, and what encoding/json reads before
//     and after, order included, differs by exactly the asked operation. Otherwise the
//     method returns an error and no edits.
//   - An operation asked a second time gives no edits.
//   - Removing what was just added gives back the same bytes. The one exception: an object
//     that was empty but for white space comes back as {}.
//   - Any bytes are fine as input: what npm would refuse (comments, trailing commas, syntax
//     errors) is an error with its position.
//
// Edits are of the document as it was parsed: to make several operations, apply the edits of
// one, parse again, and ask for the next.
//
// Every error is a *diag.Diagnostic that names the file given to Parse. Of two members with
// one name, reading takes the last, as JavaScript does, and an edit whose path leads through
// them is refused.
package jsonedit
