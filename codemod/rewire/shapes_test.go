package rewire

import (
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/diag"
	"github.com/batten-dev/batten/codemod/text"
	"github.com/batten-dev/batten/codemod/wiring"
)

// shapes are odd ones, where what is done for the usual ones would break the app or its style.
// With want "", the operation must refuse with a manual step that contains manual.
var shapes = []struct {
	name, file, at, label string
	op                    operation
	src, want, manual     string
}{
	{"a feature before the start on the same line", "index.ts", "backend.add", "backend", backend("plugin-x-backend"), `
const backend = createBackend();
backend.add(import('plugin-a-backend')); backend.start();
`, `
const backend = createBackend();
backend.add(import('plugin-a-backend'));
backend.add(import('plugin-x-backend')); backend.start();
`, ""},
	{"a feature in a function on one line", "index.ts", "backend.add", "backend", backend("plugin-x-backend"), `
async function main() { const backend = createBackend(); backend.add(import('plugin-a-backend')); await backend.start(); }
`, `
async function main() { const backend = createBackend(); backend.add(import('plugin-a-backend'));
backend.add(import('plugin-x-backend')); await backend.start(); }
`, ""},
	{"a feature before a comment over several lines", "index.ts", "backend.add", "backend", backend("plugin-x-backend"), `
const backend = createBackend();
backend.add(import('plugin-a-backend')); /* a
  and more */
backend.start();
`, `
const backend = createBackend();
backend.add(import('plugin-a-backend'));
backend.add(import('plugin-x-backend')); /* a
  and more */
backend.start();
`, ""},
	{"an item in an array whose elements have keys", "Root.tsx", "[", "", sidebarItem("x", "X", "Map"), `
import { SidebarItem } from '@backstage/core-components';
import HomeIcon from '@material-ui/icons/Home';

const items = [
  <SidebarItem key="home" icon={HomeIcon} to="catalog" text="Home" />,
];
`, `
import { SidebarItem } from '@backstage/core-components';
import HomeIcon from '@material-ui/icons/Home';
import MapIcon from '@material-ui/icons/Map';

const items = [
  <SidebarItem key="home" icon={HomeIcon} to="catalog" text="Home" />,
  <SidebarItem key="x" icon={MapIcon} to="x" text="X" />,
];
`, ""},
	{"a plugin's own item beside an item, not in its submenu", "Root.tsx", "<SidebarSubmenu", "", func(f File, m wiring.Mount) ([]text.Edit, error) {
		return AddSidebarComponent(f, m, Component{Ref: Ref{Module: "plugin-x", Export: "XSidebarItem"}})
	}, `
import { SidebarGroup, SidebarItem, SidebarSubmenu } from '@backstage/core-components';

const menu = (
  <SidebarGroup label="Menu">
    <SidebarItem icon={HomeIcon} to="catalog" text="Home">
      <SidebarSubmenu title="More" />
    </SidebarItem>
  </SidebarGroup>
);
`, `
import { SidebarGroup, SidebarItem, SidebarSubmenu } from '@backstage/core-components';
import { XSidebarItem } from 'plugin-x';

const menu = (
  <SidebarGroup label="Menu">
    <SidebarItem icon={HomeIcon} to="catalog" text="Home">
      <SidebarSubmenu title="More" />
    </SidebarItem>
    <XSidebarItem />
  </SidebarGroup>
);
`, ""},
	{"a card beside grid items with a size", "EntityPage.tsx", "<Grid container", "", card(nil), `
const overview = (
  <Grid container spacing={3}>
    <Grid size={{ md: 6, xs: 12 }}>
      <EntityAboutCard />
    </Grid>
    <Grid size={{ md: 8, xs: 12 }}>
      <EntityLinksCard />
    </Grid>
  </Grid>
);
`, `
import { EntityXCard } from 'plugin-x';

const overview = (
  <Grid container spacing={3}>
    <Grid size={{ md: 6, xs: 12 }}>
      <EntityAboutCard />
    </Grid>
    <Grid size={{ md: 8, xs: 12 }}>
      <EntityLinksCard />
    </Grid>
    <Grid size={{ md: 6, xs: 12 }}>
      <EntityXCard />
    </Grid>
  </Grid>
);
`, ""},
	{"a card in a grid without items, where others of the file have a size", "EntityPage.tsx", "<Grid container", "", card(nil), `
const overview = (
  <Grid container spacing={3}>
    {warnings}
  </Grid>
);

const api = <Grid container><Grid size={12} /></Grid>;
`, `
import { EntityXCard } from 'plugin-x';

const overview = (
  <Grid container spacing={3}>
    {warnings}
    <Grid size={{ md: 6 }}>
      <EntityXCard />
    </Grid>
  </Grid>
);

const api = <Grid container><Grid size={12} /></Grid>;
`, ""},
	{"a backend without a name", "index.ts", "createBackend().add", "createBackend()", backend("plugin-x-backend"), `
createBackend().add(import('plugin-a-backend')).start();
`, "", "backend.add(import('plugin-x-backend'));"},
	{"a router with a handler before it, its environment made by functions of other names", "index.ts", "apiRouter.use(nothing())", "apiRouter", legacyRouter, `
import { useHotMemoize as memo, notFoundHandler as nothing } from '@backstage/backend-common';
import a from './plugins/a';

async function main() {
  const aEnv = memo(module, () => createEnv('a'));

  apiRouter.use('/a', guard, await a(aEnv));
  apiRouter.use(nothing());

  const service = build(module).addRouter('/status', await status(createEnv('status')));
}
`, `
import { useHotMemoize as memo, notFoundHandler as nothing } from '@backstage/backend-common';
import a from './plugins/a';
import techX from './plugins/tech-x';

async function main() {
  const aEnv = memo(module, () => createEnv('a'));
  const techXEnv = memo(module, () => createEnv('tech-x'));

  apiRouter.use('/a', guard, await a(aEnv));
  apiRouter.use('/tech-x', guard, await techX(techXEnv));
  apiRouter.use(nothing());

  const service = build(module).addRouter('/status', await status(createEnv('status')));
}
`, ""},
	{"a card in a switch of a namespace", "EntityPage.tsx", "<div", "", card(isX), `
import * as catalog from '@backstage/plugin-catalog';

const overview = (
  <div>
    <catalog.EntityAboutCard />
  </div>
);
`, `
import * as catalog from '@backstage/plugin-catalog';
import { EntityXCard, isXAvailable } from 'plugin-x';

const overview = (
  <div>
    <catalog.EntityAboutCard />
    <catalog.EntitySwitch>
      <catalog.EntitySwitch.Case if={isXAvailable}>
        <EntityXCard />
      </catalog.EntitySwitch.Case>
    </catalog.EntitySwitch>
  </div>
);
`, ""},
	{"a card beside a switch of a namespace", "EntityPage.tsx", "<div", "", card(nil), `
import * as catalog from '@backstage/plugin-catalog';

const overview = (
  <div>
    <div className="card">
      <catalog.EntityAboutCard />
    </div>
    <catalog.EntitySwitch>
      <catalog.EntitySwitch.Case if={isA}>
        <A />
      </catalog.EntitySwitch.Case>
    </catalog.EntitySwitch>
  </div>
);
`, `
import * as catalog from '@backstage/plugin-catalog';
import { EntityXCard } from 'plugin-x';

const overview = (
  <div>
    <div className="card">
      <catalog.EntityAboutCard />
    </div>
    <catalog.EntitySwitch>
      <catalog.EntitySwitch.Case if={isA}>
        <A />
      </catalog.EntitySwitch.Case>
    </catalog.EntitySwitch>
    <div className="card">
      <EntityXCard />
    </div>
  </div>
);
`, ""},
}

func TestShapes(t *testing.T) {
	for _, c := range shapes {
		for _, eol := range []string{"\n", "\r\n"} {
			src, want := strings.ReplaceAll(c.src, "\n", eol), strings.ReplaceAll(c.want, "\n", eol)
			f := parseFile(t, c.file, src)
			edits, err := c.op(f, mountAt(t, f, c.at, c.label))
			if c.want == "" {
				if found := diag.Of(err); len(found) != 1 || !strings.Contains(found[0].Manual, c.manual) || edits != nil {
					t.Errorf("%s: %v, want a refusal with the manual step %q", c.name, err, c.manual)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			got, err := text.Apply([]byte(src), edits)
			if err != nil || string(got) != want {
				t.Errorf("%s: %v, got\n%s\nwant\n%s", c.name, err, got, want)
			}
		}
	}
}

func TestUnneededNamesUnderOtherNames(t *testing.T) {
	const head = "import { useHotMemoize as memo } from '@backstage/backend-common';\n\nconst aEnv = memo(module, () => createEnv('a'));\n"
	const env = "const xEnv = memo(module, () => createEnv('x'));\n"
	before := parseFile(t, "index.ts", head+env+"\nuse(aEnv);\nuse(xEnv);\n")
	after := parseFile(t, "index.ts", head+env+"\nuse(aEnv);\n")
	edits := Unneeded(before.Tree, after.Tree, Removal{}, func(string) bool { return false })
	got, err := text.Apply(after.Tree.Source(), edits)
	if want := head + "\nuse(aEnv);\n"; err != nil || string(got) != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
	}
}
