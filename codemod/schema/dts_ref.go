package schema

import (
	"strings"

	"github.com/batten-dev/batten/codemod/tsx"
)

// reference is a type by its name, with type arguments or without.
func (r *dtsReader) reference(n tsx.Node, sc scope, depth int) *Schema {
	name := n.Text()
	var nodes []tsx.Node
	if n.Is(tsx.KindGenericType) {
		name = n.Field(tsx.FieldName).Text()
		for c := range n.Field(tsx.FieldTypeArguments).NamedChildren() {
			if !c.Is(tsx.KindComment) {
				nodes = append(nodes, c)
			}
		}
	}
	if s, ok := sc[name]; ok {
		return s
	}
	var args []*Schema
	for _, a := range nodes {
		args = append(args, r.typ(a, sc, depth+1))
	}
	if len(r.types[name]) > 0 {
		return r.named(name, args, nil, depth+1)
	}
	if from, ok := r.imports[strings.Split(name, ".")[0]]; ok {
		if s, ok := r.foreign(from, depth); ok {
			return s
		}
		return &Schema{Notes: []string{"the type " + name + " is of " + from.module + ": anything is allowed"}}
	}
	if s, ok := utility(name, args); ok {
		return s
	}
	return unread(n)
}

// utility is a type of TypeScript's own library.
func utility(name string, args []*Schema) (*Schema, bool) {
	arg := func(i int) *Schema {
		if i < len(args) {
			return args[i]
		}
		return &Schema{}
	}
	switch name {
	case "Array", "ReadonlyArray", "Set", "ReadonlySet":
		return &Schema{Types: []Type{Array}, Items: arg(0)}, true
	case "Record":
		s := &Schema{Types: []Type{Object}}
		mapped(s, arg(0), arg(1), true)
		return s, true
	case "Readonly", "NonNullable", "Awaited", "NoInfer":
		return arg(0), true
	case "Partial":
		return requiring(arg(0), false), true
	case "Required":
		return requiring(arg(0), true), true
	case "Pick":
		return picking(arg(0), arg(1), true), true
	case "Omit":
		return picking(arg(0), arg(1), false), true
	case "Exclude", "Extract":
		return excluding(arg(0), arg(1), name == "Extract"), true
	case "Capitalize", "Uncapitalize", "Uppercase", "Lowercase":
		return &Schema{Types: []Type{String}}, true
	case "Object":
		return &Schema{Types: []Type{Object}}, true
	}
	return nil, false
}

func requiring(s *Schema, required bool) *Schema {
	return eachObject(s, func(p Property) (Property, bool) {
		p.Required = required
		return p, true
	})
}

func picking(s, keys *Schema, keep bool) *Schema {
	if len(keys.Enum) == 0 {
		return s
	}
	return eachObject(s, func(p Property) (Property, bool) {
		return p, hasValue(keys.Enum, p.Name) == keep
	})
}

// eachObject is s with other properties, in its choices too.
func eachObject(s *Schema, change func(Property) (Property, bool)) *Schema {
	out := *s
	out.Properties = nil
	for _, p := range s.Properties {
		if q, keep := change(p); keep {
			out.Properties = append(out.Properties, q)
		}
	}
	out.Choices = nil
	for _, c := range s.Choices {
		var choice []*Schema
		for _, a := range c {
			choice = append(choice, eachObject(a, change))
		}
		out.Choices = append(out.Choices, choice)
	}
	return &out
}

func excluding(s, from *Schema, extract bool) *Schema {
	if len(s.Enum) == 0 || len(from.Enum) == 0 {
		return s
	}
	out := *s
	out.Enum = nil
	for _, v := range s.Enum {
		if hasValue(from.Enum, v) == extract {
			out.Enum = append(out.Enum, v)
		}
	}
	return &out
}

// foreign is a type of one of Backstage's own packages that plugins' schemas use everywhere, as
// those packages declare it.
func (r *dtsReader) foreign(from imported, depth int) (*Schema, bool) {
	if !strings.HasPrefix(from.module, "@backstage/") || depth > maxDepth/2 {
		return nil, false
	}
	if !strings.Contains(foreignTypes, " "+from.name+" ") {
		return nil, false
	}
	if s, ok := r.known[from.name]; ok {
		return s, true
	}
	s, err := fromDTS(Source{}, from.name, []byte(foreignTypes))
	if err != nil {
		return nil, false
	}
	s = withoutSources(s)
	r.known[from.name] = s
	return s, true
}

// foreignTypes are @backstage/types and @backstage/backend-plugin-api, of releases 1.20 and later.
const foreignTypes = `
interface HumanDuration {
  years?: number;
  months?: number;
  weeks?: number;
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  milliseconds?: number;
}
interface SchedulerServiceTaskScheduleDefinitionConfig {
  /** How often the task should run: a cron expression, an ISO duration, or a duration object. */
  frequency: { cron: string } | string | HumanDuration | { trigger: 'manual' };
  /** The maximum time that one run may take. */
  timeout: string | HumanDuration;
  /** How long to wait before the first run. */
  initialDelay?: string | HumanDuration;
  /** Whether one instance runs the task, or each. */
  scope?: 'global' | 'local';
}
type TaskScheduleDefinitionConfig = SchedulerServiceTaskScheduleDefinitionConfig ;
type JsonObject = { [key: string]: unknown };
type JsonArray = unknown[];
type JsonValue = unknown;
type JsonPrimitive = string | number | boolean | null;
`

// withoutSources is s without places, for a schema that no package of the app has said.
func withoutSources(s *Schema) *Schema {
	if s == nil {
		return nil
	}
	out := *s
	out.Sources = nil
	out.Rest, out.Items = withoutSources(s.Rest), withoutSources(s.Items)
	out.Properties = nil
	for _, p := range s.Properties {
		p.Schema = withoutSources(p.Schema)
		out.Properties = append(out.Properties, p)
	}
	out.Choices = nil
	for _, c := range s.Choices {
		var choice []*Schema
		for _, a := range c {
			choice = append(choice, withoutSources(a))
		}
		out.Choices = append(out.Choices, choice)
	}
	return &out
}
