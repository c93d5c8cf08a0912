package check

import "github.com/batten-dev/batten/codemod/text"

// difference is the edit that makes one text of another: whole lines between their common beginning
// and end.
func difference(before, after []byte) []text.Edit {
	start := 0
	for i := 0; i < len(before) && i < len(after) && before[i] == after[i]; i++ {
		if before[i] == '\n' {
			start = i + 1
		}
	}
	end := 0
	for i := 1; i <= len(before)-start && i <= len(after)-start && before[len(before)-i] == after[len(after)-i]; i++ {
		if before[len(before)-i] == '\n' {
			end = i - 1 // what follows the newline is alike
		}
	}
	if string(before) == string(after) {
		return nil
	}
	return []text.Edit{text.Replace(text.Span{Start: start, End: len(before) - end}, string(after[start:len(after)-end]))}
}

func editsOf(file string, edits []text.Edit) map[string][]text.Edit {
	return map[string][]text.Edit{file: edits}
}
