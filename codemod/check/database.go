package check

func databaseRules() []Rule { return nil }
