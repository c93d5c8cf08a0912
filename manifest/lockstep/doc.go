// Package lockstep plans how a monorepo comes to another Backstage release: which version
// every dependency gets, so that all packages of the release move together.
//
// Make is a function of the monorepo's files, the manifest of the release and a policy. A Plan
// is a value: it can be saved as JSON, edited by a person (a row dropped, a package held back)
// and applied later.
//
// It guarantees:
//
//   - No row is made up: each has the file, field and position that it is about, and says why.
//     What stays although the release has something newer, is a row as well (Held, Removed).
//   - A specifier keeps its style: exact stays exact, "~" stays "~", an alias stays an alias.
//     Only where the Backstage plugin of yarn is installed, a caret becomes "backstage:^".
//     What points into the monorepo or a folder (workspace:, file:, link:, portal:) is not
//     touched, and has no row.
//   - A package that moved gets its new name in package.json, in every import, mock and style
//     sheet, and in app.packages; each changed file still parses, and one that cannot be read is a
//     Note.
//   - A patch moves to another version only if it applies to it (Policy.Patched, PatchApplies).
//   - Without Policy.AllowDowngrade no package gets a lower version.
//   - Apply changes the bytes of specifiers and names alone, and refuses a file that is no longer what
//     the plan was made for. Applying a plan twice, or planning again after Apply, changes
//     nothing.
//   - With Policy.LikeCLI the package.json files and backstage.json end, as values, as the
//     official `backstage-cli versions:bump` leaves them with the same manifest.
//
// Where the official CLI is followed and where not is said at Policy.
package lockstep
