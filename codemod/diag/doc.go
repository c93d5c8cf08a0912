// Package diag is how every part of batten says that something is wrong: what, where
// (file:line:col), and what to do next.
//
// A Diagnostic is also an error, so that a function which can only fail in one way returns
// it as one. A refusal is a Diagnostic of severity Error whose Manual says, literally, the
// step that the user can take by hand.
package diag
