// Package engines compares the Node versions that a repository states, in package.json, .nvmrc,
// Dockerfiles and the workflows of its CI, with those that a Backstage release supports, and
// proposes edits.
//
// Rules has the rule of package check about it.
//
// It guarantees:
//
//   - It reads only through the fs.FS or the function that it is given, and no further than two
//     folders below the root, installed packages and build output aside. Dockerfiles of something
//     else than the app (services, templates, examples) are left out.
//   - Every Place has the bytes that it is about. What cannot be read, or says nothing that can be
//     compared ("node:lts"), is not guessed at.
//   - An edit replaces a version alone: quotes, the rest of an image's tag, and everything else
//     stays. Where a place wants more than is known (an exact version, a digest), there is no edit
//     and Why says so.
//   - After the edits of Fix, checking again finds none of the places wrong that had an edit, and
//     what was JSON or YAML still is.
package engines
