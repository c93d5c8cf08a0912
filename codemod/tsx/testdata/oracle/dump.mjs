// Writes the syntax trees that @ast-grep/napi (tree-sitter) makes of files.
//
//   node dump.mjs MODULES LIST OUT SKIP STEP
//
// MODULES is the directory whose node_modules holds @ast-grep/napi. Each line of LIST is a
// grammar (Tsx or TypeScript), a tab and a path. Every STEP-th line from SKIP on is read. OUT
// gets, for each of them: the number of the line, the number of nodes, the nanoseconds
// that parsing took (a double), and the nodes in preorder, each as five 32-bit integers: kind,
// field, start, end (in UTF-16 units) and number of children. A kind is the index of its name
// in OUT.json, with NAMED added for a named node; field 0 is none.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

const NAMED = 0x10000;
const WORDS = 1 << 20;

const [modules, list, out, skip, step] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), 'package.json'));
const { parse } = require('@ast-grep/napi');

// The fields that the grammar gives to each kind, from the package's own table.
function fieldTable(lang) {
  const dir = path.dirname(require.resolve('@ast-grep/napi'));
  const source = fs.readFileSync(path.join(dir, 'lang', `${lang}.d.ts`), 'utf8');
  const start = source.indexOf('{');
  const end = source.lastIndexOf('}');
  const types = JSON.parse(source.slice(start, end + 1));
  return new Map(
    Object.values(types)
      .filter(t => t.fields)
      .map(t => [t.type, Object.keys(t.fields)]),
  );
}
const tables = { Tsx: fieldTable('Tsx'), TypeScript: fieldTable('TypeScript') };

const kinds = new Map();
const fields = new Map([['', 0]]);
const idOf = (table, name) => {
  let id = table.get(name);
  if (id === undefined) table.set(name, (id = table.size));
  return id;
};

let buf = new Int32Array(WORDS);
let used = 0;
const reserve = n => {
  if (used + n <= buf.length) return;
  const bigger = new Int32Array(Math.max(buf.length * 2, used + n));
  bigger.set(buf.subarray(0, used));
  buf = bigger;
};

const letters = /^[a-z_]/i;

function visit(node, field, table) {
  reserve(5);
  const kind = node.kind();
  const named = letters.test(kind) && node.isNamed();
  const { start, end } = node.range();
  const at = used;
  buf[at] = idOf(kinds, kind) + (named ? NAMED : 0);
  buf[at + 1] = field;
  buf[at + 2] = start.index;
  buf[at + 3] = end.index;
  used += 5;
  if (!named) {
    buf[at + 4] = 0;
    return 1;
  }
  const children = node.children();
  buf[at + 4] = children.length;
  if (children.length === 0) return 1;
  const names = table.get(kind);
  let byId;
  if (names) {
    for (const name of names) {
      for (const child of node.fieldChildren(name)) {
        byId ??= new Map();
        if (!byId.has(child.id())) byId.set(child.id(), idOf(fields, name));
      }
    }
  }
  let count = 1;
  for (const child of children) {
    count += visit(child, byId?.get(child.id()) ?? 0, table);
  }
  return count;
}

const file = fs.openSync(out, 'w');
const lines = fs.readFileSync(list, 'utf8').split('\n').filter(Boolean);
for (let i = Number(skip); i < lines.length; i += Number(step)) {
  const [lang, name] = lines[i].split('\t');
  const source = fs.readFileSync(name, 'utf8');
  const from = process.hrtime.bigint();
  const root = parse(lang, source).root();
  const took = process.hrtime.bigint() - from;
  used = 0;
  reserve(5);
  const head = 4;
  used = head;
  const count = visit(root, 0, tables[lang]);
  buf[0] = i;
  buf[1] = count;
  new Float64Array(buf.buffer, 8, 1)[0] = Number(took);
  fs.writeSync(file, buf, 0, used * 4);
}
fs.closeSync(file);
fs.writeFileSync(
  `${out}.json`,
  JSON.stringify({ kinds: [...kinds.keys()], fields: [...fields.keys()] }),
);
