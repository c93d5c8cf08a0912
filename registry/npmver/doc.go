// Package npmver reads and compares npm versions, ranges and dependency specifiers as npm,
// yarn and node-semver do.
//
// Parsing and ordering of versions is Masterminds/semver; the rules of ranges are npm's:
//
//   - A range is alternatives of comparator sets; "" and "*" admit every release version.
//   - A version with a pre-release part satisfies a comparator set only if one of the
//     comparators has a pre-release part too, on the same major.minor.patch, unless
//     Options.IncludePrerelease is given. ("^1.2.3-next.1" admits 1.2.3-next.2 and 1.2.4, but
//     not 1.2.4-next.0.)
//   - Below 1.0.0 a caret admits no other minor version, below 0.1.0 no other patch version.
//
// What a package.json may hold as a dependency is more than a range: a tag, "workspace:^",
// "backstage:^", "npm:other@^1", a file, a patch, a URL. Specifier covers all of them and
// gives back exactly the text it was made from.
//
// Functions are pure; values may be shared between goroutines; no input makes them panic.
// Answers agree with node-semver 7 on the tables in testdata, which testdata/generate.cjs
// writes with node-semver itself.
package npmver
