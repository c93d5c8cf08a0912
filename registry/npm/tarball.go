package npm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha1" //nolint:gosec // the only hash that old packuments have
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// integrity is the hash that a tarball must have.
type integrity struct {
	algorithm string // "sha512" or "sha1"
	sum       []byte
}

func parseIntegrity(d Dist) (integrity, error) {
	for word := range strings.FieldsSeq(d.Integrity) {
		encoded, ok := strings.CutPrefix(word, "sha512-")
		if !ok {
			continue
		}
		encoded, _, _ = strings.Cut(encoded, "?")
		if sum, err := base64.StdEncoding.DecodeString(encoded); err == nil && len(sum) == sha512.Size {
			return integrity{"sha512", sum}, nil
		}
	}
	if d.Integrity == "" {
		if sum, err := hex.DecodeString(d.Shasum); err == nil && len(sum) == sha1.Size {
			return integrity{"sha1", sum}, nil
		}
	}
	return integrity{}, errors.New("the packument states no hash that can be checked")
}

func (i integrity) matches(data []byte) bool {
	if i.algorithm == "sha1" {
		sum := sha1.Sum(data) //nolint:gosec // see the import
		return bytes.Equal(sum[:], i.sum)
	}
	sum := sha512.Sum512(data)
	return bytes.Equal(sum[:], i.sum)
}

// check is nil for the data that has the hash, else what is wrong with it.
func (i integrity) check(data []byte) error {
	if i.matches(data) {
		return nil
	}
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("<")) {
		return errHTML
	}
	if zipped, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		const most = 1 << 30 // against bombs; this only words an error
		if _, err := io.Copy(io.Discard, io.LimitReader(zipped, most)); errors.Is(err, io.ErrUnexpectedEOF) {
			return errCut
		}
	}
	return errTampered
}

func (i integrity) fileName() string { return i.algorithm + "-" + hex.EncodeToString(i.sum) + ".tgz" }

const bombFloor = 1 << 20 // unpacked bytes below which the ratio does not matter

// unpack reads a gzipped tarball as npm makes them, with one folder around everything.
func unpack(data []byte, limits Limits) (*Tree, error) {
	zipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("it is not gzipped")
	}
	most := min(limits.Unpacked, max(bombFloor, limits.Ratio*int64(len(data))))
	// The archive's own blocks count, too, so that no header can grow without end.
	bounded := &boundedReader{r: zipped, left: most + 1024*int64(limits.Files)}
	reader := tar.NewReader(bounded)
	builder := newTreeBuilder()
	var total int64
	for count := 0; ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("it is no whole tar archive: %w", err)
		}
		switch header.Typeflag {
		case tar.TypeReg:
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		default:
			return nil, fmt.Errorf("%q is neither a file nor a folder", header.Name)
		}
		if count++; count > limits.Files {
			return nil, fmt.Errorf("it has more than %d files", limits.Files)
		}
		total += header.Size
		if header.Size > limits.File || total > most {
			return nil, fmt.Errorf("%q makes it larger than the limit", header.Name)
		}
		name, err := entryName(header.Name)
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", header.Name, err)
		}
		if err := builder.add(name, content, fs.FileMode(header.Mode)&0o111); err != nil {
			return nil, err
		}
	}
	return builder.tree(), nil
}

// entryName is the path of a file inside the package.
func entryName(name string) (string, error) {
	clean := strings.TrimPrefix(name, "./")
	_, inside, found := strings.Cut(clean, "/")
	if !found || strings.ContainsAny(name, "\\\x00") || strings.HasPrefix(clean, "../") || path.Clean("/"+inside) != "/"+inside || !fs.ValidPath(inside) {
		return "", fmt.Errorf("%q is no path inside the package", name)
	}
	return inside, nil
}

type boundedReader struct {
	r    io.Reader
	left int64
}

var errTooLarge = errors.New("it unpacks to more than the limit")

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
