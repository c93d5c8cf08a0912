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
// A release that is not in the table can be read from a file (Parse) or derived from npm
// (Derive). A derived manifest says of each version whether it is certain.
//
// Functions of this package do not change what they are given, and may be called from several
// goroutines at once.
package manifest
