package recipetable

import "testing"

func TestWhatIsNoPredicate(t *testing.T) {
	for _, c := range []struct {
		types  string
		inCase bool
		want   string
	}{
		{"declare const isX: (entity: Entity) => boolean;\n", true, ""},
		{"declare function isX(entity: Entity): boolean;\n", true, ""},
		{"declare const isX: (entity: Entity) => string | undefined;\n", false, "it gives string | undefined"},
		{"declare const isX: (entity: Entity, prefix?: string) => boolean;\n", true, "its parameters are entity: Entity, prefix?: string"},
		{"declare const isX: (entity: Entity, prefix?: string) => boolean;\n", false, ""},
		{"declare const isX: typeof isX$1;\ndeclare const isXY: (entity: Entity) => string;\n", true, ""},
	} {
		if got := noPredicate(c.types, "isX", c.inCase); got != c.want {
			t.Errorf("%q: %q, want %q", c.types, got, c.want)
		}
	}
}
