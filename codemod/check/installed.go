package check

// installedJSON is what rules read of the package.json of an installed package.
type installedJSON struct {
	Backstage struct {
		Role    string   `json:"role"`
		Plugins []string `json:"pluginPackages"`
	} `json:"backstage"`
}
