package udiff

import "strings"

// slide moves runs of added lines, and runs of removed lines, to where they read best. A run
// can move down a line if the line after it equals its first, and up if the line before it
// equals its last: the text is the same either way. A run beside a run of the other kind, or
// that would come to touch another, stays.
func slide(a, b []string, removed, added []bool) {
	for _, c := range chunks(removed, added) {
		switch {
		case c.A0 == c.A1:
			slideRun(b, added, c.B0, c.B1, neighbours(removed, c.A0))
		case c.B0 == c.B1:
			slideRun(a, removed, c.A0, c.A1, neighbours(added, c.B0))
		}
	}
}

// room is how many equal lines the other side has before and after a run's place.
type room struct{ before, after int }

func neighbours(marks []bool, at int) room {
	var r room
	for i := at - 1; i >= 0 && !marks[i]; i-- {
		r.before++
	}
	for i := at; i < len(marks) && !marks[i]; i++ {
		r.after++
	}
	return r
}

func slideRun(lines []string, marks []bool, start, end int, other room) {
	up := 0
	for up < other.before && start-up > 0 && !marks[start-up-1] && lines[start-up-1] == lines[end-up-1] {
		up++
	}
	if up > 0 && (up == other.before && start-up > 0 || start-up > 0 && marks[start-up-1]) {
		up-- // would touch the chunk before
	}
	down := 0
	for down < other.after && end+down < len(lines) && !marks[end+down] && lines[start+down] == lines[end+down] {
		down++
	}
	if down > 0 && end+down < len(lines) && (down == other.after || marks[end+down]) {
		down-- // would touch the chunk after
	}
	best, bestCost := 0, 0
	for by := -up; by <= down; by++ {
		cost := splitCost(lines, start+by, true) + splitCost(lines, end+by, false)
		if by == -up || cost <= bestCost {
			best, bestCost = by, cost
		}
	}
	for i := start; i < end; i++ {
		marks[i] = false
	}
	for i := start + best; i < end+best; i++ {
		marks[i] = true
	}
}

// splitCost rates the gap before line at as an end of a run; less is better. The first line
// of a run should not close something that was opened before it.
func splitCost(lines []string, at int, first bool) int {
	const closerCost, blankGain = 8, 1
	cost := 0
	if at > 0 && blank(lines[at-1]) {
		cost -= blankGain
	}
	next := at
	for next < len(lines) && blank(lines[next]) {
		next++
	}
	if next == len(lines) {
		return cost
	}
	line := lines[next]
	trimmed := strings.TrimLeft(line, " \t")
	cost += 2 * (len(line) - len(trimmed))
	if first && (strings.ContainsAny(trimmed[:1], "})]") || strings.HasPrefix(trimmed, "</") || strings.HasPrefix(trimmed, "/>")) {
		cost += closerCost
	}
	return cost
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }
