package recipe

import (
	_ "embed"
	"encoding/json"
	"reflect"
)

//go:embed format.yaml
var formatWhole string

//go:embed format_overlay.yaml
var formatOverlay string

// Format is the reference of the format: two recipes, the second an overlay, that have every
// field, with comments.
func Format() string { return formatWhole + "\n---\n" + formatOverlay }

// Schema is the format as a JSON schema, for editors. It knows which fields there are and of
// what shape; what else a recipe must fulfil, Load says.
func Schema() []byte {
	s := schemaOf(reflect.TypeFor[Recipe]())
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = "batten recipe"
	s["required"] = []string{"id"}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // of maps and strings
	}
	return append(text, '\n')
}

func schemaOf(t reflect.Type) map[string]any {
	switch {
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem())
	case t == propsType:
		return map[string]any{"type": "object"}
	case t.Kind() == reflect.Struct:
		properties := map[string]any{}
		for _, f := range fields(t) {
			properties[f.key] = schemaOf(f.typ)
		}
		return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	}
	s := map[string]any{"type": "string"}
	if values := enums[t]; values != nil {
		s["enum"] = values
	}
	return s
}

// enums are the values of types of which there are a few.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[Role]():      {string(Frontend), string(FrontendModule), string(Backend), string(BackendModule), string(Common)},
	reflect.TypeFor[Workspace](): {string(InApp), string(InBackend)},
	reflect.TypeFor[System]():    {string(LegacyFrontend), string(NewFrontend), string(NewBackend), string(LegacyBackend)},
	reflect.TypeFor[NeedKind]():  {string(NeedAuthProvider), string(NeedIntegration), string(NeedPlugin)},
}
