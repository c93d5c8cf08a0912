// Package changelog reads what changed in packages between two versions out of the CHANGELOG.md
// files that changesets writes, and of these changes the breaking ones.
//
// It guarantees:
//
//   - Parse, Between and Importers are functions of what they are given. Collect reads packages
//     through the npm client that it is given, several at a time, each once.
//   - Of an entry the whole text is kept, with its paragraphs and code, and the line that it is at.
//   - A change that was listed for a pre-release and for the release after it is listed once.
//   - A package whose change log cannot be had is named, with the reason; the others are read
//     nevertheless.
//   - Parse takes any text, and time linear in its length.
package changelog
