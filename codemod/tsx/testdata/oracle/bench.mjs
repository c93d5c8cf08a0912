// Prints how long @ast-grep/napi takes to parse files, in nanoseconds: the best of five passes
// over all of them, the sources being in memory.
//
//   node bench.mjs MODULES LIST
//
// The arguments are as for dump.mjs.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

const [modules, list] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), 'package.json'));
const { parse } = require('@ast-grep/napi');

const files = fs
  .readFileSync(list, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map(line => line.split('\t'))
  .map(([lang, name]) => [lang, fs.readFileSync(name, 'utf8')]);

let best = Infinity;
for (let pass = 0; pass < 5; pass++) {
  const from = process.hrtime.bigint();
  for (const [lang, source] of files) parse(lang, source).root();
  best = Math.min(best, Number(process.hrtime.bigint() - from));
}
console.log(best);
