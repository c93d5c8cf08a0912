package derive

import (
	"strings"

	"github.com/batten-dev/batten/registry/recipe"
)

// newSteps adds the steps of frontends of the new system: the package's own feature, or the
// conversion of what it has for the old one.
func (d *deriver) newSteps(p *pack, plugins []*legacyPlugin, all []*candidate, features []*newPlugin) {
	r := &d.out.Recipe
	support := Support{System: recipe.NewFrontend}
	defer func() { d.out.Support = append(d.out.Support, support) }()
	if len(features) == 0 {
		d.convert(p, plugins, all, &support)
		return
	}
	f := features[0]
	for _, other := range features {
		if len(other.blueprints) > len(f.blueprints) && f.feature != "FrontendFeatureLoader" && other.feature == f.feature {
			f = other
		}
	}
	discovered := f.named == "" && (f.entry.Path == "." || f.entry.Path == "./alpha")
	support.Yes, support.By, support.From = true, p.specifier(f.entry.Path), f.evidence
	why := "The plugin, whose " + shown(f) + " on by default."
	if shown(f) == "" {
		why = "The plugin's feature for the new frontend system."
	}
	suffix := "Plugin"
	if f.feature != "FrontendPlugin" {
		suffix = "Module"
	}
	ref := recipe.Ref{Module: support.By, Export: "default", As: camel(cmpOr(ShortName(p.Name), f.id)) + suffix}
	if f.named != "" {
		ref.Export, ref.As = f.named, ""
	}
	r.New = append(r.New, recipe.Step{Why: why, From: f.evidence, Feature: &recipe.Feature{Ref: ref, Discovered: discovered}})
	d.imports(&ref)
	d.extensionSteps(all, f)
}

// shown says which visible extensions of a feature are on: "page:x and nav-item:x are"; "" if
// none is known.
func shown(f *newPlugin) string {
	var names []string
	for _, b := range f.blueprints {
		if !b.disabled && (b.mountKind() != "" || b.kind == "nav-item") {
			names = append(names, b.id)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are"
}

// extensionSteps lists the extensions of a feature, and turns those on that are off although they
// are all that the plugin has.
func (d *deriver) extensionSteps(all []*candidate, f *newPlugin) {
	allOff := true
	for _, b := range f.blueprints {
		if b.mountKind() != "" && !b.disabled {
			allOff = false
		}
	}
	for _, b := range f.blueprints {
		if b.mountKind() == "" {
			continue
		}
		var equal *candidate
		for _, c := range all {
			if c.blueprint == b {
				equal = c
			}
		}
		wanted := allOff && b.disabled || d.wants(b.id) && b.disabled
		if equal != nil {
			wanted = wanted || b.disabled && (d.wants(equal.export) || b.old && equal.leftOut == "")
		}
		if wanted && !d.refuses(b.id) {
			d.out.Recipe.New = append(d.out.Recipe.New, recipe.Step{
				Why: "It is off until it is listed.", From: b.from(), Extension: &recipe.Extension{ID: b.id},
			})
		}
		if equal != nil {
			continue
		}
		x := Extension{ID: b.id, Creator: b.maker, Kind: b.mountKind(), Disabled: b.disabled, From: b.from(), Wired: !b.disabled || wanted}
		if !x.Wired {
			x.LeftOut = "The plugin itself has it off by default."
			d.out.Choices = append(d.out.Choices, Choice{Flag: "--with " + b.id, Text: b.id + " stays off; the flag lists it in app.extensions.", System: recipe.NewFrontend})
		}
		d.out.Extensions = append(d.out.Extensions, x)
	}
}

// convert adds the conversion of a plugin of the old system.
func (d *deriver) convert(p *pack, plugins []*legacyPlugin, all []*candidate, support *Support) {
	r := &d.out.Recipe
	unsupported := func(reason string) {
		r.Unsupported = append(r.Unsupported, recipe.Unsupported{System: recipe.NewFrontend, Reason: reason})
	}
	if len(plugins) == 0 {
		unsupported(p.Name + " has no feature for the new frontend system, and no plugin to convert.")
		return
	}
	plugin := plugins[0]
	step := &recipe.LegacyPlugin{
		Ref:  recipe.Ref{Module: plugin.module, Export: plugin.export},
		File: "src/modules/" + ShortName(p.Name) + "/index.tsx",
	}
	if !identifier(plugin.export) || plugin.export == "default" {
		unsupported(p.Name + " has no feature for the new frontend system, and its plugin has no name to convert it by.")
		return
	}
	var from []string
	for _, c := range all {
		if c.leftOut != "" {
			continue
		}
		if c.needsProps {
			d.note("%s is not in frontends of the new system: a converted extension gets no properties, and it needs some.", c.export)
			continue
		}
		x := recipe.LegacyExtension{Ref: recipe.Ref{Module: c.module, Export: c.export}}
		if c.predicate != nil && !c.predicate.truthy {
			x.If = c.predicate.ref()
		}
		switch c.mount.kind {
		case recipe.KindRoute:
			x.Path, x.If = c.path, nil
			step.Pages = append(step.Pages, x)
		case recipe.KindEntityTab:
			x.Path, x.Title = c.path, c.title
			step.Contents = append(step.Contents, x)
		case recipe.KindEntityCard:
			step.Cards = append(step.Cards, x)
		default:
			continue
		}
		from = append(from, c.export)
		d.imports(&x.Ref, x.If)
	}
	if len(from) == 0 {
		unsupported(p.Name + " has no feature for the new frontend system, and nothing that could be converted.")
		return
	}
	support.Yes, support.Converted, support.By = true, true, plugin.module
	support.From = plugin.sym.from() + ": createPlugin " + plugin.export
	r.New = append(r.New, recipe.Step{
		Why:          "The package has no feature for the new frontend system, so its plugin of the old one is converted.",
		From:         support.From,
		LegacyPlugin: step,
	})
}
