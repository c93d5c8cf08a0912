// Package workspace reads a Backstage monorepo: its packages and their roles, which of them
// are apps and backends and of which generation, the package manager, the release, the
// app-config files.
//
// It guarantees:
//
//   - Load is a function of the files alone. It reads them through an fs.FS and nothing
//     else: no disk behind it, no clock, no environment, no node_modules. FindRoot alone
//     reads the disk.
//   - What is read is said with its place: every dependency has the span of its specifier,
//     every configuration value its file and position.
//   - What was not written but concluded (a role, the release, the package manager) says
//     where it comes from.
//   - Input that is wrong is a *diag.Diagnostic with a position, never a panic. One wrong
//     file does not hide the others: see Workspace.Problems.
//
// Paths are slash paths from the root of the monorepo; the root's own Dir is ".".
package workspace
