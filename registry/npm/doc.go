// Package npm reads packages from an npm registry: packuments (what versions there are) and
// tarballs (what is in one).
//
// Where the registry is and which token it wants comes from the same places that npm and yarn
// look at (see ConfigFrom); the package knows no registry by name.
//
// What the package guarantees:
//
//   - A tarball's content is returned only if it has the hash that the packument states, and
//     only as a tree in memory: nothing is unpacked on disk, nothing is run. Tarballs with
//     links, devices, paths that leave the package, or beyond Limits are refused whole.
//   - Packuments and tarballs are kept in a cache folder, tarballs by their hash. Offline, the
//     cache alone answers. A damaged or foreign cache entry is as good as none. The cache stays
//     under a size, and forgets what was long of no use.
//   - Failed requests are tried again, with a growing pause, if another try may help. A server
//     that falls silent is given up. No more than a dozen requests are under way at once.
//   - A token goes only to the host and path that it is configured for, never along a
//     redirect to another, and no error or String contains it.
//   - A *Client may be used from several goroutines at once.
//
// Every failure is an *Error that says what was asked, what came back, and what to do.
package npm
