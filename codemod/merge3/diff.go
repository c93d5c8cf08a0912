package merge3

import "math"

// edit says that b[B0:B1] stands where a[A0:A1] stood. There is an equal line between two edits.
type edit struct{ A0, A1, B0, B1 int }

// diff is the difference of two texts of numbered lines: the smallest, placed as git places it.
//
// It is Myers' algorithm in linear space ("An O(ND) Difference Algorithm and Its Variations"), with
// git's decisions where several differences are equally small: in which order diagonals are tried,
// and which lines are left out of the search.
func diff(a, b []int) []edit {
	changedA, changedB := make([]bool, len(a)), make([]bool, len(b))
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA--
		endB--
	}
	s := &search{changedA: changedA, changedB: changedB}
	countA, countB := map[int]int{}, map[int]int{}
	for _, id := range a {
		countA[id]++
	}
	for _, id := range b {
		countB[id]++
	}
	s.a, s.atA = rare(a, start, endA, countB, changedA)
	s.b, s.atB = rare(b, start, endB, countA, changedB)

	diagonals := len(s.a) + len(s.b) + 3
	s.forward, s.backward = make([]int, 2*diagonals+2), make([]int, 2*diagonals+2)
	s.zero = len(s.b) + 1
	s.most = max(roughSqrt(diagonals), 256)
	s.compare(box{0, len(s.a), 0, len(s.b)}, false)

	compact(a, changedA, changedB)
	compact(b, changedB, changedA)
	return edits(changedA, changedB)
}

// edits reads the marks: lines that are not marked pair up in order.
func edits(changedA, changedB []bool) []edit {
	var list []edit
	i, j := 0, 0
	for i < len(changedA) || j < len(changedB) {
		e := edit{A0: i, B0: j}
		for i < len(changedA) && changedA[i] {
			i++
		}
		for j < len(changedB) && changedB[j] {
			j++
		}
		if e.A1, e.B1 = i, j; e.A0 < e.A1 || e.B0 < e.B1 {
			list = append(list, e)
			continue
		}
		i++
		j++
	}
	return list
}

// roughSqrt is a power of two near the square root, at least as large.
func roughSqrt(n int) int {
	root := 1
	for ; n > 0; n >>= 2 {
		root <<= 1
	}
	return root
}

// rare chooses the lines of a text that take part in the search, between start and end: those that
// the other text has, except common ones ("}") amid lines that it does not have. All others are
// marked as changed.
func rare(lines []int, start, end int, other map[int]int, changed []bool) (kept, at []int) {
	const window, share = 100, 4
	limit := min(roughSqrt(len(lines)), 1024)
	kind := make([]uint8, end-start) // 0: not in the other text, 1: rare there, 2: common there
	for i := range kind {
		switch n := other[lines[start+i]]; {
		case n >= limit:
			kind[i] = 2
		case n > 0:
			kind[i] = 1
		}
	}
	amid := func(i int) bool {
		run := func(step int) (none, common int) {
			for n := 1; n <= window; n++ {
				j := i + step*n
				if j < 0 || j >= len(kind) || kind[j] == 1 {
					break
				}
				if kind[j] == 0 {
					none++
				} else {
					common++
				}
			}
			return none, common
		}
		noneBefore, commonBefore := run(-1)
		noneAfter, commonAfter := run(1)
		if noneBefore == 0 || noneAfter == 0 {
			return false
		}
		none, common := noneBefore+noneAfter, commonBefore+commonAfter+2 // git counts the line itself twice
		return common*share < common+none
	}
	for i, k := range kind {
		if k == 0 || k == 2 && amid(i) {
			changed[start+i] = true
			continue
		}
		kept = append(kept, lines[start+i])
		at = append(at, start+i)
	}
	return kept, at
}

// search marks the lines of a and b that are not common. atA and atB are where the lines stand in
// the texts.
type search struct {
	a, b               []int
	atA, atB           []int
	changedA, changedB []bool

	forward, backward []int // furthest line of a on each diagonal, from either end
	zero              int   // index of diagonal 0
	most              int   // effort after which the search takes what it has
}

// box is a part of both texts.
type box struct{ a0, a1, b0, b1 int }

// compare marks what is not common in a box. With exact set it does not give up.
func (s *search) compare(x box, exact bool) {
	for {
		for x.a0 < x.a1 && x.b0 < x.b1 && s.a[x.a0] == s.b[x.b0] {
			x.a0++
			x.b0++
		}
		for x.a0 < x.a1 && x.b0 < x.b1 && s.a[x.a1-1] == s.b[x.b1-1] {
			x.a1--
			x.b1--
		}
		if x.a0 == x.a1 || x.b0 == x.b1 {
			for _, i := range s.atA[x.a0:x.a1] {
				s.changedA[i] = true
			}
			for _, j := range s.atB[x.b0:x.b1] {
				s.changedB[j] = true
			}
			return
		}
		i, j, exactLow, exactHigh := s.middle(x, exact)
		s.compare(box{x.a0, i, x.b0, j}, exactLow)
		x, exact = box{i, x.a1, j, x.b1}, exactHigh
	}
}

// middle finds a point on a shortest way through the box, from both ends at once. Diagonal d holds
// the points with i-j = d.
func (s *search) middle(x box, exact bool) (i, j int, exactLow, exactHigh bool) {
	lowest, highest := x.a0-x.b1, x.a1-x.b0
	fMid, bMid := x.a0-x.b0, x.a1-x.b1
	fMin, fMax, bMin, bMax := fMid, fMid, bMid, bMid
	odd := (fMid-bMid)&1 != 0
	forward := func(d int) *int { return &s.forward[s.zero+d] }
	backward := func(d int) *int { return &s.backward[s.zero+d] }
	*forward(fMid), *backward(bMid) = x.a0, x.a1
	for cost := 1; ; cost++ {
		if fMin > lowest {
			fMin--
			*forward(fMin - 1) = -1
		} else {
			fMin++
		}
		if fMax < highest {
			fMax++
			*forward(fMax + 1) = -1
		} else {
			fMax--
		}
		for d := fMax; d >= fMin; d -= 2 {
			i = *forward(d + 1)
			if left := *forward(d - 1); left >= i {
				i = left + 1
			}
			j = i - d
			for i < x.a1 && j < x.b1 && s.a[i] == s.b[j] {
				i++
				j++
			}
			*forward(d) = i
			if odd && bMin <= d && d <= bMax && *backward(d) <= i {
				return i, j, true, true
			}
		}
		if bMin > lowest {
			bMin--
			*backward(bMin - 1) = math.MaxInt
		} else {
			bMin++
		}
		if bMax < highest {
			bMax++
			*backward(bMax + 1) = math.MaxInt
		} else {
			bMax--
		}
		for d := bMax; d >= bMin; d -= 2 {
			i = *backward(d - 1)
			if right := *backward(d + 1); i >= right {
				i = right - 1
			}
			j = i - d
			for i > x.a0 && j > x.b0 && s.a[i-1] == s.b[j-1] {
				i--
				j--
			}
			*backward(d) = i
			if !odd && fMin <= d && d <= fMax && i <= *forward(d) {
				return i, j, true, true
			}
		}
		if !exact && cost >= s.most {
			return s.furthest(x, fMin, fMax, bMin, bMax)
		}
	}
}

// furthest is the point that is furthest from the end that it was reached from.
func (s *search) furthest(x box, fMin, fMax, bMin, bMax int) (i, j int, exactLow, exactHigh bool) {
	far, farI := -1, -1
	for d := fMax; d >= fMin; d -= 2 {
		i := min(s.forward[s.zero+d], x.a1)
		if i-d > x.b1 {
			i = x.b1 + d
		}
		if sum := i + i - d; far < sum {
			far, farI = sum, i
		}
	}
	near, nearI := math.MaxInt, math.MaxInt
	for d := bMax; d >= bMin; d -= 2 {
		i := max(s.backward[s.zero+d], x.a0)
		if i-d < x.b0 {
			i = x.b0 + d
		}
		if sum := i + i - d; sum < near {
			near, nearI = sum, i
		}
	}
	if x.a1+x.b1-near < far-x.a0-x.b0 {
		return farI, far - farI, true, false
	}
	return nearI, near - nearI, false, true
}
