// Package e2e holds the test that takes batten's jobs to their end, on apps that create-app's
// templates make, with yarn, compilers, backends and a browser. Each part is done for each of
// the layouts, and `make e2e E2E=legacy` runs one of them.
//
// legacy and new add six plugins to the newest app, and ask others whether the result is right:
//
//   - the TypeScript compiler, ESLint without a warning, Prettier on the changed files, and
//     `backstage-cli config:check` find nothing wrong;
//   - a second `batten add` changes nothing;
//   - the backend starts, reports that it is ready, and answers on a route of every plugin
//     that was added, where the same route of a plugin that does not exist gets a 404;
//   - a browser that comes as a guest to the built app finds the pages, the items of the
//     sidebar, the tabs and the cards, these on the entity with the annotations alone, and
//     meets no error that is not in the list of those expected;
//   - `batten remove` leaves the files as they were, what yarn writes aside, and the browser
//     finds none of that any more;
//   - `batten undo` brings all back, and a second one takes it away again.
//
// What the template itself has of the plugins is taken out before, so that all of it is added.
//
// upgrade-legacy and upgrade-new install an app that is two releases old and let `batten
// upgrade` bring it to the newest: it compiles, its configuration is right, its backend starts,
// there is nothing left to upgrade, and undo takes it back.
//
// upgrade-year-legacy and upgrade-year-new do so with an app of a year ago, as it was then:
// yarn.lock has the versions of that release. It has three plugins, and what people do to
// their apps: another title, a page, a tab, an endpoint and middleware of its own, the entity
// page and the backend split into several files, another formatter's style, another image.
// One `batten upgrade`, with the template's changes, brings it to the newest release:
//
//   - the conflicts are those expected, and no others;
//   - the report names each change that no merge can know, and a person has to make; these are
//     the only ones that the test makes, see yearEdits;
//   - it compiles, ESLint and `batten check` find nothing that they did not find before, its
//     configuration is right, and there is nothing left to upgrade;
//   - the backend starts, with what the app has of its own, and the browser finds the plugins
//     and the app's own pages;
//   - undo takes it back.
//
// families-legacy and families-new add the plugin families of fixtures/families that apps do
// not have, in batches, each batch to the app as it was: it compiles, its configuration is
// right, the backend starts, with stand-ins for the variables of its environment, and a browser
// sees the page of an entity with all their annotations drawn, nothing fallen apart. A family
// that batten refuses, or of whose dependencies the registry lacks all versions, is left out and
// named, with the reason; enough of them must remain.
//
// It needs git, node with npm, an npm registry, a Chromium, and what node-gyp needs (python3,
// make, a C++ compiler); Node 22 and yarn come from npm. Without BATTEN_E2E, which names the
// binary, the test is skipped.
//
// Everything happens in BATTEN_E2E_DIR, else in batten/e2e of the user's cache folder: tools,
// yarn's cache, the apps (2 GB each while they last; an app that failed stays to be looked at),
// a log of all output per app, and screenshots, whose folder is printed. With
// BATTEN_E2E_KEEP=DIR the apps, logs and screenshots are in DIR and stay, and the next run
// takes over what yarn made, which makes it minutes shorter. The backend listens on the
// loopback address only.
//
// A registry may lack versions that others ask for. The test then makes do as a user would,
// and says so in its table: see mirror, and installAsOf for the app of a year ago.
package e2e
