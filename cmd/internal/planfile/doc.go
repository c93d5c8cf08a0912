// Package planfile reads and writes saved plans of upgrades, which people edit: the versions of
// lockstep.Plan, and what is merged of the template of new apps.
//
// It guarantees:
//
//   - What is not understood is an error that names file, line and column: a field that is not
//     known, so that nothing written is without effect; a value of another type; a path that leaves
//     the repository.
//   - A row whose "to" a person changed is what it says: its "change" and "toVersion" are made anew.
//   - Reading what was written gives the same plan.
package planfile
