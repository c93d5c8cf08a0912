// Package upgradereport tells the story of an upgrade: what moved, what breaks and where, what
// became of the template's changes, what was run, and what is left for a person.
//
// A Report is a value. Markdown and HTML are functions of it, and show the same: Markdown as the
// description of a pull request, HTML as a page.
//
// They guarantee:
//
//   - No string of a report is markup, whatever is in it: "|", backticks, "</details>" and
//     "<script>" are shown as they are. The texts of change logs are read as Markdown (paragraphs,
//     lists, code, links to http and https), and written anew from what was read.
//   - Markdown never has more bytes than its limit. What is left out is counted, at its place.
//     Nobody is mentioned in it, and no "#12" becomes a link to another repository's issue.
//   - The page is one file. It loads nothing, needs no script, and is light or dark as the system is.
//   - What is left to do (Report.Tasks) is found in the rest of the report, so that the list and the
//     sections cannot differ.
package upgradereport
