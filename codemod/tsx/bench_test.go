package tsx_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/batten-dev/batten/codemod/tsx"
)

// pageSource is a module as apps have them, of about size bytes: imports, types, components with
// hooks and JSX.
func pageSource(size int) []byte {
	var b strings.Builder
	b.WriteString("import React, { useEffect, useState } from 'react';\nimport type { Entity } from '@backstage/catalog-model';\n\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `
/** The properties of Page%[1]d. */
export interface Page%[1]dProps<T extends Entity = Entity> {
  entity: T;
  title?: string; // shown above the table
  columns: Array<{ id: keyof T['metadata']; width: number | 'auto' }>;
  onSelect?(name: string, index: number): Promise<void>;
}

const useRows%[1]d = (entity: Entity | undefined, filter: string) => {
  const [rows, setRows] = useState<Record<string, number[]>>({});
  useEffect(() => {
    if (!entity || filter.length < 3) {
      return;
    }
    const owners = entity.relations?.filter(r => r.type === 'ownedBy') ?? [];
    setRows(old => ({ ...old, [filter]: owners.map((o, i) => o.targetRef.length * i + 1) }));
  }, [entity, filter]);
  return rows;
};

export function Page%[1]d<T extends Entity>({ entity, title = 'Page', columns, onSelect }: Page%[1]dProps<T>) {
  const [filter, setFilter] = useState('');
  const rows = useRows%[1]d(entity, filter);
  // Only the first of the columns can be sorted.
  const sortable = columns.filter(({ id }) => id !== 'uid' && /^[a-z]+$/i.test(String(id)));
  return (
    <Grid container spacing={3} alignItems="stretch">
      <Grid item md={6} xs={12}>
        <InfoCard title={`+"`${title} (%[1]d)`"+`} subheader="Owners &amp; members" variant="gridItem">
          {Object.entries(rows).map(([name, values], index) => (
            <Row key={name} onClick={async () => await onSelect?.(name, index)} selected={index === 0}>
              {name}: {values.length > 0 ? <strong>{values.join(', ')}</strong> : 'none'} of the rows
            </Row>
          ))}
        </InfoCard>
      </Grid>
      <Table options={{ paging: false, search: sortable.length > 1 }} {...{ columns }} />
      <input value={filter} onChange={e => setFilter(e.target.value)} disabled />
    </Grid>
  );
}
`, i)
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	for _, size := range []int{2 << 10, 20 << 10, 400 << 10} {
		src := pageSource(size)
		b.Run(fmt.Sprintf("%dKB", len(src)>>10), func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tsx.Parse(src, tsx.TSX); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParseCorpus reads the TypeScript and JavaScript files below the directory that
// BATTEN_CORPUS names.
func BenchmarkParseCorpus(b *testing.B) {
	dir := os.Getenv("BATTEN_CORPUS")
	if dir == "" {
		b.Skip("BATTEN_CORPUS does not name a directory")
	}
	type file struct {
		src     []byte
		dialect tsx.Dialect
	}
	groups := map[string][]file{}
	size := map[string]int64{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		ext := filepath.Ext(name)
		if err != nil || d.IsDir() || ext != ".ts" && ext != ".tsx" && ext != ".js" {
			return err
		}
		if strings.HasSuffix(name, ".d.ts") {
			ext = ".d.ts"
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tsx.Parse(src, tsx.DialectOf(name)); err == nil && size[ext] < 20<<20 {
			groups[ext] = append(groups[ext], file{src, tsx.DialectOf(name)})
			size[ext] += int64(len(src))
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for ext, files := range groups {
		b.Run(ext[1:], func(b *testing.B) {
			b.SetBytes(size[ext])
			b.ReportAllocs()
			for b.Loop() {
				for _, f := range files {
					if _, err := tsx.Parse(f.src, f.dialect); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(len(files)), "files")
		})
	}
}
