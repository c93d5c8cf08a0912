package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/wiremap"
)

type mapOptions struct {
	*factory
	html   string // --html
	format string // --format
	file   string // --out
}

func newCmdMap(f *factory, runF func(context.Context, *mapOptions) error) *cobra.Command {
	opts := &mapOptions{factory: f}
	cmd := &cobra.Command{
		Use:   "map",
		Short: "Draw the wiring of the app, as a page, a picture, a graph or a tree",
		Long: `Draw everything that hangs in the apps and backends of the monorepo: the sidebar, routes,
entity pages with their tabs and cards, features, extensions and their settings, backend
plugins with their modules. Each piece has its npm package, the version that package.json
declares, and its place in the source.

The page is one file that loads nothing: open it, send it, or keep it with your documentation.
The formats are html, svg, dot (for graphviz), json and text.`,
		Example: `  batten map                          a tree, on the terminal
  batten map --html wiring.html       a page to search and to print
  batten map --format svg --out docs/wiring.svg
  batten map --format dot | dot -Tpdf -o wiring.pdf`,
		Args: noArgs,
		RunE: run(func(ctx context.Context, _ []string) error { return runF(ctx, opts) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.html, "html", "", "write the page to `FILE`: short for --format html --out FILE")
	flags.StringVar(&opts.format, "format", "", "html, svg, dot, json or text (default: text)")
	flags.StringVarP(&opts.file, "out", "o", "", "write to `FILE` instead of standard output")
	return cmd
}

// target settles what to draw, and where to.
func (o *mapOptions) target() error {
	wrong := func(format string, args ...any) error {
		return &usageError{"batten map", fmt.Errorf(format, args...)}
	}
	switch {
	case o.html != "" && (o.file != "" || o.format != "" && o.format != "html"):
		return wrong("--html is short for --format html --out FILE; give one or the other")
	case o.html != "" && o.json, o.json && o.format != "" && o.format != "json":
		return wrong("--json is short for --format json, and another format is asked for")
	case o.html != "":
		o.format, o.file = "html", o.html
	case o.json:
		o.format = "json"
	case o.format == "":
		o.format = "text"
	}
	if o.file == "-" {
		o.file = ""
	}
	switch o.format {
	case "html", "svg", "dot", "json", "text":
		return nil
	}
	return wrong("there is no format %q; there are html, svg, dot, json and text", o.format)
}

func runMap(ctx context.Context, opts *mapOptions) error {
	if err := opts.target(); err != nil {
		return err
	}
	ws, seen, err := opts.observe(ctx)
	if err != nil {
		return err
	}
	m := wiremap.New(ws, seen)
	drawn, err := draw(m, opts.format)
	if err != nil {
		return err
	}
	if opts.format != "json" {
		opts.warn(m.Warnings)
	}
	if opts.file == "" {
		return opts.out(string(drawn))
	}
	if old, err := os.ReadFile(opts.file); err == nil && bytes.Equal(old, drawn) {
		opts.errln(opts.file + " is as it should be.")
		return nil
	}
	if err := os.WriteFile(opts.file, drawn, 0o644); err != nil {
		return err
	}
	opts.errln(fmt.Sprintf("Wrote %s, %d kB.", opts.file, (len(drawn)+999)/1000))
	return nil
}

// draw is the map in a format.
func draw(m *wiremap.Map, format string) ([]byte, error) {
	switch format {
	case "html":
		return m.HTML()
	case "svg":
		return []byte(m.SVG()), nil
	case "dot":
		return []byte(m.DOT()), nil
	case "json":
		return m.JSON()
	}
	return []byte(m.Text()), nil
}
