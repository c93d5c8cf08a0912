#!/bin/sh
# The main job, on a copy of a fixture app, offline: plan two plugins, add them, see that a
# second run has nothing to do, and take them back byte for byte.
set -eu
batten=$1
app=$(dirname "$0")/../../fixtures/apps/legacy
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R "$app/." "$copy"

say() { printf '\n\033[1m$ batten %s\033[0m\n' "$*"; }
run() { say "$@"; "$batten" "$@" --repo "$copy"; }

run list
run add tech-radar sonarqube --offline --dry-run
run add tech-radar sonarqube --offline --no-install --yes >/dev/null
run list
run add tech-radar sonarqube --offline --no-install --yes
run undo --yes

diff -r "$app" "$copy"
printf '\nThe app is as it was, byte for byte.\n'
