package change

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// ops is every operation with which this package changes the disk. Tests make each of them
// fail, or end the process in it.
type ops struct {
	create  func(name string, perm fs.FileMode) (*os.File, error) // a new file; an existing one is an error
	write   func(f *os.File, b []byte) error
	chmod   func(f *os.File, mode fs.FileMode) error
	sync    func(f *os.File) error
	close   func(f *os.File) error
	mkdir   func(name string, perm fs.FileMode) error
	link    func(oldName, newName string) error
	rename  func(oldName, newName string) error
	remove  func(name string) error // a file or an empty folder
	syncDir func(name string) error
}

func diskOps() ops {
	return ops{
		create: func(name string, perm fs.FileMode) (*os.File, error) {
			return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		},
		write: func(f *os.File, b []byte) error {
			_, err := f.Write(b)
			return err
		},
		chmod:   func(f *os.File, mode fs.FileMode) error { return f.Chmod(mode) },
		sync:    func(f *os.File) error { return f.Sync() },
		close:   func(f *os.File) error { return f.Close() },
		mkdir:   os.Mkdir,
		link:    os.Link,
		rename:  os.Rename,
		remove:  os.Remove,
		syncDir: syncDir,
	}
}

// syncDir makes the names in a folder survive a loss of power, where the system has a way.
func syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil // renames are journalled by the file system
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // some network file systems cannot sync a folder
	}
	return errors.Join(err, f.Close())
}

// writeNew makes a file that survives a loss of power once its folder is synced. With like, it
// gets the mode and, where the system allows, the owner of that file; else perm less the
// umask. Nothing is left behind if it fails.
func (o ops) writeNew(name string, content []byte, perm fs.FileMode, like fs.FileInfo) error {
	if like != nil {
		perm = 0o600
	}
	f, err := o.create(name, perm)
	if err != nil {
		return err
	}
	err = o.write(f, content)
	if err == nil && like != nil {
		keepOwner(f, like)
		err = o.chmod(f, like.Mode().Perm())
	}
	if err == nil {
		err = o.sync(f)
	}
	if closeErr := o.close(f); err == nil {
		err = closeErr
	}
	if err != nil {
		return errors.Join(err, o.removeIfThere(name))
	}
	return nil
}

func (o ops) removeIfThere(name string) error {
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return o.remove(name)
}

// removeIfEmpty removes a folder that has nothing in it, if it is there.
func (o ops) removeIfEmpty(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(list) > 0 {
		return nil
	}
	if err != nil {
		return err
	}
	return o.remove(dir)
}
