// Writes node-semver.json: what node-semver answers for every pair of the ranges and versions
// below. Run it where require('semver') finds the npm package:
//
//   NODE_PATH=DIR/node_modules node generate.cjs > node-semver.json
const semver = require('semver');

const versions = `
0.0.0 0.0.0-0 0.0.0-next.0 0.0.1 0.0.2 0.0.3-next.1 0.1.0 0.1.2 0.1.2-next.0 0.2.0 0.2.3 0.2.3-next.1 0.3.0-next.0 0.9.9
1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.2.0 1.2.0-0 1.2.3
1.2.3-beta.1 1.2.3-beta.2 1.2.3-next.0 1.2.3-next.1 1.2.4-next.0 1.2.4 1.2.5-rc.0 1.3.0-next.0 1.3.0 1.9.9 2.0.0-0
2.0.0-rc.1 2.0.0 2.0.1-next.0 2.1.0 2.3.4 3.0.0 10.0.0 1.2.3+build.5 1.2.3-next.1+build 99999.99999.99999
v1.2.3 =1.2.3 1.2 1 01.2.3 1.2.3.4 1.2.3- 1.2.3-01 9007199254740992.0.0 1.2.3-next..1 next 1.2.x
`.trim().split(/\s+/).concat(['', ' 1.2.3 ', 'v 1.2.3', '= v1.2.3']);

const ranges = `
|*|x|X|x.x|x.x.x|*.*.*|1|1.x|1.X.x|1.*|1.2|1.2.x|1.2.*|1.2.3|v1.2.3|=1.2.3|= 1.2.3|1.2.3+build|1.2.3-next.1|0|0.x|0.0|0.1|0.2.x
^1|^1.x|^1.2|^1.2.3|^ 1.2.3|^v1.2.3|^1.2.3-next.0|^1.2.3-beta.2|^0|^0.0|^0.0.x|^0.x|^0.1|^0.2.3|^0.2.3-next.0|^0.0.1|^0.0.3-next.0|^0.0.0|^*|^x
~1|~1.x|~1.2|~1.2.3|~ 1.2.3|~>1.2.3|~> 1.2|~1.2.3-next.0|~0|~0.0|~0.2|~0.2.3|~0.0.1|~*|~v1.2|~=1.2.3
>1|>1.2|>1.2.3|>1.2.3-next.0|> 1.2|>=1|>=1.2|>=1.2.3|>=1.2.3-0|>=1.2.3-next.0|>=0|>=0.0.0|>=0.0.0-0|>0|>0.0.0|>*|>x|>=*|>=x
<1|<1.2|<1.2.3|<1.2.3-next.1|<=1|<=1.2|<=1.2.3|<=1.2.3-beta.2|<=2|<0.0.0|<0.0.0-0|<0.0.0-next.1|<=0.0.0|<0.0.1|<*|<=*|<2.0.0-0|<=2.0.0-0|<2.0.0
1.0.0 - 2.0.0|1.2 - 2|1 - 2.1|1.2.3 - 1.2.4|1.2.3-next.0 - 2.0.0|1.0.0 - 1.2.3-next.1|* - 1|1 - *|x - x|v1.0.0 - v2.0.0|1.0.0  -  2.0.0
>=1.0.0 <2.0.0|>=1.0.0 <2|>= 1.0.0   < 2.0.0|>1.0.0 <1.0.0|>=1.2.3 <=1.2.3|>1.2.3 <=1.2.3|>=1.2.3-next.0 <1.2.3|>=1.2.3-next.0 <1.3.0-next.1|1.2.3 1.2.4|1.2.3 >=1.0.0|^1.2.3 <1.9.0|^1 >=1.2.4|~1.2 || ^2|* <1.0.0|>=0.0.0 <2|<1.2.3 >=1.0.0-alpha|>1.2.3-next.0 <1.2.3-next.1|1.x 1.2.x|^1.2 ^1.3|^1 ^2
^1 || ^2|^1||^2|1.2.3 || 2.0.0|1.2.3||1.2.4 || >=2|^1.2.3-next.0 || ^2.0.0-rc.0|^0.2.0 || ^1.0.0|16 || 17 || 18|^16.13.1 || ^17.0.0 || ^18.0.0|^1 || *|* || ^1|^1 ||||<0.0.0-0 || ^1|>1 <1 || ^2|>2 <1 || >3 <2|1 ||  || 2
next|latest|workspace:^|backstage:^|npm:a@1|1.2.3.4|^1.2.3.4|01.2.3|^01|1.2.3-|1.2.3-01|>=1.2.3-01|1.x.3|1.*.3|x.2.3|=>1.2.3|=<1|<>1|!=1|>1,<2|1.2.3,1.2.4|^^1|~^1|>^1|1.2.3 -2.0.0|1.2.3- 2.0.0|- 1|1 -|1.2-next|^1.2-next.0|1-next|^1.2.3 - 2|1.2.3 foo|foo 1|& 1|9007199254740992|^9007199254740991.0.0|>9007199254740991|a||b|1.2.3_4|^1.2.3-next_1|==1.2.3|>==1.2.3|>>1|>=>1|^=1.2.3|v|=|>|^|~|>=|1.2.3 ||next|v1|vv1.2.3|^1.2.x-next|1.2.3-next.1+a.b-c|1.2.3+|~>~1|~~1|~ > 1|^ v 1|> = 1|x-next|*-1|1.x-next.0|>=1.2.3+build <2+x|>==1|>=v=1|vv1|=v1.2.3|>=v1.2.3|^v=1.2.3|~v=1|==1|v 1|=1.0.0 - 2.0.0|v1 - =2|1.0.0 - =2.0.0|1.0.0 - 2|0.2.3 - 1.0.0|0.0.0 - 0.2.3|=v 1.2.3|= v1.2.3|> v1.2.3|>= =1|^ =1|^ v1
`.trim().split('\n').flatMap(line => line.split(line.includes(' || ') || line.includes('||^') || line.includes('next|latest') ? /(?<!\|)\|(?!\|)/ : '|'))
  .concat(['', ' ', '\t^1.2.3\t', '\n1.2.3\n', '^1.2.3\t||\t^2', '1.0.0\t-\t2.0.0', '||', '|| ^1', '^1 ||', ' || ']);
const unique = [...new Set(ranges)];

const bits = f => list => list.map(x => { try { return f(x) ? '1' : '0'; } catch { return '0'; } }).join('');
const valid = unique.filter(r => semver.validRange(r) !== null);
const rows = {};
for (const includePrerelease of [false, true]) {
  const o = { includePrerelease };
  rows[includePrerelease ? 'prerelease' : 'plain'] = unique.map(r => {
    if (semver.validRange(r) === null) return { range: r };
    const min = semver.minVersion(r, o);
    const max = semver.maxSatisfying(versions.filter(v => semver.valid(v)), r, o);
    return {
      range: r,
      satisfies: bits(v => semver.satisfies(v, r, o))(versions),
      min: min ? min.version : '',
      max: max ? semver.clean(max) : '',
      intersects: bits(other => semver.intersects(r, other, o))(valid),
      subset: bits(other => semver.subset(r, other, o))(valid),
    };
  });
}
const sorted = versions.filter(v => semver.valid(v)).sort(semver.compareBuild).map(v => semver.clean(v));
const lines = list => '[\n' + list.map(x => JSON.stringify(x)).join(',\n') + '\n]';
process.stdout.write(
  `{"versions": ${JSON.stringify(versions)},\n"sorted": ${JSON.stringify(sorted)},\n"valid": ${JSON.stringify(valid)},\n` +
  `"plain": ${lines(rows.plain)},\n"prerelease": ${lines(rows.prerelease)}}\n`);
