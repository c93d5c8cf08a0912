// Package template renders the app template of a Backstage release, as create-app would write
// it, without Node.
//
// The template is in the npm package @backstage/create-app: Fetch gets that package, Render
// renders it. Files ending in ".hbs" are Handlebars templates and lose that ending; all others
// are copied byte for byte. The result equals what create-app of the same version writes before
// it fetches a yarn.lock, initialises git and installs.
//
// Of Handlebars, what the templates of create-app use is understood: values, escaped or not,
// the helper "version", comments, if, else and unless, whitespace control, escapes. Anything
// else is an error that names file and line, never a file that is nearly right.
package template
