// Package cli is the command line: one file per verb, and the parts that verbs share.
//
// It guarantees:
//
//   - Standard output carries results (a diff, JSON, a table), standard error everything else.
//   - The exit status is 0 if all is done or there was nothing to do, 1 for findings or for
//     changes pending under --dry-run --exit-code, 2 for wrong usage, a wrong environment or a
//     refusal. One function, exitStatus, maps errors to it.
//   - An error says what failed, where (file:line:column), and what to do next.
//   - Nothing is asked unless someone can answer: on a terminal, and without --yes.
//   - What --json prints is an object whose "schema" is the version of its format.
package cli
