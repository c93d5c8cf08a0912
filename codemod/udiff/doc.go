// Package udiff shows the difference of two versions of a file as a unified diff, for people
// and for `git apply`.
//
// It guarantees:
//
//   - `git apply` turns the old bytes into the new ones, whatever they are: CRLF, a missing
//     final newline, bytes that are not UTF-8, empty files, created and deleted files, and any
//     file name.
//   - The diff is as small as a line diff can be: it removes and adds the fewest lines. Among
//     equally small diffs, a run of added or removed lines is placed where it begins and ends
//     with the shallowest indentation, so that an added element is shown whole.
//   - The result depends on the two contents alone, never on time.
//
// Lines end after LF; the CR of a CRLF belongs to its line's text. Line numbers count from 1.
package udiff
