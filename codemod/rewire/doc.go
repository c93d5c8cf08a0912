// Package rewire knows the operations that change an app's wiring: for each kind of piece,
// how to write it, and at which place of a file that package wiring found.
//
// An operation gets a File (a parsed source) and a wiring.Mount in it, and returns edits of
// that source. It guarantees:
//
//   - The edits add the piece and the imports it needs, and change nothing else. New text takes
//     the file's own style: newlines, indentation, quotes, semicolons, trailing commas; lines
//     break where prettier would break them.
//   - Where a shape leaves no safe place, there are no edits: the error is a *diag.Diagnostic
//     with the place, and the exact text to paste in Manual.
//
// TakeOut and Unneeded do the reverse, for any construct whoever wrote it: the one takes it
// out with what held nothing else, the other takes out the names that nothing uses since. They
// undo the additions byte for byte in files that are formatted as prettier formats them.
//
// The Copy operations put a construct of another file, as of an app's template, beside one that
// stands in a file, into a mount, or over another, with the imports that it uses, under the names
// and in the style of the file that it comes to.
//
// Where things go is decided in place.go alone. Whether the edited app has the new piece, and
// no other difference, is for the caller to prove by observing it again.
package rewire
