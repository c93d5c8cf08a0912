package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/batten-dev/batten/cmd/internal/handoff"
	"github.com/batten-dev/batten/cmd/internal/report"
	"github.com/batten-dev/batten/codemod/change"
	"github.com/batten-dev/batten/codemod/check"
	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/workspace"
	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/manifest/engines"
	"github.com/batten-dev/batten/manifest/lockstep"
)

type checkOptions struct {
	*factory
	writing
	format        string   // --format
	failOn        string   // --fail-on
	rules         []string // --rule
	paths         []string // arguments: files and folders, none for all
	changed       string   // --changed: name of a commit, "" for not given
	fix           bool     // --fix
	explain       string   // --explain
	list          bool     // --list
	online        bool     // --online
	exitZero      bool     // --exit-zero
	baseline      string   // --baseline
	writeBaseline bool     // --write-baseline
}

var checkFormats = []string{"text", "json", "sarif", "github", "gitlab", "junit"}

// errFindings is the end of a check that found something.
var errFindings = errors.New("there are findings")

func newCmdCheck(f *factory, runF func(context.Context, *checkOptions) error) *cobra.Command {
	opts := &checkOptions{factory: f}
	cmd := &cobra.Command{
		Use:                   "check [PATH...]",
		DisableFlagsInUseLine: true,
		Short:                 "Find what is wrong with the wiring, and mend what can be mended",
		Long: `Find what is wrong with the dependencies, the wiring and the configuration of the monorepo.
Each finding has its place, says why it is wrong and what to do; --fix makes the safe fixes,
each proved. Rules have stable codes; .batten/config.yaml sets their severities. No server is
asked without --online. With files or folders, only what is found there is reported.

Exit status: 0 if nothing is found at --fail-on or above, 1 if something is, 2 if the
check could not be made.`,
		Example: `  batten check                            all findings
  batten check --fix --dry-run            the diff of the safe fixes
  batten check packages/app               only what is found in a folder, or in files
  batten check --changed origin/main      only what the branch touches
  batten check --explain BF002            what a rule is about
  batten check --format sarif > out.sarif for code scanning
  batten check --baseline known.json      only what is new
  batten check --online                   deprecated packages and young versions, too`,
	}
	cmd.RunE = run(func(ctx context.Context, args []string) error {
		// A flag whose value may be left out does not take the next word: --changed BASE is an argument.
		if len(args) > 0 && cmd.Flags().Changed("changed") && opts.changed == "HEAD" {
			opts.changed, args = args[0], args[1:]
		}
		opts.paths = args
		return runF(ctx, opts)
	})
	flags := cmd.Flags()
	flags.StringVar(&opts.format, "format", "text", "`FORM` of the result: "+strings.Join(checkFormats, ", "))
	flags.StringVar(&opts.failOn, "fail-on", "error", "`SEVERITY` that makes the exit status 1: error, warning, note")
	flags.StringSliceVar(&opts.rules, "rule", nil, "only these `RULES` or families, with commas between them")
	flags.StringVar(&opts.changed, "changed", "", "only findings on lines that differ from the commit `BASE` (HEAD without it)")
	flags.Lookup("changed").NoOptDefVal = "HEAD"
	flags.BoolVar(&opts.online, "online", false, "ask the npm registry, too, for the rules that need it (BP011, BP012), and for the configuration schemas of packages that are not installed; without it no server is asked")
	flags.BoolVar(&opts.fix, "fix", false, "make the safe fixes")
	flags.BoolVar(&opts.writing.dryRun, "dry-run", false, "with --fix: print the diff and write nothing")
	flags.BoolVarP(&opts.yes, "yes", "y", false, "with --fix: do not ask")
	flags.BoolVar(&opts.noInstall, "no-install", false, "with --fix: do not run the package manager afterwards")
	flags.BoolVar(&opts.allowDirty, "allow-dirty", false, "with --fix: change files that have uncommitted changes too")
	flags.StringVar(&opts.explain, "explain", "", "print what the rule `CODE` is about")
	flags.BoolVar(&opts.list, "list", false, "print the rules")
	flags.BoolVar(&opts.exitZero, "exit-zero", false, "exit with 0 whatever is found")
	flags.StringVar(&opts.baseline, "baseline", "", "leave out the findings that `FILE` has")
	flags.BoolVar(&opts.writeBaseline, "write-baseline", false, "write all findings into the file of --baseline")
	return cmd
}

func (o *checkOptions) checkUsage() (failOn diag.Severity, err error) {
	wrong := func(format string, args ...any) error {
		return &usageError{"batten check", fmt.Errorf(format, args...)}
	}
	if o.json && o.format == "text" {
		o.format = "json"
	}
	failOn, off, ok := check.ParseSeverity(o.failOn)
	switch {
	case !slices.Contains(checkFormats, o.format):
		return 0, wrong("--format is %s, not %q", strings.Join(checkFormats, ", "), o.format)
	case !ok || off:
		return 0, wrong("--fail-on is error, warning or note, not %q", o.failOn)
	case o.writeBaseline && o.baseline == "":
		return 0, wrong("--write-baseline needs --baseline FILE")
	case o.writing.dryRun && !o.fix:
		return 0, wrong("--dry-run is for --fix: without it nothing is written")
	}
	return failOn, nil
}

// checkRules are all rules there are. Those about published packages ask reg.
func checkRules(reg check.Registry) []check.Rule {
	return check.Sorted(slices.Concat(check.Rules(), check.PublishedRules(reg), lockstep.Rules(manifest.Lookup), engines.Rules()))
}

func runCheck(ctx context.Context, opts *checkOptions) error {
	failOn, err := opts.checkUsage()
	if err != nil {
		return err
	}
	asked := &asking{factory: opts.factory}
	rules := checkRules(asked.registry(ctx))
	if opts.list || opts.explain != "" {
		return opts.about(rules)
	}
	chosen, err := opts.chosenRules(rules)
	if err != nil {
		return err
	}
	root, fsys, err := opts.open()
	if err != nil {
		return err
	}
	named, err := opts.named(root)
	if err != nil {
		return err
	}
	settings, err := check.ReadSettings(fsys, rules)
	if err != nil {
		return err
	}
	asked.root = root
	touched := opts.touched(ctx, root) // while the repository is read
	ws, err := opts.load(fsys)
	if err != nil {
		return err
	}
	repo, err := check.Open(ctx, ws)
	if err != nil {
		return err
	}
	published := opts.publishedSchemas(ctx, root)
	repo.TakePublished(published.files())
	res, err := check.Run(ctx, repo, chosen, settings)
	if err != nil {
		return err
	}
	if err := asked.failed(); err != nil {
		return err
	}
	published.tell()
	known, err := opts.known()
	if err != nil {
		return err
	}
	asFar, err := opts.differing(touched)
	if err != nil {
		return err
	}
	want := func(f check.Finding) bool { return named(f) && asFar(f) && !known[f.Fingerprint] }
	var mended *check.Mended
	if opts.fix {
		if mended, err = opts.mend(ctx, root, ws, res, chosen, settings, want, published); err != nil || opts.writing.dryRun && opts.format == "text" {
			return err
		}
		res = mended.Left
	}
	r := &report.Report{Version: buildVersion(), Rules: chosen, Ignored: res.Ignored}
	for _, f := range res.Findings {
		switch {
		case want(f):
			r.Findings = append(r.Findings, f)
		case named(f) && asFar(f):
			r.Known++
		}
	}
	if opts.writeBaseline {
		return opts.saveBaseline(res.Findings)
	}
	if err := opts.print(ctx, root, r, failOn); err != nil {
		return err
	}
	if !check.Worst(r.Findings, failOn) || opts.exitZero {
		return nil
	}
	if opts.format == "sarif" || opts.format == "gitlab" || opts.format == "junit" {
		opts.errln(report.Brief(r, failOn)) // the result goes to a file, as a rule; the log of the job should say why it fails
	}
	return errFindings
}

func (o *checkOptions) about(rules []check.Rule) error {
	if o.explain != "" {
		rule, ok := check.Find(rules, o.explain)
		if !ok {
			return &usageError{"batten check", fmt.Errorf("there is no rule %q; `batten check --list` shows them", o.explain)}
		}
		rules = []check.Rule{rule}
	}
	if o.format == "json" {
		type ruleJSON struct {
			Code     string        `json:"code"`
			Name     string        `json:"name"`
			Family   check.Family  `json:"family"`
			Severity diag.Severity `json:"severity"`
			Title    string        `json:"title"`
			Doc      string        `json:"doc"`
		}
		list := []ruleJSON{}
		for _, r := range rules {
			list = append(list, ruleJSON{r.Code, r.Name, r.Family, r.Severity, r.Title, r.Doc})
		}
		return o.outJSON(struct {
			Schema int        `json:"schema"`
			Rules  []ruleJSON `json:"rules"`
		}{1, list})
	}
	if o.explain != "" {
		return o.out(report.Explain(o.io.OutStyle(), rules[0]))
	}
	return o.out(report.List(o.io.OutStyle(), rules))
}

// chosenRules are those of --rule, all without it, but for those that need --online.
func (o *checkOptions) chosenRules(rules []check.Rule) ([]check.Rule, error) {
	if !o.online {
		asking := check.PublishedRules(check.Registry{})
		for _, r := range asking {
			if slices.ContainsFunc(o.rules, func(name string) bool { return strings.EqualFold(r.Code, name) || r.Name == name }) {
				return nil, &usageError{"batten check", fmt.Errorf("%s needs --online: it asks the npm registry", r.Code)}
			}
		}
		rules = slices.DeleteFunc(slices.Clone(rules), func(r check.Rule) bool {
			_, asks := check.Find(asking, r.Code)
			return asks
		})
	}
	if len(o.rules) == 0 {
		return rules, nil
	}
	var out []check.Rule
	for _, name := range o.rules {
		before := len(out)
		for _, r := range rules {
			if strings.EqualFold(r.Code, name) || r.Name == name || string(r.Family) == name {
				out = append(out, r)
			}
		}
		if len(out) == before {
			return nil, &usageError{"batten check", fmt.Errorf("there is no rule or family %q; `batten check --list` shows them", name)}
		}
	}
	return check.Sorted(out), nil
}

// known are the fingerprints of the findings that --baseline has.
func (o *checkOptions) known() (map[string]bool, error) {
	known := map[string]bool{}
	if o.baseline == "" || o.writeBaseline {
		return known, nil
	}
	data, err := os.ReadFile(o.baseline)
	if err != nil {
		d := diag.Errorf("no-baseline", "%v", err)
		d.Manual = "Make it with --write-baseline."
		return nil, d
	}
	b, err := check.ReadBaseline(o.baseline, data)
	if err != nil {
		return nil, err
	}
	for _, k := range b.Findings {
		known[k.Fingerprint] = true
	}
	return known, nil
}

// differing says which findings lie on lines that differ from the commit of --changed: all
// without it.
func (o *checkOptions) differing(differ func() (map[string][]handoff.Lines, error)) (func(check.Finding) bool, error) {
	touched, err := differ()
	if err != nil {
		d := diag.Errorf("no-diff", "what differs from %s is not known: %v", o.changed, err)
		d.Manual = "Name a commit that the clone has; in CI, fetch it first (fetch-depth: 0)."
		return nil, d
	}
	return func(f check.Finding) bool { return o.changed == "" || touches(f, touched) }, nil
}

// touched asks git what differs from the commit of --changed, and does not wait for the answer.
func (o *checkOptions) touched(ctx context.Context, root string) func() (map[string][]handoff.Lines, error) {
	type answer struct {
		lines map[string][]handoff.Lines
		err   error
	}
	if o.changed == "" {
		return func() (map[string][]handoff.Lines, error) { return nil, nil }
	}
	answers := make(chan answer, 1)
	go func() {
		lines, err := handoff.Touched(ctx, root, o.changed)
		answers <- answer{lines, err}
	}()
	return func() (map[string][]handoff.Lines, error) {
		a := <-answers
		return a.lines, a.err
	}
}

// touches reports whether a finding, or a place that it is about too, is on lines that changed.
func touches(f check.Finding, touched map[string][]handoff.Lines) bool {
	at := func(file string, first, last int) bool {
		lines, ok := touched[file]
		if !ok {
			return false
		}
		return first == 0 || slices.ContainsFunc(lines, func(l handoff.Lines) bool { return l.First <= max(first, last) && first <= l.Last })
	}
	if at(f.File, f.Pos.Line, f.End.Line) {
		return true
	}
	return slices.ContainsFunc(f.Related, func(p check.Place) bool { return at(p.File, p.Pos.Line, p.Pos.Line) })
}

func (o *checkOptions) print(ctx context.Context, root string, r *report.Report, failOn diag.Severity) error {
	text := ""
	var err error
	if o.format == "sarif" || o.format == "github" || o.format == "gitlab" {
		r.Prefix = handoff.Prefix(ctx, root)
	}
	switch o.format {
	case "text":
		text = report.Text(o.io.OutStyle(), r)
	case "json":
		text, err = report.JSON(r)
	case "sarif":
		text, err = report.SARIF(r)
	case "gitlab":
		text, err = report.GitLab(r)
	case "junit":
		text, err = report.JUnit(r, failOn)
	case "github":
		text = report.GitHub(r)
		if summary := os.Getenv("GITHUB_STEP_SUMMARY"); summary != "" {
			if err := appendFile(summary, report.Markdown(r)); err != nil {
				o.errln("the summary of the step could not be written: " + err.Error())
			}
		}
	}
	if err != nil {
		return err
	}
	return o.out(text)
}

func appendFile(name, text string) error {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// mend makes the safe fixes of the findings wanted.
func (o *checkOptions) mend(ctx context.Context, root string, ws *workspace.Workspace, res *check.Result, rules []check.Rule, settings *check.Settings, want func(check.Finding) bool, published *publishedSchemas) (*check.Mended, error) {
	over := change.NewOverlay(ws.FS)
	mended, err := check.Mend(ctx, over, res, check.Options{
		Rules: rules, Settings: settings, Want: want, Published: published.files(),
		Load: func(over *change.Overlay) (*workspace.Workspace, error) {
			return ws.Reload(over, workspace.InferWith(manifest.Infer))
		},
	})
	if err != nil {
		return nil, err
	}
	for _, x := range mended.Refused {
		o.errln(fmt.Sprintf("%s: %s is not mended: %s", x.Finding.Location(), x.Finding.Code, x.Why))
	}
	if len(mended.Fixed) == 0 {
		if !o.writing.dryRun {
			o.errln("Nothing can be mended safely.")
		}
		return mended, nil
	}
	p := proposal{root: root, verb: "check --fix", changes: over.Changes(), manager: ws.Manager}
	json := o.json
	o.json = o.format != "text" // the diff of a dry run is the result of the text form alone
	err = o.makeChanges(ctx, p, o.writing)
	o.json = json
	return mended, err
}

func (o *checkOptions) saveBaseline(findings []check.Finding) error {
	data, err := check.NewBaseline(findings).JSON()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Clean(o.baseline), data, 0o644); err != nil {
		return err
	}
	o.errln(fmt.Sprintf("Wrote %s to %s.", count(len(findings), "finding"), o.baseline))
	return nil
}

// buildVersion is the version of the program; "" if it has none.
func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return ""
}
