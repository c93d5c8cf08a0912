// Package template renders the app template of a Backstage release, as create-app would write
// it, without Node, and merges what changed in it between two releases into an app.
//
// The template is in the npm package @backstage/create-app: Open gets that package, Render
// renders it. Files ending in ".hbs" are Handlebars templates and lose that ending; all others
// are copied byte for byte. The result equals what create-app of the same version writes before
// it fetches a yarn.lock, initialises git and installs.
//
// Of Handlebars, what the templates of create-app use is understood: values, escaped or not,
// the helper "version", comments, if, else and unless, whitespace control, escapes. Anything
// else is an error that names file and line, never a file that is nearly right.
//
// # Merging
//
// Merge is a function of three trees: the template that the app came from, the app, and the
// template of the release to come to. CareOf says which files are merged at all. Of those,
//
//   - one that the app has as the template had it becomes what the template has now, or goes;
//   - one that the app deleted stays deleted; one that it moved in its package is found by its
//     lines; one that is new is added unless something stands there;
//   - package.json is merged by key, other JSON and YAML by key where lines do not do;
//   - text is merged by lines, after lines that a formatter alone changed were made the same;
//   - TypeScript that does not merge by lines is merged by syntax: statements, elements,
//     properties, attributes and imports are matched by what they are about, wherever they stand;
//   - lists of patterns, as .gitignore, are merged as sets.
//
// What a person chose stays chosen, and File.Notes says what did not come for it: a key, element
// or dependency that the app took out; one that both added, in the app's form; another package
// manager, or version of it; in app-config files, what is for a plugin that the app does not use,
// and examples that it does not have. A version that both raised is the template's.
//
// Files, and keys of package.json, that are as the template of an earlier release had them count as
// unchanged, by a table of hashes: apps are often brought to a release without its template.
//
// Then the wiring (see codemod/wiring) of the app as it was, as it is merged, and of both templates
// is observed, in the packages whose sources the template and the app both changed:
//
//   - The merge of a file that would lose a piece of the app's, have one twice, or keep the app
//     from running, is taken back: the file is a conflict that names the piece and its place.
//   - A piece that the template added, changed or took out, and that did not come with its file, is
//     merged by fact: beside the neighbours that it has in the template, wherever the app has
//     those, else where pieces of its kind hang; so is one that came to another file than its
//     neighbours'. What the app has already, or in a form of its own, stays. See Piece.
//   - What the template changed in a declaration that the app has in another file is merged there.
//   - What else it changed in such a file is merged before or after the pieces, whichever leaves
//     fewer conflicts.
//
// It guarantees:
//
//   - An app that nobody changed becomes the new template, byte for byte, but for the files
//     that are the user's.
//   - No line of the user's is lost, and no change of the template's without a File that says so:
//     as a conflict with the lines of all three sides, as skipped with the reason, or in a note.
//   - What is written parses, declares nothing twice, binds the names that it uses as the sides do,
//     and has the tokens (TypeScript) or values (YAML) that both sides make of the base together.
//     What cannot be proved is a conflict. Where the rest of a file with conflicts is merged, that
//     parses and binds its names too, or the file stays.
//   - The wiring of the merged app is that of the app, but for what the template changed of it;
//     what of that is missing is a Piece that says so. Where a package cannot be run in full, as
//     it was or as a template, its wiring is not compared, and Result.Notes says why.
//   - A file imports of the app's own files what those export.
//   - Merging the result once more changes nothing of the pieces.
//   - A file is changed whole or not at all, except that of a file merged by key the keys without
//     a conflict are merged. Links, binaries, files over 2 MB, not in UTF-8, with the marks
//     of an earlier conflict, or whose lines end in different ways are skipped, and names that
//     differ in case alone. Byte order marks and CRLF stay.
package template
