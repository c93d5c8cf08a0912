package npmver

import "slices"

// interval is what a comparator set admits, pre-release rules aside.
type interval struct {
	low, high *comparator // nil: unbounded; an equal comparator is both
	empty     bool
}

func (s set) interval() interval {
	var in interval
	for i := range s {
		c := &s[i]
		if (c.op == equal || c.op == greater || c.op == greaterEqual) && (in.low == nil || stricterLow(*c, *in.low)) {
			in.low = c
		}
		if (c.op == equal || c.op == less || c.op == lessEqual) && (in.high == nil || stricterHigh(*c, *in.high)) {
			in.high = c
		}
	}
	if in.low != nil && in.high != nil {
		order := in.low.v.Compare(in.high.v)
		in.empty = order > 0 || order == 0 && (in.low.op == greater || in.high.op == less)
	}
	return in
}

// stricterLow says whether lower bound a admits less than lower bound b.
func stricterLow(a, b comparator) bool {
	order := a.v.Compare(b.v)
	return order > 0 || order == 0 && a.op == greater && b.op != greater
}

func stricterHigh(a, b comparator) bool {
	order := a.v.Compare(b.v)
	return order < 0 || order == 0 && a.op == less && b.op != less
}

// MinVersion returns the lowest version in the range; false if there is none.
func (r Range) MinVersion() (Version, bool) {
	for _, zero := range []Version{newVersion(0, 0, 0, ""), newVersion(0, 0, 0, "0")} {
		if r.Satisfies(zero) {
			return zero, true
		}
	}
	var least Version
	found := false
	for _, s := range r.sets {
		low := s.interval().low
		if low == nil {
			continue
		}
		v := low.v
		if low.op == greater {
			if v.Prerelease() == "" {
				v = newVersion(v.Major(), v.Minor(), v.Patch()+1, "")
			} else {
				v = newVersion(v.Major(), v.Minor(), v.Patch(), v.Prerelease()+".0")
			}
		}
		if !found || v.Compare(least) < 0 {
			least, found = v, true
		}
	}
	return least, found && r.Satisfies(least)
}

// Intersects says whether some version may be in both ranges. As in node-semver, bounds decide,
// not whether a version between them exists; an exact version must be admitted by the other
// range. (node-semver lets "*" intersect an exact pre-release, but not the other way round;
// here neither intersects the other.)
func (r Range) Intersects(o Range) bool {
	for _, a := range r.sets {
		if !a.satisfiable(r.opts) {
			continue
		}
		for _, b := range o.sets {
			if b.satisfiable(r.opts) && a.intersects(b, r.opts) {
				return true
			}
		}
	}
	return false
}

func (s set) satisfiable(opts Options) bool {
	for i, c := range s {
		if !c.intersectsAll(s[i+1:], opts) {
			return false
		}
	}
	return true
}

func (s set) intersects(o set, opts Options) bool {
	for _, c := range s {
		if !c.intersectsAll(o, opts) || len(o) == 0 && !c.releases(opts) {
			return false
		}
	}
	return len(s) > 0 || !slices.ContainsFunc(o, func(c comparator) bool { return !c.releases(opts) })
}

// releases is false for an exact pre-release.
func (c comparator) releases(opts Options) bool {
	return c.op != equal || set{}.admits(c.v, opts)
}

func (c comparator) intersectsAll(s set, opts Options) bool {
	for _, o := range s {
		if !c.intersects(o, opts) {
			return false
		}
	}
	return true
}

func (c comparator) intersects(o comparator, opts Options) bool {
	switch {
	case c.op == equal:
		return set{o}.admits(c.v, opts)
	case o.op == equal:
		return set{c}.admits(o.v, opts)
	case c.belowZero(opts) || o.belowZero(opts):
		return false
	}
	return !set{c, o}.interval().empty
}

// belowZero says whether a comparator is an upper bound that no release is under.
func (c comparator) belowZero(opts Options) bool {
	zero := Version{}
	if opts.IncludePrerelease {
		return c.isNothing()
	}
	return c.op == less && c.v.sameTuple(zero)
}

// Subset says whether every version in r is in o, too. As in node-semver, each comparator set
// of r must be within a single one of o; those that admit nothing do not count.
func (r Range) Subset(o Range) bool {
	for _, sub := range r.sets {
		if sub.interval().empty {
			continue
		}
		if !slices.ContainsFunc(o.sets, func(dom set) bool { return sub.subset(dom, r.opts) }) {
			return false
		}
	}
	return true
}

func (s set) subset(dom set, opts Options) bool {
	if len(s) == 0 && len(dom) == 0 {
		return true
	}
	if len(s) == 0 {
		s = set{{greaterEqual, zero(opts)}}
	}
	if len(dom) == 0 {
		if opts.IncludePrerelease {
			return true
		}
		dom = set{{greaterEqual, zero(opts)}}
	}
	in, out := s.interval(), dom.interval()
	if in.low != nil && in.high != nil && (in.low.op == equal || in.high.op == equal) {
		return !slices.ContainsFunc(dom, func(c comparator) bool { return !(set{c}).admits(in.low.v, opts) })
	}
	if out.low != nil && (in.low == nil || stricterLow(*out.low, *in.low)) ||
		out.high != nil && (in.high == nil || stricterHigh(*out.high, *in.high)) || out.empty {
		return false
	}
	return opts.IncludePrerelease || gateOpen(in.low, dom) && gateOpen(in.high, dom)
}

// gateOpen says whether the pre-releases that a bound lets in are let in by dom, too.
func gateOpen(bound *comparator, dom set) bool {
	if bound == nil || bound.v.Prerelease() == "" || bound.op == less && bound.v.Prerelease() == "0" {
		return true
	}
	return dom.opensGate(bound.v)
}

func zero(opts Options) Version {
	if opts.IncludePrerelease {
		return newVersion(0, 0, 0, "0")
	}
	return Version{}
}
