// Package jsrun runs a part of an app to see what it makes: esbuild bundles the app's own
// files in memory, and goja runs the bundle with every package, asset and unknown thing
// replaced by a recording stub.
//
// It guarantees:
//
//   - Code that runs inside reaches no file, network, process or environment: there is
//     nothing to reach them with. Files are read through the given fs.FS alone, never from
//     the disk behind it.
//   - A run ends: at its limit of time, of calls or of memory it is stopped and what was recorded
//     until then is kept, with the reason as a Problem. Time is the run's own, however busy
//     the machine is.
//   - Values in, values out: nothing is shared between two sessions, and a Session holds no
//     goroutine once Run has returned (save one that a native call of goja keeps from
//     ending in time; it is abandoned).
//   - Positions are byte offsets into the files as fs.FS gave them, byte order mark included.
//
// Stubs. A stub stands for anything whose value is not known: an export of a package, a
// result of calling one, a browser global. It can be called, constructed, extended, iterated,
// destructured, awaited, used as a template tag and converted to a primitive; each call is
// recorded with its arguments, its position and its result, which is a stub again. Array
// methods called on a stub run their callback once, with a stub.
//
// Conditions. An if, ?:, && or || whose condition is a stub is unknown: both ways are taken
// where that is possible (see branch.go).
package jsrun
