package torch

import (
	"archive/tar"
	"errors"
	"io"
	"strconv"

	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// tarMembers are the files of an archive that torch.save wrote before 0.1.10.
type tarMembers struct{ storages, tensors, pickle *io.SectionReader }

// loadTar loads such an archive: the file storages has all storages, tensors the
// shapes over them, and pickle refers to either by number.
func (l *loader) loadTar() (any, error) {
	members, err := l.tarMembers()
	if err != nil {
		return nil, err
	}
	l.objects = map[int64]any{}
	if err := l.tarStorages(members.storages); err != nil {
		return nil, err
	}
	if err := l.tarTensors(members.tensors); err != nil {
		return nil, err
	}
	l.begin("pickle", members.pickle)
	return l.machine.Load()
}

func (l *loader) tarMembers() (m tarMembers, err error) {
	whole := io.NewSectionReader(l.r, 0, l.size)
	r := tar.NewReader(whole)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, broken("", 0, "is a tar archive that cannot be read: %v", err)
		}
		at, err := whole.Seek(0, io.SeekCurrent)
		if err != nil {
			return m, err
		}
		if h.Typeflag != tar.TypeReg || h.Size > l.size-at {
			continue
		}
		part := io.NewSectionReader(l.r, at, h.Size)
		switch h.Name {
		case "storages":
			m.storages = part
		case "tensors":
			m.tensors = part
		case "pickle":
			m.pickle = part
		}
	}
	if m.storages == nil || m.tensors == nil || m.pickle == nil {
		return m, broken("", l.size, "lacks one of its files storages, tensors and pickle")
	}
	return m, nil
}

// begin interprets another member.
func (l *loader) begin(name string, r *io.SectionReader) {
	l.pickled = name
	l.machine = pickle.New(r, r.Size(), l, l.budget, &l.names)
	l.machine.Lenient = l.lenient
}

// next returns the next pickle if it is a tuple of n values.
func (l *loader) next(n int) ([]any, error) {
	v, err := l.machine.Load()
	if err != nil {
		return nil, err
	}
	if t, ok := v.(*pickle.Tuple); ok && len(t.Items) == n {
		return t.Items, nil
	}
	return nil, l.malformed("no tuple of %d", n)
}

func (l *loader) count() (int64, error) {
	v, err := l.machine.Load()
	if err != nil {
		return 0, err
	}
	n, ok := v.(int64)
	if !ok || n < 0 {
		return 0, l.malformed("%v for a number of parts", simple(v))
	}
	return n, nil
}

// keep notes an object by its number.
func (l *loader) keep(key, object any) error {
	const size = 64
	k, ok := key.(int64)
	if !ok {
		return l.malformed("an object without a number")
	}
	if err := l.budget.Charge(size); err != nil {
		return l.malformed("an object, %v", err)
	}
	l.objects[k] = object
	return nil
}

func (l *loader) tarStorages(r *io.SectionReader) error {
	l.begin("storages", r)
	_, start, _ := r.Outer()
	n, err := l.count()
	if err != nil {
		return err
	}
	for range n {
		args, err := l.next(3)
		if err != nil {
			return err
		}
		g, ok := args[2].(*pickle.Global)
		if !ok {
			return l.malformed("a storage of no class")
		}
		typ, _, ok := storageClass(g)
		if !ok {
			return l.malformed("a storage of the class %s, which is not known", g)
		}
		head, err := l.machine.Take(8)
		if err != nil {
			return err
		}
		count, size := int64(le64(head)), int64(typ.Size())
		if count < 0 || count > r.Size()/size {
			return l.malformed("a storage of %d elements in a file of %d bytes", count, r.Size())
		}
		rec, err := l.record(strconv.Itoa(len(l.records)), count*size)
		if err != nil {
			return err
		}
		rec.found, rec.name, rec.start, rec.size = true, "storages", start+l.machine.Offset(), size
		if err := l.machine.Skip(rec.length); err != nil {
			return err
		}
		if err := l.keep(args[0], &storage{rec: rec, typ: typ, count: count}); err != nil {
			return err
		}
	}
	return l.tarViews()
}

// tarViews makes the storages that are parts of others.
func (l *loader) tarViews() error {
	v, err := l.machine.Load()
	if err != nil {
		return err
	}
	list, ok := v.(*pickle.List)
	if !ok {
		return l.malformed("no list of views")
	}
	for _, item := range list.Items {
		t, ok := item.(*pickle.Tuple)
		if !ok || len(t.Items) != 4 {
			return l.malformed("a view that is not described")
		}
		id, isID := t.Items[1].(int64)
		root, isStorage := l.objects[id].(*storage)
		if !isID || !isStorage {
			return l.malformed("a view of no storage")
		}
		if err := l.budget.Charge(tensorSize); err != nil {
			return l.malformed("a view, %v", err)
		}
		part := *root
		made, err := l.storageView(&part, &pickle.Tuple{Items: t.Items[1:]})
		if err != nil {
			return err
		}
		if err := l.keep(t.Items[0], made); err != nil {
			return err
		}
	}
	return nil
}

// maxRank is the most dimensions that PyTorch allows.
const maxRank = 64

func (l *loader) tarTensors(r *io.SectionReader) error {
	l.begin("tensors", r)
	n, err := l.count()
	if err != nil {
		return err
	}
	for range n {
		args, err := l.next(3)
		if err != nil {
			return err
		}
		id, isID := args[1].(int64)
		s, isStorage := l.objects[id].(*storage)
		if !isID || !isStorage {
			return l.malformed("a tensor of no storage")
		}
		head, err := l.machine.Take(8) // of which the first four count
		if err != nil {
			return err
		}
		rank := int(int32(le32(head)))
		if rank < 0 || rank > maxRank {
			return l.malformed("a tensor of %d dimensions", rank)
		}
		if err := l.budget.Charge(tensorSize + int64(rank)*2*dimSize); err != nil {
			return l.malformed("a tensor, %v", err)
		}
		numbers := make([]int64, 2*rank+1)
		for i := range numbers {
			b, err := l.machine.Take(8)
			if err != nil {
				return err
			}
			if numbers[i] = int64(le64(b)); numbers[i] < 0 {
				return l.malformed("a tensor with %d for a dimension, stride or offset", numbers[i])
			}
		}
		t := &tensor{storage: s, typ: s.typ, shape: numbers[:rank], strides: numbers[rank : 2*rank], offset: numbers[2*rank]}
		if err := l.keep(args[0], t); err != nil {
			return err
		}
	}
	return nil
}

// tarObject returns the tensor, storage or class that the pickle refers to.
func (l *loader) tarObject(id any) (any, error) {
	switch id := id.(type) {
	case *pickle.Tuple:
		if len(id.Items) > 0 { // a class, with its source
			return id.Items[0], nil
		}
	case int64:
		if o, ok := l.objects[id]; ok {
			return o, nil
		}
	case string:
		if k, err := strconv.ParseInt(id, 10, 64); err == nil {
			if o, ok := l.objects[k]; ok {
				return o, nil
			}
		}
	}
	return nil, l.malformed("something outside of it that is not there")
}
