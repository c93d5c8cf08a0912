// Package tsx reads TypeScript and JavaScript, with or without JSX, into a tree that keeps
// every byte.
//
// It guarantees:
//
//   - The tree speaks the vocabulary of tree-sitter-typescript: kinds, fields, the order of
//     children, tokens as anonymous nodes and comments as nodes are those of its tsx grammar
//     (dialect TSX) and its typescript grammar (dialect TS). Automatic semicolons are not
//     nodes, and there are no error nodes: a source with a syntax error has no tree.
//   - Children are in source order, lie inside their parent and do not overlap. What lies
//     between two neighbouring leaves is white space (and, in JSX, white space that React
//     drops); so the leaves and the gaps between them are the whole source.
//   - A comment is a child of the innermost node that has a token on both sides of it; a
//     comment on the line where an automatic semicolon ends a statement belongs to it.
//   - Parse accepts what esbuild accepts, and more: it checks syntax, not early errors such as
//     names declared twice.
//   - Parse never panics and needs time linear in the source for the code that people write;
//     nesting deeper than a fixed limit is a syntax error.
//   - The edit builders (Insert, Append, Add, Remove, Replace...) return edits of the tree's
//     source in the style of its surroundings. What they make parses, and what removes undoes
//     what inserts byte for byte, except where the documentation says otherwise. Each says
//     which comments it takes along.
//
// Equality with tree-sitter goes as far as its grammar: the postfix "!", "as" and "satisfies"
// apply to all that stands left of them up to an assignment or conditional, and the type
// arguments of a call after an operator that binds tighter than "<" make the whole operation
// the function, so that "await f<T>(x)" is a call of "await f". It ends where tree-sitter
// makes an error node, or a tree by chance of its ambiguity resolution: tagged templates with
// type arguments, "a as b.c.d", arrow functions before a line that begins with a parenthesis,
// blocks that look like objects. There the tree is the one that the language means.
//
// Offsets are bytes. Trees are immutable and safe for concurrent use.
package tsx
