package wiremap

import (
	"testing"

	"github.com/batten-dev/batten/fixtures"
)

func BenchmarkHTML(b *testing.B) {
	ws := load(b, fixtures.App("legacy"))
	for name, n := range map[string]int{"10 facts": 10, "100 facts": 100, "2000 facts": 2000} {
		seen := manyFacts(n)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				data, err := New(ws, seen).HTML()
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(data)))
			}
		})
	}
}
