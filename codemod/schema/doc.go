// Package schema reads the configuration schemas that Backstage packages publish, and answers
// what they say: which keys there are, of which types, which are required, which are secret.
//
// A package states its schema in the field configSchema of its package.json: a JSON schema, the
// name of a file with one, or the name of a config.d.ts. FromPackage reads whichever it is;
// FromJSON and FromDTS read one form each; Merge puts the schemas of many packages together as
// @backstage/config-loader does. All give the same thing, a *Schema, which is a value: nothing
// here changes one after it was made.
//
// It guarantees:
//
//   - No input makes it panic, or take time or memory out of proportion: references are followed
//     to a limited depth and number.
//   - What a schema does not say is not made up. A type that is declared in another package (but
//     for the few of Backstage's own that every schema uses) is anything, and a note says so.
//   - Every property knows which packages and files say it, with the place.
//   - Block writes YAML that its own schema accepts, unless that contradicts itself.
//   - Check finds fault with nothing that the official validation accepts, unknown keys, secrets and
//     deprecations aside.
//
// TypeScript is read from its syntax tree alone, without a compiler: interfaces, type aliases and
// enums of the file, their type parameters, unions, intersections, literals, arrays, tuples,
// index signatures, indexed access, and of the utility types Array, Record, Partial, Required,
// Readonly, Pick, Omit, Exclude, Extract and NonNullable.
//
// To check a repository, read each of its app-config files but those named *.local.yaml (ReadYAML, or
// FromDoc of what is parsed already), and give them to CheckFiles in the order in which they are
// laid over each other; Overlay is the configuration of one environment. To write configuration,
// take a Block, and Apply the values that a user gives to it (ParseSet).
//
// Paths are the names of keys from the root of the configuration. Beside them, "*" stands for
// the keys of a mapping with free keys and "[]" for the items of a list.
package schema
