package template_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

var (
	topImports = regexp.MustCompile(`(?ms)^import [^;]*?;\n`)
	topConst   = regexp.MustCompile(`(?ms)^const (\w+) = \(\n.*?^\);\n`)
	adds       = regexp.MustCompile(`(?m)^backend\.add\([^;]*\);\n`)
	menuGroup  = regexp.MustCompile(`(?ms)^( *)<SidebarGroup label="Menu"[^\n]*\n.*?^ {6}</SidebarGroup>\n`)
)

func write(app fstest.MapFS, name, src string) {
	app[name] = &fstest.MapFile{Data: []byte(src), Mode: 0o644}
}

// moves are edits after which pieces of the template stand in other files than there.
func moves() []edit {
	return []edit{
		{"split backend", func(_ *testing.T, app fstest.MapFS) bool {
			const index = "packages/backend/src/index.ts"
			if app[index] == nil || len(adds.FindAllString(string(app[index].Data), -1)) < 3 {
				return false
			}
			src := string(app[index].Data)
			moved := strings.Join(adds.FindAllString(src, -1), "")
			src = adds.ReplaceAllString(src, "")
			src = strings.Replace(src, "backend.start();", "addFeatures(backend);\nbackend.start();", 1)
			write(app, index, strings.Replace(src, "import ", "import { addFeatures } from './features';\nimport ", 1))
			write(app, "packages/backend/src/features.ts", "import { Backend } from '@backstage/backend-app-api';\n\nexport function addFeatures(backend: Backend) {\n  "+
				strings.TrimSuffix(strings.ReplaceAll(moved, "\n", "\n  "), "  ")+"}\n")
			return true
		}},
		{"routes in a file of their own", func(_ *testing.T, app fstest.MapFS) bool {
			return extract(app, "packages/app/src/App.tsx", "packages/app/src/routes.tsx", "./routes", func(name string) bool { return name == "routes" })
		}},
		{"split entity pages", func(_ *testing.T, app fstest.MapFS) bool {
			return extract(app, "packages/app/src/components/catalog/EntityPage.tsx", "packages/app/src/components/catalog/content.tsx", "./content",
				func(name string) bool { return strings.HasSuffix(name, "Content") && name != "overviewContent" })
		}},
		{"entity pages of systems elsewhere", func(_ *testing.T, app fstest.MapFS) bool {
			const page = "packages/app/src/components/catalog/EntityPage.tsx"
			return extract(app, page, "packages/app/src/components/catalog/shared.tsx", "./shared", func(name string) bool { return strings.HasSuffix(name, "Content") }) &&
				extract(app, page, "packages/app/src/components/catalog/groups.tsx", "./groups", func(name string) bool { return name == "systemPage" || name == "groupPage" })
		}},
		{"menu in a file of its own", func(_ *testing.T, app fstest.MapFS) bool {
			const root = "packages/app/src/components/Root/Root.tsx"
			if app[root] == nil || !menuGroup.MatchString(string(app[root].Data)) {
				return false
			}
			src := string(app[root].Data)
			group := menuGroup.FindString(src)
			imports := strings.Join(topImports.FindAllString(src, -1), "")
			write(app, "packages/app/src/components/Root/menu.tsx", imports+"\nexport const menu = (\n"+group+");\n")
			src = menuGroup.ReplaceAllString(src, "      {menu}\n")
			write(app, root, strings.Replace(src, "import ", "import { menu } from './menu';\nimport ", 1))
			return true
		}},
		{"other formatting", func(_ *testing.T, app fstest.MapFS) bool {
			return mapped(app, func(_, src string) string {
				src = regexp.MustCompile(`backend\.add\(import\(('[^']*')\)\);`).ReplaceAllString(src, "backend.add(\n  import(\n    $1\n  )\n);")
				src = regexp.MustCompile(`(?m)^( *)<Route path=("[^"]*") element=(\{.*\}) />$`).ReplaceAllString(src, "$1<Route\n$1  path=$2\n$1  element=$3\n$1/>")
				src = regexp.MustCompile(`(?m)^( *)<SidebarItem icon=(\{\w+\}) to=("[^"]*") text=("[^"]*") />$`).ReplaceAllString(src, "$1<SidebarItem\n$1  icon=$2\n$1  to=$3\n$1  text=$4\n$1/>")
				return src
			}, ".ts", ".tsx")
		}},
		{"entry in JavaScript, and split", func(_ *testing.T, app fstest.MapFS) bool {
			const index = "packages/backend/src/index.ts"
			if app[index] == nil || len(adds.FindAllString(string(app[index].Data), -1)) < 3 {
				return false
			}
			src := string(app[index].Data)
			moved := strings.Join(adds.FindAllString(src, -1), "")
			delete(app, index)
			write(app, "packages/backend/src/index.js", "import { createBackend } from '@backstage/backend-defaults';\nimport { features } from './features';\n\nconst b = createBackend();\nfeatures(b);\nb.start();\n")
			write(app, "packages/backend/src/features.js", "export const features = b => {\n  "+strings.TrimSuffix(strings.ReplaceAll(strings.ReplaceAll(moved, "backend.add", "b.add"), "\n", "\n  "), "  ")+"};\n")
			return true
		}},
	}
}

// extract moves constants of a file to another one, with all imports, and imports them.
func extract(app fstest.MapFS, from, to, specifier string, wanted func(name string) bool) bool {
	if app[from] == nil {
		return false
	}
	src := string(app[from].Data)
	imports := strings.Join(topImports.FindAllString(src, -1), "")
	var moved strings.Builder
	var names []string
	src = topConst.ReplaceAllStringFunc(src, func(s string) string {
		name := topConst.FindStringSubmatch(s)[1]
		if !wanted(name) {
			return s
		}
		names = append(names, name)
		moved.WriteString("\nexport " + s)
		return ""
	})
	if len(names) == 0 {
		return false
	}
	write(app, to, imports+moved.String())
	write(app, from, strings.Replace(src, "import ", "import { "+strings.Join(names, ", ")+" } from '"+specifier+"';\nimport ", 1))
	return true
}
