package wiring

// What the tests outside of the package use of those inside: fixtures render templates, and
// package template observes them.
var (
	Observed         = observe
	CheckObservation = checkObservation
	Short            = short
	MountLines       = mountLines
)
