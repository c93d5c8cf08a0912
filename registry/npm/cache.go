package npm

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// cache keeps answers in a folder:
//
//	packuments/HASH    a line of JSON about the answer, then the answer; HASH is of its address
//	tarballs/ALGORITHM-HASH.tgz
//	registry           the address that npm said, for a day
//
// Files appear complete or not at all. What cannot be read or written is as if it were not
// there: a cache is no reason to fail. A file's time is when it was last of use; see sweep.
type cache struct {
	dir   string
	limit int64 // bytes
	age   time.Duration
}

// entry is a cached packument.
type entry struct {
	Address string    `json:"address"`
	ETag    string    `json:"etag"`
	Fetched time.Time `json:"fetched"`
	Absent  *Error    `json:"absent,omitempty"` // the registry had none
	body    []byte
}

func (e entry) fresh(age time.Duration) bool {
	since := time.Since(e.Fetched)
	return since >= 0 && since < age
}

func (c cache) file(parts ...string) string {
	return filepath.Join(append([]string{c.dir}, parts...)...)
}

func packumentFile(address string, full bool) string {
	if full {
		address += " full"
	}
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:])
}

func (c cache) packument(address string, full bool) (entry, bool) {
	if c.dir == "" {
		return entry{}, false
	}
	data, err := os.ReadFile(c.file("packuments", packumentFile(address, full)))
	if err != nil {
		return entry{}, false
	}
	head, body, found := bytes.Cut(data, []byte("\n"))
	var e entry
	if !found || json.Unmarshal(head, &e) != nil || e.Address != address {
		return entry{}, false
	}
	e.body = body
	c.touch("packuments", packumentFile(address, full))
	return e, true
}

func (c cache) keepPackument(address string, full bool, etag string, body []byte) {
	head, err := json.Marshal(entry{Address: address, ETag: etag, Fetched: time.Now()})
	if err != nil {
		return
	}
	c.write(append(append(head, '\n'), body...), "packuments", packumentFile(address, full))
}

// keepAbsent keeps that the registry has no such package.
func (c cache) keepAbsent(address string, full bool, e *Error) {
	if head, err := json.Marshal(entry{Address: address, Fetched: time.Now(), Absent: e}); err == nil {
		c.write(append(head, '\n'), "packuments", packumentFile(address, full))
	}
}

func (c cache) tarball(sum integrity) ([]byte, bool) {
	if c.dir == "" {
		return nil, false
	}
	data, err := os.ReadFile(c.file("tarballs", sum.fileName()))
	if err != nil || !sum.matches(data) {
		return nil, false
	}
	c.touch("tarballs", sum.fileName())
	return data, true
}

func (c cache) keepTarball(sum integrity, data []byte) { c.write(data, "tarballs", sum.fileName()) }

const registryAge = day

// registry is the address that was kept, of any age if asked for.
func (c cache) registry(anyAge bool) string {
	if c.dir == "" {
		return ""
	}
	info, err := os.Stat(c.file("registry"))
	if err != nil || time.Since(info.ModTime()) > registryAge && !anyAge {
		return ""
	}
	data, err := os.ReadFile(c.file("registry"))
	if err != nil {
		return ""
	}
	return string(data)
}

func (c cache) keepRegistry(address string) { c.write([]byte(address), "registry") }

const temporary = ".new-"

func (c cache) write(data []byte, parts ...string) {
	if c.dir == "" {
		return
	}
	name := c.file(parts...)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), temporary+"*")
	if err != nil {
		return
	}
	_, err = tmp.Write(data)
	if closeErr := tmp.Close(); err == nil && closeErr == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
}

const day = 24 * time.Hour

// touch notes that a file was of use today.
func (c cache) touch(parts ...string) {
	name, now := c.file(parts...), time.Now()
	if info, err := os.Stat(name); err == nil && now.Sub(info.ModTime()) > day {
		_ = os.Chtimes(name, now, now)
	}
}

// swept is the file whose time is that of the last sweep.
const swept = ".swept"

// sweep holds the cache to its limits, at most once a day: it removes what was of no use for
// the cache's age, then what was least recently of use until the rest is under the limit, and
// what an interrupted write left behind. Only the cache's own two folders are touched.
func (c cache) sweep() {
	now := time.Now()
	if c.dir == "" {
		return
	}
	if info, err := os.Stat(c.file(swept)); err == nil && now.Sub(info.ModTime()) < day {
		return
	}
	c.write(nil, swept)
	type file struct {
		name string
		size int64
		used time.Time
	}
	var files []file
	var total int64
	for _, dir := range []string{"packuments", "tarballs"} {
		entries, _ := os.ReadDir(c.file(dir))
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			unused := now.Sub(info.ModTime())
			if unused > c.age || strings.HasPrefix(entry.Name(), temporary) && unused > day {
				_ = os.Remove(c.file(dir, entry.Name()))
				continue
			}
			files = append(files, file{c.file(dir, entry.Name()), info.Size(), info.ModTime()})
			total += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b file) int { return a.used.Compare(b.used) })
	for _, f := range files {
		if total <= c.limit {
			break
		}
		if os.Remove(f.name) == nil {
			total -= f.size
		}
	}
}
