package recipe

import "testing"

// All recipes in the binary are read when a name is that of none of their ids.
func BenchmarkReadAllCurated(b *testing.B) {
	for b.Loop() {
		for _, id := range IDs() {
			if _, ok := curated(id); !ok {
				b.Fatal(id)
			}
		}
	}
}
