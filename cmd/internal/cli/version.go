package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/manifest"
)

func newCmdVersion(f *factory, runF func(context.Context, *factory) error) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, and the newest Backstage release it knows",
		Args:  noArgs,
		RunE:  run(func(ctx context.Context, _ []string) error { return runF(ctx, f) }),
	}
}

// versionJSON is what `version --json` prints.
type versionJSON struct {
	Schema   int    `json:"schema"` // 1
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Newest   string `json:"newestRelease"` // of Backstage
}

func runVersion(_ context.Context, f *factory) error {
	v := versionJSON{
		Schema: 1, Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Newest: manifest.Newest(true),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			v.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Commit = s.Value
			}
		}
	}
	if f.json {
		return f.outJSON(v)
	}
	return f.out(fmt.Sprintf("batten %s (%s, %s)\nknows Backstage up to %s\n", v.Version, v.Go, v.Platform, v.Newest))
}
