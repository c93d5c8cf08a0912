// Package manifest knows the Backstage releases: which package has which version in which
// release.
//
// The binary holds every release since 1.0 in releases.txt, a table of runs of about 85 kB
// that package manifest/internal/table describes and reads in place; it is written by
//
//	go run ./manifest/internal/gen DIR > manifest/releases.txt
//
// from a folder of manifests as published at versions.backstage.io. Looking one release up
// takes well under a millisecond and decodes nothing else.
//
// A Resolver finds any release, the embedded ones at once: newer ones from a file (Parse), from
// where Backstage publishes them (kept in a cache folder, as they do not change), or derived from
// npm (Derive). A derived manifest says of each version whether it is certain. What a server
// answers is checked: a page of HTML, a broken text, another release, or a manifest without
// packages is an error that says so, never a manifest.
//
// Functions of this package do not change what they are given, and may be called from several
// goroutines at once.
package manifest
