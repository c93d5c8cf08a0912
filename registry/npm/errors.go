package npm

import (
	"errors"
	"fmt"
	"strings"
)

// Problem classifies an Error.
type Problem string

// The problems.
const (
	NoRegistry   Problem = "no-registry"  // no registry address is configured anywhere
	Offline      Problem = "offline"      // asked to be offline, and not in the cache
	Network      Problem = "network"      // no answer: name not found, refused, timed out
	NotFound     Problem = "not-found"    // no such package or version
	Unauthorized Problem = "unauthorized" // the registry wants a token, or another one
	BadAnswer    Problem = "bad-answer"   // an error status, or content that is no packument or tarball
	Tampered     Problem = "tampered"     // the content has not the hash it should have
	Unsafe       Problem = "unsafe"       // a tarball that is over the limits, or unsafe to read
	BadName      Problem = "bad-name"     // not a name that a package can have
	NoSearch     Problem = "no-search"    // the registry cannot be searched
)

// Error is how every function of a Client fails.
type Error struct {
	Problem Problem
	Package string // npm name, with "@version" if about one version; "" if about none
	Host    string // host that answered, or was asked; "" if none was
	Status  int    // HTTP status; 0 if there was no answer
	Detail  string // what is wrong
	Next    string // what to do about it
	Err     error  // underlying error, if any
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Package != "" {
		b.WriteString("npm package " + e.Package + ": ")
	}
	b.WriteString(e.Detail)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Host != "" {
		fmt.Fprintf(&b, " (%s)", e.Host)
	}
	if e.Next != "" {
		b.WriteString("; " + e.Next)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Is reports whether an error is an *Error with this problem.
func Is(err error, problem Problem) bool {
	var e *Error
	return errors.As(err, &e) && e.Problem == problem
}
