// Package e2e holds the test that takes batten's main job to its end: `make e2e` renders the
// newest create-app in each of its layouts, lets the binary add the six curated plugins and
// hand over to yarn, and then asks others whether the result is right:
//
//   - the TypeScript compiler, ESLint without a warning, Prettier on the changed files, and
//     `backstage-cli config:check` find nothing wrong;
//   - a second `batten add` changes nothing;
//   - the backend starts, reports that it is ready, and answers on a route of every plugin
//     that was added, where the same route of a plugin that does not exist gets a 404;
//   - `batten undo` leaves only yarn's own yarn.lock changed.
//
// It needs git, node with npm, an npm registry, and what node-gyp needs (python3, make, a C++
// compiler); Node 22 and yarn come from npm. Without BATTEN_E2E, which names the binary, the
// test is skipped.
//
// Everything happens in BATTEN_E2E_DIR, else in batten/e2e of the user's cache folder: tools,
// yarn's cache, the apps (2 GB each while they last; an app that failed stays to be looked at),
// and a log of all output per layout. The backend listens on the loopback address only.
//
// A registry may lack versions that others ask for. The test then makes do as a user would,
// and says so in its table: see mirror.
package e2e
