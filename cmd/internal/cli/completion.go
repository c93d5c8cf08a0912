package cli

import (
	"github.com/spf13/cobra"
)

func newCmdCompletion(f *factory) *cobra.Command {
	return &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Print a script that completes commands and flags in a shell",
		Example:   "  source <(batten completion bash)",
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		Args:      usage(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(f.io.Out, true)
			case "zsh":
				return root.GenZshCompletion(f.io.Out)
			case "fish":
				return root.GenFishCompletion(f.io.Out, true)
			default:
				return root.GenPowerShellCompletionWithDesc(f.io.Out)
			}
		},
	}
}
