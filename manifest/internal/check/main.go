// Command check derives every main release of the embedded table from npm, as if it were not in
// the table, and prints how the two agree.
//
//	go run ./manifest/internal/check [RELEASE...]
//
// It exits with 1 if a version that is derived as certain is another one than the published one.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/batten-dev/batten/manifest"
	"github.com/batten-dev/batten/registry/npm"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	config, problems := npm.ConfigFrom(npm.UserPlaces(""))
	config.Freshness = 24 * time.Hour
	for _, err := range problems {
		fmt.Fprintln(os.Stderr, "check:", err)
	}
	err := run(ctx, npm.New(config), os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
}

// result is how a derived manifest agrees with the published one. All numbers are of packages.
type result struct {
	release  string
	seeded   bool // npm does not have the release's create-app: the versions of its templates are the table's
	certain  int  // the same, and certain
	unsure   int  // the same, but uncertain
	differs  int  // not the same, and said to be uncertain
	missing  int  // of these: npm does not have the published version, so that nothing could find it
	extra    int  // not in the published manifest, and uncertain
	wrong    []string
	problems error
}

func run(ctx context.Context, client *npm.Client, releases []string, w io.Writer) error {
	if len(releases) == 0 {
		for _, r := range manifest.Releases() {
			if !manifest.IsNext(r) {
				releases = append(releases, r)
			}
		}
	}
	names, err := templateNames(ctx, client)
	if err != nil {
		return err
	}
	out := &printer{w: w}
	out.printf("%-10s %-9s %8s %9s %10s %8s %8s %6s %6s\n", "release", "template", "packages", "certain", "uncertain", "differ", "(absent)", "extra", "WRONG")
	var total result
	wrong := 0
	for _, release := range releases {
		r, packages := check(ctx, client, release, names)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.problems != nil {
			out.printf("%-10s %v\n", release, r.problems)
			continue
		}
		template := "npm"
		if r.seeded {
			template = "table"
		}
		out.printf("%-10s %-9s %8d %9d %10d %8d %8d %6d %6d\n", release, template, packages, r.certain, r.unsure, r.differs, r.missing, r.extra, len(r.wrong))
		for _, line := range r.wrong {
			out.printf("    %s\n", line)
		}
		total.certain, total.unsure, total.differs = total.certain+r.certain, total.unsure+r.unsure, total.differs+r.differs
		total.missing, total.extra, wrong = total.missing+r.missing, total.extra+r.extra, wrong+len(r.wrong)
	}
	out.printf("%-10s %-9s %8d %9d %10d %8d %8d %6d %6d\n", "all", "", total.certain+total.unsure+total.differs+wrong, total.certain, total.unsure, total.differs, total.missing, total.extra, wrong)
	out.printf(`
template: npm, create-app's package of the release; or, where npm does not have it, the versions that
the table gives for the packages that create-app's templates use. certain, uncertain: packages whose
derived version is the published one. differ: those whose derived version is uncertain and another
one; (absent): of these, npm does not have the published version. extra: uncertain packages that the
published manifest does not have. WRONG: derived as certain, and not so published.
`)
	if wrong > 0 {
		return errors.Join(out.err, fmt.Errorf("%d versions derived as certain are not those published", wrong))
	}
	return out.err
}

// printer prints until something fails.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// templateNames are the packages that the templates of the newest create-app use.
func templateNames(ctx context.Context, client *npm.Client) ([]string, error) {
	v, err := client.Version(ctx, manifest.CreateApp, "latest")
	if err != nil {
		return nil, err
	}
	files, err := client.Tarball(ctx, v)
	if err != nil {
		return nil, err
	}
	versions, err := manifest.TemplateVersions(files)
	if err != nil {
		return nil, err
	}
	names := []string{manifest.CreateApp}
	for name := range versions {
		if name != manifest.RootVersion {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

func check(ctx context.Context, client *npm.Client, release string, template []string) (result, int) {
	r := result{release: release}
	known, ok := manifest.Lookup(release)
	if !ok {
		r.problems = manifest.Unknown(release)
		return r, 0
	}
	names := manifest.LikelyNames(release)
	derived, err := manifest.Derive(ctx, client, release, names...)
	var unknown *manifest.UnknownRelease
	if errors.As(err, &unknown) {
		r.seeded = true
		seeds := map[string]string{}
		for _, name := range template {
			if v, ok := known.Version(name); ok {
				seeds[name] = v
			}
		}
		derived, err = manifest.DeriveFrom(ctx, client, release, seeds, names...)
	}
	if err != nil {
		r.problems = err
		return r, 0
	}
	for _, p := range known.Packages() {
		d, _ := derived.Package(p.Name)
		switch {
		case d.Version == p.Version && d.Uncertain == "":
			r.certain++
		case d.Version == p.Version:
			r.unsure++
		case d.Version != "" && d.Uncertain == "":
			r.wrong = append(r.wrong, fmt.Sprintf("%s is %s, derived %s", p.Name, p.Version, d.Version))
		default:
			r.differs++
			if pack, err := client.Packument(ctx, p.Name); err != nil || pack.Versions[p.Version] == nil {
				r.missing++
			}
		}
	}
	for _, d := range derived.Packages() {
		if _, ok := known.Version(d.Name); ok {
			continue
		}
		if d.Uncertain == "" {
			r.wrong = append(r.wrong, fmt.Sprintf("%s is not in the release, derived %s", d.Name, d.Version))
		} else {
			r.extra++
		}
	}
	return r, len(known.Packages())
}
