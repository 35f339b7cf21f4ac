package npz

import (
	"archive/zip"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// maxRatio is by how much the deflate format can shrink anything: its shortest
// code, of two bits, stands for 258 bytes.
const maxRatio = 4 * 258

// directory reads the archive's directory and the headers of its arrays.
func (f *File) directory() error {
	z, err := zip.NewReader(f.r, f.size)
	if err != nil {
		return f.wrong(nil, fmt.Errorf("the archive's directory cannot be read: %w", err))
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader) // faster than the standard library's
	var all []*member
	seen := map[string]bool{}
	for _, entry := range z.File {
		name, ok := strings.CutSuffix(entry.Name, suffix)
		if !ok {
			f.warnings = append(f.warnings, fmt.Sprintf("member %q is no array and left out", entry.Name))
			continue
		}
		m := &member{f: f, name: name, open: entry.Open, stored: entry.Method == zip.Store}
		if seen[name] {
			return f.wrong(m, fault.New(fault.BadInput, "", "it comes twice"))
		}
		seen[name] = true
		if err := m.place(entry); err != nil {
			return f.wrong(m, err)
		}
		all = append(all, m)
	}
	if err := f.apart(all); err != nil {
		return err
	}
	for _, m := range all {
		if err := f.add(m); err != nil {
			return err
		}
	}
	return nil
}

// place finds where a member is and holds the sizes it claims against the file.
func (m *member) place(entry *zip.File) error {
	if entry.Flags&1 != 0 {
		return fault.New(fault.Unsupported, "write it without a password", "it is encrypted")
	}
	if entry.Method != zip.Store && entry.Method != zip.Deflate {
		return fault.New(fault.Unsupported, "write it with numpy.savez", "it is compressed with method %d", entry.Method)
	}
	at, err := entry.DataOffset()
	if err != nil {
		return fmt.Errorf("its place in the archive cannot be read: %w", err)
	}
	packed, size := entry.CompressedSize64, entry.UncompressedSize64
	if at > m.f.size || packed > uint64(m.f.size-at) {
		return fmt.Errorf("it claims %d bytes at byte %d, the file has %d", packed, at, m.f.size)
	}
	if m.stored && size != packed || size > packed*maxRatio {
		return fmt.Errorf("it claims to unpack from %d bytes to %d", packed, size)
	}
	m.at, m.end, m.size = at, at+int64(packed), int64(size)
	return nil
}

// apart checks that no two members share bytes of the file.
func (f *File) apart(all []*member) error {
	const localHeader = 30
	order := slices.SortedStableFunc(slices.Values(all), func(a, b *member) int { return cmp.Compare(a.at, b.at) })
	for i, m := range order {
		if i > 0 && m.at-localHeader < order[i-1].end {
			return f.wrong(m, fmt.Errorf("it begins at byte %d, within %q, which ends at byte %d", m.at, order[i-1].name, order[i-1].end))
		}
	}
	return nil
}
