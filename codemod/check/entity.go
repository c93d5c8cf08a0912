package check

func entityRules() []Rule { return nil }
