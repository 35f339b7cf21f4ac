package torch

import (
	"io"

	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

const (
	// legacyMagic is the number 0x1950a86a20f9469cfc6c in two's complement.
	legacyMagic = pickle.Long("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19")
	// legacyProtocol is the only version of the stream there has been.
	legacyProtocol = int64(1001)
)

// loadLegacy loads what torch.save wrote before 1.6: a pickle each of a magic
// number, the protocol's version, facts about the writer's machine, what was
// saved, and the keys of the storages; then, in the order of the keys, the number
// of elements and the elements, little-endian whatever the machine was.
func (l *loader) loadLegacy() (any, error) {
	l.machine = pickle.New(io.NewSectionReader(l.r, 0, l.size), l.size, l, l.budget, &l.names)
	l.machine.Lenient = l.lenient
	magic, err := l.machine.Load()
	if err != nil {
		return nil, err
	}
	if magic != legacyMagic {
		return nil, broken("", 0, "begins with %v and not with PyTorch's magic number", simple(magic))
	}
	version, err := l.machine.Load()
	if err != nil {
		return nil, err
	}
	if version != legacyProtocol {
		return nil, broken("", 0, "is of version %v of the format, only %d is known", simple(version), legacyProtocol)
	}
	if _, err := l.machine.Load(); err != nil {
		return nil, err
	}
	root, err := l.machine.Load()
	if err != nil {
		return nil, err
	}
	keys, err := l.machine.Load()
	if err != nil {
		return nil, err
	}
	list, ok := keys.(*pickle.List)
	if !ok {
		return nil, l.malformed("no list of the storages")
	}
	return root, l.legacyStorages(list.Items)
}

// legacyStorages finds the storages behind the pickles.
func (l *loader) legacyStorages(keys []any) error {
	at := l.machine.Offset()
	for _, key := range keys {
		k, _ := key.(string)
		rec := l.records[k]
		if rec == nil || rec.found {
			return broken("", at, "announces the storage %v, which is of nothing or comes twice", simple(key))
		}
		rec.name = k
		var head [8]byte
		if err := readFull(l.r, head[:], at); err != nil {
			return err
		}
		at += int64(len(head))
		count := int64(le64(head[:]))
		if count < 0 || rec.size == 0 || count != rec.length/rec.size {
			return broken(k, at-int64(len(head)), "says at byte %d that it has %d elements, the pickle says %d bytes", at-int64(len(head)), count, rec.length)
		}
		if rec.length > l.size-at {
			return broken(k, l.size, "has %d bytes from byte %d on, the file ends at byte %d", rec.length, at, l.size)
		}
		rec.found, rec.start = true, at
		at += rec.length
	}
	for _, rec := range l.records {
		if !rec.found {
			return broken(rec.key, at, "is not among the storages of the file")
		}
	}
	if at < l.size {
		l.warnings = append(l.warnings, "there are bytes behind the last storage")
	}
	return nil
}
