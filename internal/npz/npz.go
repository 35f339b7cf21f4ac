package npz

import (
	"archive/zip"
	"io"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// maxArray bounds one array of an archive, whose compressed size says little
// about what it unpacks to: 4 GiB.
const maxArray = 4 << 30

// Read reads an .npz archive, or a single .npy as the one array named "".
func Read(r io.ReaderAt, size int64) (map[string]*Array, error) {
	var head [6]byte
	if n, _ := r.ReadAt(head[:], 0); n == len(head) && string(head[:]) == magic {
		a, err := readArray("", io.NewSectionReader(r, 0, size), size)
		if err != nil {
			return nil, err
		}
		return map[string]*Array{"": a}, nil
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fault.New(fault.BadInput, "write it with numpy.savez", "neither an .npz archive nor an .npy array: %w", err)
	}
	arrays := map[string]*Array{}
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, ".npy")
		if f.UncompressedSize64 > maxArray {
			return nil, bad("array %q unpacks to %d bytes, more than %d", name, f.UncompressedSize64, int64(maxArray))
		}
		in, err := f.Open()
		if err != nil {
			return nil, bad("array %q: %w", name, err)
		}
		a, err := readArray(name, in, int64(f.UncompressedSize64))
		in.Close()
		if err != nil {
			return nil, err
		}
		arrays[name] = a
	}
	return arrays, nil
}

// Write writes an .npz archive, arrays stored uncompressed in name order as
// numpy.savez does.
func Write(w io.Writer, arrays map[string]*Array) error {
	z := zip.NewWriter(w)
	names := make([]string, 0, len(arrays))
	for name := range arrays {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
		if err != nil {
			return err
		}
		if err := writeArray(f, arrays[name]); err != nil {
			return err
		}
	}
	return z.Close()
}
