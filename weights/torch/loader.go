package torch

import (
	"bytes"
	"cmp"
	"compress/flate"
	"hash"
	"hash/crc32"
	"io"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// loader gets from a file to the value that was saved.
type loader struct {
	name    string
	r       io.ReaderAt
	size    int64
	format  string
	lenient bool
	load    func() (any, error)

	budget   *pickle.Budget
	machine  *pickle.Machine // of the pickle that is being interpreted
	pickled  string          // its record
	names    pickle.Names    // the globals
	records  map[string]*record
	objects  map[int64]any // what a tar archive's pickle refers to
	about    map[string]any
	warnings []string

	dir     *directory
	prefix  string // of the archive's members, with its slash
	folder  string // of the storages of the pickle that is being interpreted
	big     bool   // numbers are big-endian
	extra   []named
	windows windows
}

func newLoader(r io.ReaderAt, size int64, name string) (*loader, error) {
	l := &loader{name: name, r: r, size: size, budget: &pickle.Budget{}, records: map[string]*record{}, about: map[string]any{}}
	format, err := input.Sniff(r, size)
	if err != nil {
		return nil, l.explain(err)
	}
	switch format {
	case input.TorchZip:
		l.format, l.load = "torch-zip", l.loadZip
	case input.TorchLegacy:
		l.format, l.load = "torch-legacy", l.loadLegacy
	case input.TorchTar:
		l.format, l.load = "torch-tar", l.loadTar
	default:
		return nil, format.Refuse(name, "a PyTorch checkpoint")
	}
	return l, nil
}

// record0 begins a message about the pickle.
func (l *loader) record0() string {
	if l.pickled == "" {
		return "the pickle "
	}
	return "record " + l.pickled + ": "
}

const pickleName = "data.pkl"

// loadZip loads what torch.save has written since 1.6.
func (l *loader) loadZip() (any, error) {
	var err error
	if l.dir, err = readDirectory(l.r, l.size); err != nil {
		return nil, err
	}
	script := false
	var at member
	err = l.dir.each(func(name []byte, m member) error {
		// An archive may have a million members: most names are only looked at.
		folder, base := name[:bytes.LastIndexByte(name, '/')+1], name[bytes.LastIndexByte(name, '/')+1:]
		switch string(base) {
		case pickleName:
			if bytes.Count(folder, []byte{'/'}) > 1 {
				return nil
			}
			if at.name != "" {
				return broken(string(name), m.header, "is one of two pickles, besides %s", at.name)
			}
			at = m
			at.name = string(name)
		case "constants.pkl":
			script = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if at.name == "" {
		return nil, &damage{text: "the archive has no record " + pickleName, next: "if it is a program of torch.export, save its state_dict instead"}
	}
	l.prefix = strings.TrimSuffix(at.name, pickleName)
	if err := l.versions(); err != nil {
		return nil, err
	}
	if err := l.dir.locate(&at); err != nil {
		return nil, err
	}
	if script {
		l.format = "torchscript"
		if err := l.constants(); err != nil {
			return nil, err
		}
	}
	l.folder = "data/"
	return l.pickle(&at)
}

// maxPickleRatio bounds how tightly a deflated pickle may be packed; those of
// state dicts come to 10 or 20.
const maxPickleRatio = 64

// pickle interprets a member, and checks its checksum.
func (l *loader) pickle(m *member) (any, error) {
	l.pickled = m.name
	// What a pickle may build goes by its length, which must not be made of air.
	if m.method == methodDeflated && m.length > 1<<20+maxPickleRatio*m.packed {
		return nil, broken(m.name, m.start, "%d bytes unpack to %d", m.packed, m.length)
	}
	content := l.content(m)
	l.machine = pickle.New(content, m.length, l, l.budget, &l.names)
	l.machine.Lenient = l.lenient
	v, err := l.machine.Load()
	if _, drained := io.Copy(io.Discard, content); drained != nil && err == nil {
		err = broken(m.name, m.start, "cannot be read to its end: %v", drained)
	}
	if content.sum.Sum32() != m.crc {
		// Whatever else is wrong follows from this.
		return nil, broken(m.name, m.start, "%v", errChecksum)
	}
	return v, err
}

// content is the bytes of a member, which are summed up as they are read.
type content struct {
	io.Reader
	sum hash.Hash32
}

func (l *loader) content(m *member) content {
	var r io.Reader = io.NewSectionReader(l.r, m.start, m.packed)
	if m.method == methodDeflated {
		r = io.LimitReader(flate.NewReader(r), m.length)
	}
	sum := crc32.NewIEEE()
	return content{io.TeeReader(r, sum), sum}
}

// versions reads the records that say how the archive was written.
func (l *loader) versions() error {
	const most = 256
	for _, r := range []struct{ name, fact string }{
		{"version", "archive_version"},
		{"byteorder", "byteorder"},
		{".format_version", "format_version"},
		{".storage_alignment", "storage_alignment"},
		{".data/serialization_id", "serialization_id"},
	} {
		name := r.name
		m, err := l.dir.find(l.prefix + name)
		if err != nil {
			return err
		}
		if m == nil || m.length > most {
			continue
		}
		c := l.content(m)
		b, err := io.ReadAll(c)
		if err != nil || int64(len(b)) != m.length {
			return broken(m.name, m.start, "cannot be read: %v", err)
		}
		if c.sum.Sum32() != m.crc {
			return broken(m.name, m.start, "%v", errChecksum)
		}
		l.about[r.fact] = strings.TrimSpace(string(b))
	}
	switch order := l.about["byteorder"]; order {
	case nil, "little":
	case "big":
		l.big = true
	default:
		return broken(l.prefix+"byteorder", 0, "says %q, neither little nor big", order)
	}
	return nil
}

// find looks the records of tensors up in the archive.
func (l *loader) find(tensors ...*tensor) error {
	var found []*record
	for _, t := range tensors {
		if t.refused == nil && !t.storage.rec.found && !t.storage.rec.wanted {
			t.storage.rec.wanted = true
			found = append(found, t.storage.rec)
		}
	}
	if l.dir == nil || len(found) == 0 {
		return nil
	}
	err := l.dir.each(func(name []byte, m member) error {
		if !bytes.HasPrefix(name, []byte(l.prefix)) {
			return nil
		}
		rec := l.records[string(name[len(l.prefix):])]
		if rec == nil || !rec.wanted {
			return nil
		}
		return l.take(rec, string(name), m)
	})
	for _, rec := range found {
		rec.wanted = false
	}
	if err != nil {
		return err
	}
	for _, t := range tensors {
		if t.refused == nil && !t.storage.rec.found {
			return broken(l.prefix+t.storage.rec.key, 0, "is missing from the archive")
		}
	}
	slices.SortFunc(found, func(a, b *record) int { return cmp.Compare(a.start, b.start) })
	for i := 1; i < len(found); i++ {
		if found[i].start < found[i-1].end {
			return broken(found[i].name, found[i].start, "overlaps the record %s", found[i-1].name)
		}
	}
	return nil
}

// take makes a member the bytes of a record.
func (l *loader) take(rec *record, name string, m member) error {
	m.name = name
	if rec.found {
		return broken(name, m.header, "is listed twice")
	}
	if m.length != rec.length {
		return broken(name, m.header, "has %d bytes, the pickle says %d", m.length, rec.length)
	}
	if err := l.dir.locate(&m); err != nil {
		return err
	}
	rec.found, rec.name, rec.start, rec.end = true, name, m.start, m.start+m.packed
	rec.crc, rec.checked, rec.swap = m.crc, true, l.big
	if m.method == methodDeflated {
		rec.inflater = &inflater{packed: m.packed, windows: &l.windows}
	}
	return nil
}
