// Package yamledit reads and edits YAML configuration such as app-config.yaml, changing no
// byte that the asked operation does not need.
//
// Parse gives a Doc: the values with their spans. Its edit methods return edits on the
// unchanged source; nothing here prints a file. yaml.v3 says where values begin; this
// package finds where they end, which comments belong to them, and splices.
//
// # Comments
//
// A key or item owns the comment lines directly above it that are indented as it is, the
// comments on its own lines, and the comment lines below it that are indented deeper than
// it. Removing it removes those. The comments at the very top of a file belong to the file,
// and those between a key and the first key of the mapping under it to the mapping: they
// speak of the whole as often as of its first key, and a comment too many does less harm.
// New keys go after the last sibling and what it owns, so before any comment that follows
// the siblings at their own indentation. A key that has only comments under it gets its
// first key below them, but its first sequence item above them.
//
// # Guarantees
//
//   - Proof: each plan of edits was applied in memory and read again; values, order, tags,
//     anchors and aliases differ by exactly the asked operation and no comment is lost,
//     save those of what was removed. Otherwise the method returns an error and no edits.
//   - An operation asked a second time gives no edits.
//   - Removing what was just added gives back the same bytes. The exception is a parent
//     that had no children and gets none back: without a comment under it, it is left as {}
//     (a sequence as []), otherwise as a key without a value.
//   - Any bytes are fine as input.
//
// Edits are of the document as it was parsed: to make several operations, apply the edits of
// one, parse again, and ask for the next. For a file that Parse refuses, Snippet gives the
// YAML to paste.
//
// Paths are names of keys; in sequences, decimal indices. Every error is a
// *diag.Diagnostic that names the file given to Parse; those of edit methods carry a manual
// step with the YAML to paste.
//
// Refused, because Backstage refuses them too: invalid YAML, several documents, a key that
// is there twice. Refused on the path of an edit: aliases, merge keys, anchors that are
// used elsewhere, explicit keys (?), tagged collections.
package yamledit
