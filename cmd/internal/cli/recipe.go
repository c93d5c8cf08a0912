package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/registry/recipe"
)

func newCmdRecipe(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recipe",
		Short: "Write recipes of your own: check them, and read how they are written",
		Long: `A recipe says what a plugin needs, and where. batten has recipes of its own, reads others from
the plugins' published packages, and takes those in ` + recipe.Dir + ` of the repository before
either: for plugins of your own, and for others as you want them.`,
		Example: `  batten recipe show sonarqube > ` + recipe.Dir + `/sonarqube.yaml
  batten recipe check                  check all of the repository's recipes
  batten recipe format                 how a recipe is written, with every field`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{cmd.CommandPath(), fmt.Errorf("there is no command %q", cmd.CommandPath()+" "+args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newCmdRecipeCheck(f, runRecipeCheck),
		&cobra.Command{
			Use:   "format",
			Short: "Print the reference of the format: every field, with comments",
			Args:  noArgs,
			RunE:  run(func(context.Context, []string) error { return f.out(recipe.Format()) }),
		},
		&cobra.Command{
			Use:   "schema",
			Short: "Print the format as a JSON schema, for editors",
			Args:  noArgs,
			RunE:  run(func(context.Context, []string) error { return f.out(string(recipe.Schema())) }),
		},
		&cobra.Command{
			Use:   "show NAME",
			Short: "Print a recipe of batten's own, to change it",
			Args:  usage(cobra.ExactArgs(1)),
			ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
				return recipe.IDs(), cobra.ShellCompDirectiveNoFileComp
			},
			RunE: run(func(_ context.Context, args []string) error { return runRecipeShow(f, args[0]) }),
		},
	)
	return cmd
}

func newCmdRecipeCheck(f *factory, runF func(context.Context, *factory, []string) error) *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]...",
		Short: "Say what is wrong with recipes, and where",
		Long: `Each recipe is read as ` + "`batten add`" + ` reads it. Without a FILE, all in ` + recipe.Dir + ` of the
repository are checked. The exit status is 1 if something is wrong.`,
		Example: "  batten recipe check\n  batten recipe check my-plugin.yaml",
		RunE:    run(func(ctx context.Context, args []string) error { return runF(ctx, f, args) }),
	}
}

// checkedJSON is what `recipe check --json` prints.
type checkedJSON struct {
	Schema  int           `json:"schema"` // 1
	Recipes []checkedFile `json:"recipes"`
}

type checkedFile struct {
	File     string           `json:"file"`
	ID       string           `json:"id,omitempty"` // if the recipe could be read
	Problems []checkedProblem `json:"problems"`
}

type checkedProblem struct {
	Line    int    `json:"line,omitempty"` // 1-based
	Column  int    `json:"column,omitempty"`
	Problem string `json:"problem"`
}

func runRecipeCheck(_ context.Context, f *factory, files []string) error {
	checked, err := f.checkRecipes(files)
	if err != nil {
		return err
	}
	if len(checked) == 0 && !f.json {
		f.errln("There are no recipes in " + recipe.Dir + ".")
	}
	wrong := false
	var out strings.Builder
	for _, c := range checked {
		for _, p := range c.Problems {
			wrong = true
			at := c.File
			if p.Line > 0 {
				at += fmt.Sprintf(":%d", p.Line)
			}
			if p.Column > 0 {
				at += fmt.Sprintf(":%d", p.Column)
			}
			fmt.Fprintf(&out, "%s: %s\n", f.io.OutStyle().Cyan(at), p.Problem)
		}
		if len(c.Problems) == 0 {
			fmt.Fprintf(&out, "%s: %s\n", c.File, f.io.OutStyle().Green("a good recipe of "+c.ID))
		}
	}
	if f.json {
		err = f.outJSON(checkedJSON{1, array(checked)})
	} else {
		err = f.out(out.String())
	}
	if err == nil && wrong {
		return errPending
	}
	return err
}

// checkRecipes reads the named files, or all of the repository's recipes.
func (f *factory) checkRecipes(files []string) ([]checkedFile, error) {
	if len(files) == 0 {
		root, err := f.root()
		if err != nil {
			return nil, err
		}
		recipes, err := recipe.LoadDir(os.DirFS(root))
		var checked []checkedFile
		for _, r := range recipes {
			checked = append(checked, checkedFile{File: r.Source, ID: r.ID, Problems: []checkedProblem{}})
		}
		if err == nil {
			return checked, nil
		}
		list := []error{err}
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			list = joined.Unwrap()
		}
		for _, err := range list {
			c, err := faulty(err)
			if err != nil {
				return nil, err
			}
			checked = append(checked, c)
		}
		return checked, nil
	}
	var checked []checkedFile
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		r, err := recipe.Load(filepath.ToSlash(name), text)
		c := checkedFile{File: filepath.ToSlash(name), ID: r.ID, Problems: []checkedProblem{}}
		if err != nil {
			if c, err = faulty(err); err != nil {
				return nil, err
			}
		}
		checked = append(checked, c)
	}
	return checked, nil
}

// faulty is a file with what is wrong with it. Other errors than those of recipes stay.
func faulty(err error) (checkedFile, error) {
	var bad *recipe.Error
	if !errors.As(err, &bad) {
		return checkedFile{}, err
	}
	c := checkedFile{File: bad.Source}
	for _, p := range bad.Problems {
		c.Problems = append(c.Problems, checkedProblem{p.Line, p.Col, p.Text})
	}
	return c, nil
}

func runRecipeShow(f *factory, name string) error {
	r, ok := recipe.Lookup(name)
	if !ok {
		problem := fmt.Errorf("there is no recipe for %q in the binary", name)
		if near := recipe.Closest(name); len(near) > 0 {
			problem = fmt.Errorf("%w; did you mean %s?", problem, strings.Join(near, " or "))
		}
		return &usageError{"batten recipe show", problem}
	}
	text, err := recipe.Text(r.ID)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the recipe of %s has no text", r.ID)
	}
	if err != nil {
		return err
	}
	return f.out(string(text))
}
