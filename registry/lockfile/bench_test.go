package lockfile

import (
	"fmt"
	"strings"
	"testing"
)

// large is a lockfile of berry with n packages, each of which asks for seven others.
func large(n int) string {
	var b strings.Builder
	b.WriteString(berryHead)
	for i := range n {
		fmt.Fprintf(&b, "\"@acme/p%d@npm:^1.0.0, @acme/p%d@npm:^1.2.0\":\n  version: 1.2.%d\n  resolution: \"@acme/p%d@npm:1.2.%d\"\n  dependencies:\n", i, i, i, i, i)
		for j := range 7 {
			fmt.Fprintf(&b, "    \"@acme/p%d\": \"npm:^1.%d.0\"\n", (i*7+j)%n, j%2*2)
		}
		fmt.Fprintf(&b, "  checksum: 10c0/%0128d\n  languageName: node\n  linkType: hard\n\n", i)
	}
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	src := []byte(large(3000))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := Parse(src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	l, err := Parse([]byte(large(3000)))
	if err != nil {
		b.Fatal(err)
	}
	c := Change{Wants: map[string][]Descriptor{"packages/app": wants("@acme/p1@^1.0.0")}, Of: func(name string) bool { return strings.HasSuffix(name, "1") }}
	for b.Loop() {
		l.Predict(c)
	}
}
