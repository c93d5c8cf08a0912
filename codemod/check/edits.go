package check

import "github.com/batten-dev/batten/codemod/text"

// difference is the edit that makes one text of another: what is between their common beginning
// and end.
func difference(before, after []byte) []text.Edit {
	start := 0
	for start < len(before) && start < len(after) && before[start] == after[start] {
		start++
	}
	end := 0
	for end < len(before)-start && end < len(after)-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	if start == len(before)-end && start == len(after)-end {
		return nil
	}
	return []text.Edit{text.Replace(text.Span{Start: start, End: len(before) - end}, string(after[start:len(after)-end]))}
}

func editsOf(file string, edits []text.Edit) map[string][]text.Edit {
	return map[string][]text.Edit{file: edits}
}
