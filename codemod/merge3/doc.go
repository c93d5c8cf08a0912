// Package merge3 merges two changed versions of a text line by line, given what both were made
// from, and says where they conflict.
//
// It guarantees:
//
//   - The hunks of a Result cover each of the three texts whole and in order. What is taken from
//     one side has not changed on the other, or changed there in the same way: no line of either
//     side is lost without a conflict that holds it.
//   - Merge(b, b, t) is t, Merge(b, u, b) is u, Merge(b, x, x) is x; none of them conflicts.
//   - Whether a merge is clean, and its text then, do not depend on which side is called ours.
//   - Any bytes are fine: CRLF, a missing newline at the end, text that is not UTF-8. A line is
//     its bytes up to and with LF; lines with different ends are different lines.
//   - The result depends on the three texts alone, never on time.
//
// Clean merges and marked conflicts, in the styles "merge" and "diff3", are byte for byte those of
// `git merge-file`, which the tests compare on thousands of triples. They can differ where more
// than 256 lines in a row are so different that git stops to look for the smallest difference:
// git has one more way to stop there than this package. Texts with NUL bytes, which git refuses,
// are merged like others; Binary tells.
package merge3
