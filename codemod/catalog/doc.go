// Package catalog finds the entities that catalog files (catalog-info.yaml) describe, and adds
// annotations to them.
//
// It guarantees:
//
//   - Files of several documents are fine: a document that cannot be read does not hide the others.
//   - An annotation that is there keeps its value. Asked a second time, there are no edits.
//   - Edits change the lines that they add and no others; see package yamledit. Where it is not
//     sure which entity is meant, or where the annotation goes, there are none, but a diagnostic
//     that says what to paste.
package catalog
