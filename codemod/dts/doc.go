// Package dts reads the type declarations (.d.ts) of installed packages: which names a module
// exports, and which properties a component must be given.
//
// It guarantees:
//
//   - What it says is certain as far as the declarations are right. Exports says that it does not
//     know as soon as one of the files that a module passes on cannot be read; Required leaves out
//     each property that some reading of the type may do without.
//   - Files are read when a question needs them, and once. Only declarations are read: no
//     JavaScript, and nothing of packages that no type leads to.
//   - No input makes it panic or run on: files, and the hops from name to name, are bounded.
//
// Paths are slash paths, as the functions given to New have them.
package dts
