// Package recipe holds what a plugin needs, and where: the packages, the pieces of wiring, the
// configuration, and what only a person can do outside the repository.
//
// A Recipe is data. It names npm exports and mount points and never a position in a file; the
// packages above turn each Step into edits of a repository. A recipe is written as YAML, in
// the format that the docstrings of Recipe and the types below give field by field.
//
// It guarantees:
//
//   - Load decodes strictly. A field that is not in the format, a second document, a value of
//     the wrong type: each is an *Error with its line, and with the field that may have been
//     meant.
//   - Every Recipe that Load returns passes Validate. So each step has exactly one kind and
//     names everything that its kind needs, each ${NAME} of a config block is a documented
//     environment variable, and each npm module that a step imports is in one of the recipe's
//     packages or in the ones that every app has.
//   - Merge completes what was derived from a plugin's published packages with an overlay, a
//     recipe that says only what they do not; its result passes Validate, or it is an error.
//   - Resolve and Merge are functions of their arguments alone; a Recipe is never changed.
//
// The curated recipes are embedded in the binary: a few that are whole (Curated), and overlays
// (Overlays). Versions in whole ones are those that were the newest when the recipe was written;
// they serve when no registry can be asked. LoadDir reads a repository's own.
package recipe
