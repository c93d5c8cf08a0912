// Package change makes planned changes to many files at once: all of them, or none.
//
// An Overlay is a file tree with planned changes on top of a base. Everything that plans
// reads and writes it; nothing touches the disk. Its Changes are what Commit writes.
//
// Commit guarantees:
//
//   - A file is written only if it is as it was when the change was planned, is a regular
//     file, and lies in the root when every symbolic link is followed. A link to a file in
//     the root stays a link; the file that it points to changes. Anything else is refused
//     with a *diag.Diagnostic before anything is written.
//   - If anything fails, or the context ends before the first file is replaced, every file is
//     put back, and the error says so.
//   - If the process dies at any instant, the tree is as before, or Pending reports the
//     interrupted change and Undo restores every file: its bytes, its mode, and its absence.
//     No other change is accepted until then.
//   - A file is replaced at once (a rename): other programs see the old one or the new one.
//     It keeps its mode and, where the system allows, its owner. Hard links to the old one
//     keep the old content.
//
// The protocol. One process at a time, by a lock that ends with its process:
//
//  1. Check every file; say what is wrong before anything is written.
//  2. Write a journal entry with the original of every file, and sync it.
//  3. Make missing folders; beside each file write the new one under a temporary name, sync
//     it, and link the original to another temporary name.
//  4. Check every file again, then rename the new ones into place and remove what is to go.
//  5. Sync the folders and mark the entry as done: from here on, the change is made.
//  6. Remove the links to the originals.
//
// Up to 5, an error renames the originals back, which needs no room on the disk. A process
// that dies before 5 leaves an entry that is not done; one that dies in 6 leaves links that
// the next Commit or Undo removes. Undo of an entry runs steps 3 to 6 in the other direction,
// and the entry goes when it is done.
//
// The journal is the folder batten in the repository's git directory (that of the worktree);
// outside git, the folder .batten/journal in the root. It keeps the last 20 changes.
package change
