package check

func containerRules() []Rule { return nil }
