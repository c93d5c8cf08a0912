package schema_test

import (
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/batten-dev/batten/codemod/schema"
)

func FuzzFromDTS(f *testing.F) {
	for _, tt := range readings {
		f.Add([]byte(tt.dts))
	}
	for _, tt := range blocks {
		f.Add([]byte(tt.dts))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := schema.FromDTS("pkg", "config.d.ts", src)
		laws(t, s, err)
	})
}

func FuzzFromJSON(f *testing.F) {
	for _, tt := range readings {
		f.Add([]byte(tt.json))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := schema.FromJSON("pkg", "schema.json", src)
		laws(t, s, err)
	})
}

// laws are what holds for every schema: there is one or an error, merging it with itself changes
// nothing, its keys are found at their paths, and its block is YAML.
func laws(t *testing.T, s *schema.Schema, err error) {
	t.Helper()
	if s == nil {
		if err == nil {
			t.Fatal("neither schema nor error")
		}
		return
	}
	if twice, err := schema.Merge(s, s); err != nil || describe(twice) != describe(s) {
		t.Fatalf("merged with itself: %v", err)
	}
	var all []schema.Path
	for i, k := range s.Keys() {
		if i == 100 {
			break
		}
		if _, ok := s.At(k.Path...); !ok {
			t.Fatalf("no schema at %q", k.Path)
		}
		all = append(all, k.Path)
	}
	for _, opts := range [...]schema.BlockOptions{{}, {Optional: all}, {Required: all}} {
		b, ok := s.Block(nil, opts)
		if !ok {
			continue
		}
		var v any
		if err := yaml.Unmarshal([]byte(b.YAML), &v); err != nil {
			t.Fatalf("%v in\n%s", err, b.YAML)
		}
	}
}
