// Package hooks has no code. Its tests run what others run batten from, the way they run it:
// the pre-commit hook under pre-commit, husky and lint-staged in a new app, the scripts of the
// GitHub action, and the GitLab job. What the README says to write is read from the README.
//
// Where a program fetches batten from its repository, git is told to find that in a copy of
// this work tree, so that what is tested is what stands here.
package hooks
