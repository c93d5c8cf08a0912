// Package wiremap draws the wiring of a monorepo: New arranges an observation for a reader,
// and a Map is rendered as a page (HTML), a picture (SVG), a graph (DOT), a tree (Text) or
// data (JSON).
//
// It guarantees:
//
//   - Values in, values out. Nothing is read but the workspace that is given, and the same
//     workspace gives the same bytes: no clock, no order of a Go map.
//   - Every fact of the observation is shown, under a kind whose count is the number of facts
//     of that kind. What is on several entity pages is shown on each and counted once.
//   - The page is one file. It loads nothing, and its content security policy forbids it to;
//     without JavaScript it shows everything.
//   - Text of the repository is text in every format: markup is escaped, and characters that
//     could not be seen, or would reorder or hide others (control, format and bidirectional
//     characters), are spelled out as \u{202E}. JSON alone has the text as it is.
package wiremap
