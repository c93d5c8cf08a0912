// Package iostreams is how the command line speaks with its user: results to standard output,
// everything else to standard error, colour and questions on terminals alone.
//
// It guarantees:
//
//   - Colour is written to a terminal only, and not if NO_COLOR is set, TERM is dumb, or the
//     user turned it off.
//   - A question is asked only if its asker can be answered: standard input and standard error
//     are terminals.
//   - Progress is shown on a terminal only, and leaves nothing behind.
package iostreams
