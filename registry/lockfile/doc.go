// Package lockfile reads yarn.lock files, of yarn 1 and of yarn 2 and later ("berry"), and says
// which versions of a package there are, who asks for them, and which there will be once
// package.json files have changed.
//
// What the package guarantees:
//
//   - It only reads. Every entry has the line that it begins at.
//   - Both formats give the same values; a range is as the lockfile writes it, and
//     Descriptor.Spec is what a package.json says.
//   - What is no yarn lockfile, or one with merge conflict markers, is refused with an *Error that
//     has the line; no input makes it panic, and reading takes time linear in the input.
//   - Values may be shared between goroutines; nothing is changed after Parse.
//
// Names, versions and ranges agree with the parsers of yarn itself, @yarnpkg/lockfile and
// @yarnpkg/parsers.
package lockfile
