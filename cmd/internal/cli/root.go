package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newCmdRoot(f *factory) *cobra.Command {
	noColor := false
	cmd := &cobra.Command{
		Use:   "batten",
		Short: "Hang plugins in a Backstage app, and see that they hang",
		Long: `batten changes Backstage app repositories: it wires plugins in everywhere they belong, brings
the app to another release, and finds what is wrong with its wiring. It proves every change
before it writes anything, and can take it back.`,
		Example: `  batten add tech-radar               wire a plugin in
  batten add jenkins --dry-run        print what that would change
  batten remove jenkins               take a plugin out again
  batten list                         show what is wired, and where
  batten check                        find what is wrong with it
  batten upgrade                      bring the app to the newest release
  batten undo                         take the last change back`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRun: func(*cobra.Command, []string) {
			if noColor {
				f.io.NoColor()
			}
		},
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.SetIn(f.io.In)
	cmd.SetOut(f.io.Out)
	cmd.SetErr(f.io.Err)
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return &usageError{cmd.CommandPath(), err} })
	cmd.SetHelpCommand(newCmdHelp())
	cmd.SetUsageTemplate(usageTemplate)

	cmd.SuggestionsMinimumDistance = 2

	flags := cmd.PersistentFlags()
	flags.StringVar(&f.repo, "repo", "", "the monorepo is in `DIR` or above (default: the current folder)")
	flags.BoolVar(&f.json, "json", false, "print the result as JSON")
	flags.BoolVar(&f.offline, "offline", false, "ask no server")
	flags.BoolVar(&f.verbose, "verbose", false, "say more about what is done")
	flags.BoolVar(&noColor, "no-color", false, "print without colour")
	flags.BoolP("help", "h", false, "show how a command is used")

	cmd.AddCommand(
		newCmdAdd(f, runAdd),
		newCmdApply(f, runApply),
		newCmdBuild(f, runBuild),
		newCmdCheck(f, runCheck),
		newCmdDiff(f, runDiff),
		newCmdInfo(f, runInfo),
		newCmdList(f, runList),
		newCmdMap(f, runMap),
		newCmdRecipe(f),
		newCmdReleases(f, runReleases),
		newCmdRemove(f, runRemove),
		newCmdSearch(f, runSearch),
		newCmdUndo(f, runUndo),
		newCmdUpgrade(f, runUpgrade),
		newCmdVersion(f, runVersion),
		newCmdCompletion(f),
	)
	return cmd
}

// unknownCommand names the commands that may have been meant.
func unknownCommand(root *cobra.Command, name string) error {
	msg := fmt.Sprintf("there is no command %q", name)
	if near := root.SuggestionsFor(name); len(near) > 0 {
		msg += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return &usageError{root.CommandPath(), fmt.Errorf("%s", msg)}
}

func newCmdHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show how a command is used",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), strings.Join(args, " "))
			}
			return about.Help()
		},
	}
}

const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND [FLAGS]{{else}}{{.UseLine}}{{end}}
{{- if .HasExample}}

Examples:
{{.Example}}
{{- end}}
{{- if .HasAvailableSubCommands}}

Commands:
{{- range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}
{{- end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{- end}}
{{- if .HasAvailableInheritedFlags}}

Flags of all commands:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{- end}}
`
