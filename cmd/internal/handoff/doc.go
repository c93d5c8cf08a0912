// Package handoff runs the programs that batten leaves work to: the repository's own package
// manager, git, and docker.
//
// It guarantees:
//
//   - The yarn that the repository carries comes first, run by node; then the one on the PATH;
//     then corepack's.
//   - A program's output is streamed as it comes.
//   - When a program fails, the error is a *Failure with the command line as typed in a shell,
//     the folder, and the exit status.
package handoff
