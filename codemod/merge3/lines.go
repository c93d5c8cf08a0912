package merge3

import "bytes"

// split cuts a text after each LF.
func split(src []byte) [][]byte {
	lines := make([][]byte, 0, bytes.Count(src, []byte("\n"))+1)
	for len(src) > 0 {
		end := bytes.IndexByte(src, '\n') + 1
		if end == 0 {
			end = len(src)
		}
		lines = append(lines, src[:end])
		src = src[end:]
	}
	return lines
}

// numbers gives equal lines, of whichever text, equal numbers.
type numbers map[string]int

func (n numbers) of(lines [][]byte) []int {
	ids := make([]int, len(lines))
	for i, line := range lines {
		id, ok := n[string(line)]
		if !ok {
			id = len(n)
			n[string(line)] = id
		}
		ids[i] = id
	}
	return ids
}

// offsets are the byte offsets at which lines begin, and that of the end.
func offsets(lines [][]byte) []int {
	at := make([]int, len(lines)+1)
	for i, line := range lines {
		at[i+1] = at[i] + len(line)
	}
	return at
}

// Binary says whether a text has a NUL byte in its first 8000 bytes, by which git takes it for no
// text.
func Binary(src []byte) bool { return bytes.IndexByte(src[:min(len(src), 8000)], 0) >= 0 }
