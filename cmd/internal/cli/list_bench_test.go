package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/cmd/internal/iostreams"
	"github.com/batten-dev/batten/fixtures"
)

// BenchmarkList200 lists a monorepo with 200 plugins of its own: each has a frontend and a
// backend package, a route, a sidebar item and an entity tab.
func BenchmarkList200(b *testing.B) {
	dir := manyPlugins(b, 200)
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		io := &iostreams.Streams{In: strings.NewReader(""), Out: &out, Err: &out}
		if code := Main(b.Context(), []string{"list", "--repo", dir}, io); code != 0 || !strings.Contains(out.String(), "/p199") {
			b.Fatalf("exit status %d: %s", code, out.String())
		}
	}
}

// manyPlugins writes the legacy fixture with n plugins more, and returns its folder. With
// BATTEN_MANY set, the folder is that, and stays.
func manyPlugins(tb testing.TB, n int) string {
	dir := os.Getenv("BATTEN_MANY")
	if dir == "" {
		dir = tb.TempDir()
	}
	if err := copyFS(dir, fixtures.App("legacy")); err != nil {
		tb.Fatal(err)
	}
	write := func(name, content string) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	var imports, routes, items, tabs, adds, app, backend strings.Builder
	for i := range n {
		id := fmt.Sprintf("p%d", i)
		name := "@internal/plugin-" + id
		fmt.Fprintf(&imports, "import { P%d, P%dTab } from '%s';\n", i, i, name)
		fmt.Fprintf(&routes, "<Route path=\"/%s\" element={<P%d />} />\n", id, i)
		fmt.Fprintf(&items, "<SidebarItem icon={HomeIcon} to=\"%s\" text=\"%s\" />\n", id, id)
		fmt.Fprintf(&tabs, "<EntityLayout.Route path=\"/%s\" title=\"%s\"><P%dTab /></EntityLayout.Route>\n", id, id, i)
		fmt.Fprintf(&adds, "backend.add(import('%s-backend'));\n", name)
		fmt.Fprintf(&app, "    \"%s\": \"workspace:^\",\n", name)
		fmt.Fprintf(&backend, "    \"%s-backend\": \"workspace:^\",\n", name)
		write("plugins/"+id+"/package.json", fmt.Sprintf(`{"name": %q, "version": "0.1.0", "main": "src/index.ts", "backstage": {"role": "frontend-plugin", "pluginId": %q}, "dependencies": {"@backstage/core-plugin-api": "^1.0.0"}}`, name, id))
		write("plugins/"+id+"/src/index.ts", fmt.Sprintf(`import { createPlugin, createRoutableExtension, createRouteRef } from '@backstage/core-plugin-api';
const root = createRouteRef({ id: %q });
export const plugin = createPlugin({ id: %q, routes: { root } });
export const P%d = plugin.provide(createRoutableExtension({ name: 'P%d', component: () => import('./Page').then(m => m.Page), mountPoint: root }));
export const P%dTab = plugin.provide(createRoutableExtension({ name: 'P%dTab', component: () => import('./Page').then(m => m.Page), mountPoint: root }));
`, id, id, i, i, i, i))
		write("plugins/"+id+"/src/Page.tsx", "export const Page = () => <div />;\n")
		write("plugins/"+id+"-backend/package.json", fmt.Sprintf(`{"name": "%s-backend", "version": "0.1.0", "main": "src/index.ts", "backstage": {"role": "backend-plugin", "pluginId": %q}}`, name, id))
		write("plugins/"+id+"-backend/src/index.ts", fmt.Sprintf(`import { createBackendPlugin } from '@backstage/backend-plugin-api';
export default createBackendPlugin({ pluginId: %q, register() {} });
`, id))
	}
	insert := func(name string, pieces ...string) { // pairs: what stands below the piece, the piece
		src, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			tb.Fatal(err)
		}
		text := string(src)
		for i := 0; i < len(pieces); i += 2 {
			if !strings.Contains(text, pieces[i]) {
				tb.Fatalf("%s has no %s", name, pieces[i])
			}
			text = strings.Replace(text, pieces[i], pieces[i+1]+pieces[i], 1)
		}
		write(name, text)
	}
	insert("packages/app/src/App.tsx", "import { Navigate", imports.String(), "</FlatRoutes>", routes.String())
	insert("packages/app/src/components/Root/Root.tsx", "<SidebarItem icon={HomeIcon}", items.String())
	insert("packages/app/src/components/catalog/EntityPage.tsx", "import ", imports.String(), "<EntityLayout.Route path=\"/ci-cd\"", tabs.String())
	insert("packages/backend/src/index.ts", "backend.start();", adds.String())
	insert("packages/app/package.json", "    \"@backstage/app-defaults\"", app.String())
	insert("packages/backend/package.json", "    \"@backstage/backend-defaults\"", backend.String())
	return dir
}
