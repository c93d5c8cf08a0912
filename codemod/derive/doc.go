// Package derive reads a recipe out of a plugin's published packages: their package.json, the
// JavaScript and the type declarations that they ship, and their configuration schemas.
//
// It guarantees:
//
//   - No code of a package is run. Everything is read off codemod/tsx's trees; a file that has no
//     tree, or is over the limits, is passed over and named in Derived.Notes.
//   - The same packages give the same recipe, byte for byte.
//   - A recipe that Recipe returns passes recipe.Validate.
//   - Each step says where it was read: the package, the file and the construct.
//   - What is there and is not wired is in Derived.Extensions with the reason.
//   - Reading is bounded: in files, bytes, hops from name to name, and extensions of a package. What
//     is beyond is left out with a note.
//
// Packages come through an Open function, so the package itself reads no registry and no disk.
// Where the packages contradict each other, the order of trust is: what the plugin itself passes
// to the blueprints of the new frontend system (paths, titles, filters, kinds), then what its code
// does (does it read an entity, does it draw a whole page), then names.
package derive
