// What React does with elements and hooks, as far as building a tree needs it.
(function (host) {
  'use strict';
  const stub = host.stub;
  const lift = c => (c.length === 0 ? undefined : c.length === 1 ? c[0] : c);
  const list = c => (c === undefined || c === null || c === false || c === true ? [] : Array.isArray(c) ? c.flat(Infinity) : [c]);
  const createElement = (type, props, ...children) => {
    const { key, ref, ...rest } = props ?? {};
    if (children.length) rest.children = lift(children);
    return host.element(type, rest, key);
  };
  const cloneElement = (el, props, ...children) => {
    if (!host.isElement(el)) return el;
    const { key, ref, ...rest } = { ...el.props, ...props };
    if (children.length) rest.children = lift(children);
    return host.clone(el, rest);
  };
  const Children = {
    map: (c, f) => list(c).map((x, i) => f(x, i)),
    forEach: (c, f) => list(c).forEach((x, i) => f(x, i)),
    toArray: list,
    count: c => list(c).length,
    only: c => list(c)[0],
  };
  const unknown = v => v === undefined || v === null || typeof v === 'boolean';
  const initial = v => (typeof v === 'function' && !host.isStub(v) ? v() : v);
  const state = v => (unknown(v) || (Array.isArray(v) && v.length === 0) ? stub('state') : v);
  class Component {
    constructor(props) { this.props = props; }
    setState() {}
    forceUpdate() {}
  }
  const react = {
    createElement,
    cloneElement,
    Children,
    Component,
    PureComponent: Component,
    isValidElement: host.isElement,
    memo: c => c,
    forwardRef: f => host.isStub(f) ? f : props => f(props, null),
    lazy: load => {
      const c = props => (c.resolved ? createElement(c.resolved, props) : null);
      try {
        Promise.resolve(load()).then(m => { c.resolved = m && m.default; }, host.problem);
      } catch (e) { host.problem(e); }
      return c;
    },
    useState: v => [state(initial(v)), () => {}],
    useReducer: (r, v) => [state(v), () => {}],
    useMemo: f => f(),
    useCallback: f => f,
    useRef: v => ({ current: state(v) }),
    useEffect: () => {},
    useLayoutEffect: () => {},
    useInsertionEffect: () => {},
  };

  const limit = 1 << 24;
  const check = n => { if (n > limit) throw new RangeError('too large: ' + n); };
  const guard = (proto, name, size) => {
    const f = proto[name];
    Object.defineProperty(proto, name, {
      configurable: true, writable: true, enumerable: false,
      value: function (...args) { check(size(this, args)); return f.apply(this, args); },
    });
  };
  guard(String.prototype, 'repeat', (s, [n]) => s.length * n);
  guard(String.prototype, 'padStart', (s, [n]) => n);
  guard(String.prototype, 'padEnd', (s, [n]) => n);
  guard(String.prototype, 'replaceAll', (s, [p, r]) => s.length * (1 + (typeof r === 'string' ? r.length : 0)));
  for (const name of ['fill', 'join', 'concat', 'map', 'forEach', 'reverse', 'sort', 'slice', 'flat', 'flatMap', 'filter', 'indexOf', 'includes', 'find', 'findIndex', 'some', 'every', 'keys', 'values', 'entries', 'toString', 'reduce'])
    guard(Array.prototype, name, a => a.length);
  const from = Array.from;
  Array.from = function (x, ...more) { if (x && !host.isStub(x)) check(x.length); return from.call(Array, x, ...more); };
  guard(Array.prototype, Symbol.iterator, a => a.length);
  const trap = { apply: (t, _, args) => trap.construct(t, args), construct(t, args, n) { if (args.length === 1) check(args[0]); return n ? Reflect.construct(t, args, n) : t(...args); } };
  Array.prototype.constructor = globalThis.Array = new Proxy(Array, trap);
  delete globalThis.eval;
  return react;
})
