#!/bin/sh
# The main job, on a copy of a fixture app, offline: see what hangs, plan two plugins, add
# them, see that a second run has nothing to do, and take them back byte for byte.
set -eu
batten=$1
app=$(dirname "$0")/../../fixtures/apps/legacy
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R "$app/." "$copy"

run() {
	printf '\n$ batten %s\n' "$*"
	"$batten" "$@" --repo "$copy"
}

run list --kind route,sidebar-item,backend-feature
run add tech-radar sonarqube --offline --dry-run
run add tech-radar sonarqube --offline --no-install --yes
run list --kind route,sidebar-item,backend-feature
run add tech-radar sonarqube --offline
run undo --yes

diff -r -x .batten "$app" "$copy" # the journal of what can be undone stays
printf '\nThe app is as it was, byte for byte.\n'
