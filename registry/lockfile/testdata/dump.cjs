// Prints, as one line of JSON per file named on standard input, what yarn's own parsers read in a
// yarn.lock, or that they refuse it.
const fs = require('fs');
const classic = require('@yarnpkg/lockfile');
const berry = require('@yarnpkg/parsers');

const pick = (entry, isBerry) => ({
  version: String(entry.version),
  resolution: String((isBerry ? entry.resolution : entry.resolved) ?? ''),
  dependencies: { ...entry.dependencies, ...entry.optionalDependencies },
  peers: { ...entry.peerDependencies },
});

for (const file of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const text = fs.readFileSync(file, 'utf8');
  const isBerry = /^"?__metadata"?:/m.test(text);
  let out;
  try {
    const parsed = isBerry ? berry.parseSyml(text) : classic.parse(text);
    if (!isBerry && parsed.type !== 'success') throw new Error(parsed.type);
    const entries = {};
    for (const [key, entry] of Object.entries(isBerry ? parsed : parsed.object)) {
      if (key === '__metadata') continue;
      for (const descriptor of isBerry ? key.split(/ *, */g) : [key]) entries[descriptor] = pick(entry, isBerry);
    }
    out = { format: isBerry ? 'yarn-berry' : 'yarn-1', entries };
  } catch (e) {
    out = { error: String(e.message).slice(0, 200) };
  }
  process.stdout.write(JSON.stringify(out) + '\n');
}
