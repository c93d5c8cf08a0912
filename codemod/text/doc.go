// Package text is the bottom layer of batten: byte spans, positions, and the edit, which is
// the only way in which anything in batten changes a file.
//
// It guarantees:
//
//   - Apply changes the bytes inside the spans of its edits and no others, and refuses edits
//     that overlap, whatever their order.
//   - Merge of two plans is the same whichever plan comes first, or it is a *Conflict. Two
//     insertions at one offset have an order only when one plan made both.
//   - Positions are those that editors show: lines and columns count from 1, columns count
//     UTF-16 code units. Offsets are bytes.
//
// The package imports nothing of batten's and does no input or output.
package text
