package merge3

// run is a run of changed lines in a text, perhaps empty: of two runs that follow each other, one
// line that is not changed stands between them.
type run struct{ start, end int }

// runs walks the runs of one text.
type runs struct {
	changed []bool
	at      run
}

func newRuns(changed []bool) *runs {
	r := &runs{changed: changed}
	r.grow()
	return r
}

// grow takes what is changed right after the run into it.
func (r *runs) grow() {
	for r.at.end < len(r.changed) && r.changed[r.at.end] {
		r.at.end++
	}
}

func (r *runs) empty() bool { return r.at.start == r.at.end }

// next goes to the next run; false at the last one.
func (r *runs) next() bool {
	if r.at.end == len(r.changed) {
		return false
	}
	r.at = run{r.at.end + 1, r.at.end + 1}
	r.grow()
	return true
}

// previous goes to the run before; there must be one.
func (r *runs) previous() {
	r.at.end = r.at.start - 1
	r.at.start = r.at.end
	for r.at.start > 0 && r.changed[r.at.start-1] {
		r.at.start--
	}
}

// up moves the run by a line towards the start, where the text allows it, and joins it with a run
// that it meets.
func (r *runs) up(lines []int) bool {
	if r.at.start == 0 || lines[r.at.start-1] != lines[r.at.end-1] {
		return false
	}
	r.at.start--
	r.at.end--
	r.changed[r.at.start], r.changed[r.at.end] = true, false
	for r.at.start > 0 && r.changed[r.at.start-1] {
		r.at.start--
	}
	return true
}

// down is up towards the end.
func (r *runs) down(lines []int) bool {
	if r.at.end == len(lines) || lines[r.at.start] != lines[r.at.end] {
		return false
	}
	r.changed[r.at.start], r.changed[r.at.end] = false, true
	r.at.start++
	r.at.end++
	r.grow()
	return true
}

// compact moves runs of changed lines that could as well stand elsewhere to where git has them:
// joined with others where possible, beside a run of the other text if there is one in reach, else
// as far down as possible.
func compact(lines []int, changed, changedOther []bool) {
	mine, other := newRuns(changed), newRuns(changedOther)
	for {
		if !mine.empty() {
			place(lines, mine, other)
		}
		if !mine.next() {
			return
		}
		other.next()
	}
}

func place(lines []int, mine, other *runs) {
	var first int // the end of the run as far up as it goes
	beside := false
	for size := -1; size != mine.at.end-mine.at.start; {
		size = mine.at.end - mine.at.start
		for mine.up(lines) {
			other.previous()
		}
		first, beside = mine.at.end, !other.empty()
		for mine.down(lines) {
			other.next()
			beside = beside || !other.empty()
		}
	}
	if beside && mine.at.end != first {
		for other.empty() {
			mine.up(lines)
			other.previous()
		}
	}
}
