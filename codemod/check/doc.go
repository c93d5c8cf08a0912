// Package check finds what is wrong with the wiring of a Backstage monorepo, and mends what can
// be mended safely.
//
// A Rule is a function from a Repo, the repository as it was observed, to findings. Its code is
// stable: two letters for the family and three digits,
//
//	BP  packages     dependencies, versions, the lockfile
//	BF  frontend     routes, sidebar, entity pages, features
//	BB  backend      backend features and modules
//	BC  config       app-config files
//	BD  database     the backend's database
//	BK  containers   images and manifests
//	BE  entities     catalog files
//	BX  check        files that cannot be read, and suppressions
//
// A family is a file. What a rule looks for, why, and how to mend it is said in docs/CODE.md.
// Rules that need what this package does not have (the manifests of releases) are made
// elsewhere, and joined with Rules by the caller.
//
// It guarantees:
//
//   - Rules read files through the Repo alone, which reads each once. Nothing is written, and
//     the same files give the same findings in the same order: by file, place and code.
//   - A rule that panics is one finding (BX002), and the others run. A file that cannot be read
//     is one finding (BX001).
//   - An Error does not work, or is dangerous, for certain. A Warning is wrong for certain, but
//     the app may work in spite of it. What has to be guessed is a Note.
//   - A finding's fingerprint does not depend on the line that it is at.
//   - Mend makes a fix whole or not at all. What it makes is proved: the finding is gone, there
//     is no new error or warning but a lockfile that the next install brings in step, and every changed file can be read as well as before.
package check
