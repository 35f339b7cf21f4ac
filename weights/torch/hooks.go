package torch

import (
	"strings"

	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// Call makes what PyTorch's own functions would: tensors, and the containers of
// the standard library that state dicts consist of.
func (l *loader) Call(g *pickle.Global, args []any) (any, bool, error) {
	switch g.Module {
	case "torch._utils", "torch._tensor", "torch.tensor", "torch.nn.parameter":
		return l.rebuild(g.Name, args)
	case "torch":
		if g.Name == "Size" && len(args) == 1 {
			return args[0], true, nil
		}
	case "collections":
		switch g.Name {
		case "OrderedDict":
			return l.mapping(args)
		case "defaultdict": // its first argument makes missing values
			return l.mapping(args[min(1, len(args)):])
		}
	case "builtins", "__builtin__":
		switch {
		case g.Name == "dict":
			return l.mapping(args)
		case (g.Name == "set" || g.Name == "frozenset" || g.Name == "list" || g.Name == "tuple") && len(args) == 1:
			return args[0], true, nil
		}
	case "_codecs":
		if g.Name == "encode" && len(args) > 0 {
			if s, ok := args[0].(string); ok {
				return pickle.Bytes(len(s)), true, nil
			}
		}
	case "copy_reg", "copyreg":
		if g.Name == "_reconstructor" && len(args) > 0 {
			if class, ok := args[0].(*pickle.Global); ok {
				return &pickle.Object{Class: class}, true, nil
			}
		}
	}
	return nil, false, nil
}

// mapping makes a dict of a list of pairs.
func (l *loader) mapping(args []any) (any, bool, error) {
	const size = 32
	if err := l.budget.Charge(size); err != nil {
		return nil, false, l.malformed("a dict, %v", err)
	}
	d := &pickle.Dict{}
	if len(args) == 0 {
		return d, true, nil
	}
	var pairs []any
	switch v := args[0].(type) {
	case *pickle.Dict:
		return v, true, nil
	case *pickle.List:
		pairs = v.Items
	case *pickle.Tuple:
		pairs = v.Items
	default:
		return d, true, nil
	}
	if err := l.budget.Charge(int64(len(pairs)) * 2 * 32); err != nil {
		return nil, false, l.malformed("a dict, %v", err)
	}
	for _, p := range pairs {
		var kv []any
		switch p := p.(type) {
		case *pickle.List:
			kv = p.Items
		case *pickle.Tuple:
			kv = p.Items
		}
		if len(kv) != 2 {
			return nil, false, l.malformed("a dict of what are no pairs")
		}
		d.Entries = append(d.Entries, pickle.Entry{Key: kv[0], Value: kv[1]})
	}
	return d, true, nil
}

// rebuild makes what the functions of torch._utils and its neighbours do.
func (l *loader) rebuild(name string, args []any) (any, bool, error) {
	switch name {
	case "_rebuild_tensor", "_rebuild_tensor_v2":
		t, err := l.layout(args, "a tensor")
		if err != nil {
			return nil, false, err
		}
		if t.storage.quant != "" {
			return quantized(t), true, nil
		}
		return l.resolved(t, args[min(6, len(args)):])
	case "_rebuild_tensor_v3":
		return l.rebuildTyped(args)
	case "_rebuild_parameter", "_rebuild_parameter_with_state":
		if len(args) > 0 {
			if t, ok := args[0].(*tensor); ok {
				p, err := l.parameter(t)
				return p, true, err
			}
		}
		return nil, false, l.malformed("a parameter of what is no tensor")
	case "_rebuild_from_type", "_rebuild_from_type_v2":
		return l.rebuildFromType(args)
	case "_rebuild_qtensor":
		t, err := l.layout(args, "a quantized tensor")
		if err != nil {
			return nil, false, err
		}
		return quantized(t), true, nil
	case "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor":
		return refused("sparse", "call .to_dense() on it and save again"), true, nil
	case "_rebuild_nested_tensor":
		return refused("a nested tensor", "save its parts one by one"), true, nil
	case "_rebuild_meta_tensor_no_storage":
		return refused("on the meta device, without values", "save the checkpoint after the values are loaded"), true, nil
	case "_rebuild_device_tensor_from_numpy", "_rebuild_device_tensor_from_cpu_tensor", "_rebuild_wrapper_subclass":
		if len(args) > 0 {
			if t, ok := args[0].(*tensor); ok && name == "_rebuild_device_tensor_from_cpu_tensor" {
				return t, true, nil
			}
		}
		return refused("of a kind that only its own device can rebuild ("+name+")", "call .cpu() on it and save again"), true, nil
	}
	return nil, false, nil
}

// parameter makes a parameter of a tensor's values.
func (l *loader) parameter(t *tensor) (*tensor, error) {
	if err := l.budget.Charge(tensorSize); err != nil {
		return nil, l.malformed("a parameter, %v", err)
	}
	p := *t
	p.parameter = true
	return &p, nil
}

// rebuildTyped makes a tensor of an untyped storage.
func (l *loader) rebuildTyped(args []any) (any, bool, error) {
	t, err := l.layout(args, "a tensor")
	if err != nil {
		return nil, false, err
	}
	if len(args) < 7 {
		return nil, false, l.malformed("a tensor without its element type")
	}
	g, ok := args[6].(*pickle.Global)
	if !ok || g.Module != "torch" {
		return nil, false, l.malformed("a tensor without its element type")
	}
	typ, ok := elements[g.Name]
	if !ok || strings.HasSuffix(g.Name, "Storage") {
		return refused("of type "+g.Name, "convert it to a type that this program reads, such as float32"), true, nil
	}
	if !t.storage.untyped && t.storage.typ.Size() != typ.Size() {
		return nil, false, l.malformed("a tensor of %v over a storage of %v", typ, t.storage.typ)
	}
	t.typ = typ
	return l.resolved(t, args[7:])
}

// resolved returns a tensor, or refuses one whose values are not those of its
// storage: so says the dict, if any, that ends the arguments.
func (l *loader) resolved(t *tensor, metadata []any) (any, bool, error) {
	if len(metadata) == 0 {
		return t, true, nil
	}
	about := entries(metadata[0])
	if err := l.budget.Charge(int64(len(about)) * 8); err != nil { // time, as if it were memory
		return nil, false, l.malformed("a tensor, %v", err)
	}
	for _, e := range about {
		switch {
		case e.Value != true:
		case e.Key == "conj":
			t = refused("a conjugate view, whose storage holds other values", "call .resolve_conj() on it and save again")
		case e.Key == "neg":
			t = refused("a negative view, whose storage holds other values", "call .resolve_neg() on it and save again")
		}
	}
	return t, true, nil
}

// rebuildFromType makes what a subclass of Tensor, or a tensor with attributes
// of its own, wraps.
func (l *loader) rebuildFromType(args []any) (any, bool, error) {
	if len(args) >= 3 {
		f, isFunc := args[0].(*pickle.Global)
		inner, isTuple := args[2].(*pickle.Tuple)
		if isFunc && isTuple && !strings.HasPrefix(f.Name, "_rebuild_from_type") {
			made, known, err := l.Call(f, inner.Items)
			if err != nil || known {
				if t, ok := made.(*tensor); ok {
					if class, ok := args[1].(*pickle.Global); ok && class.Name == "Parameter" {
						made, err = l.parameter(t)
					}
				}
				return made, known, err
			}
		}
	}
	return nil, false, nil
}

// quantized refuses a quantized tensor: what a network of floating-point layers
// would make of it is not what was trained.
func quantized(t *tensor) *tensor {
	what := "quantized"
	if t.storage.quant != "" {
		what += " (" + t.storage.quant + ")"
	}
	return refused(what, "call .dequantize() on it and save again")
}

// Persistent makes a storage of its description.
func (l *loader) Persistent(id any) (any, error) {
	if l.objects != nil {
		return l.tarObject(id)
	}
	tuple, ok := id.(*pickle.Tuple)
	if !ok || len(tuple.Items) < 2 {
		return nil, l.malformed("something outside of it that is not described")
	}
	items := tuple.Items
	if items[0] == "module" { // the class of a module, with its source
		return items[1], nil
	}
	if items[0] != "storage" || len(items) < 5 {
		return nil, l.malformed("something outside of it that is no storage")
	}
	g, ok := items[1].(*pickle.Global)
	if !ok {
		return nil, l.malformed("a storage of no class")
	}
	typ, quant, ok := storageClass(g)
	if !ok {
		return nil, l.malformed("a storage of the class %s, which is not known", g)
	}
	key, isKey := items[2].(string)
	count, isCount := items[4].(int64)
	size := int64(typ.Size())
	if !isKey || !isCount || count < 0 || count > 1<<62/size {
		return nil, l.malformed("the storage %v of %v elements", simple(items[2]), simple(items[4]))
	}
	s := &storage{typ: typ, count: count, quant: quant, untyped: g.Name == "UntypedStorage"}
	var err error
	if s.rec, err = l.record(l.folder+key, count*size); err != nil {
		return nil, err
	}
	s.rec.size = size
	if len(items) > 5 && items[5] != nil {
		return l.storageView(s, items[5])
	}
	return s, nil
}

// storageView makes a part of a storage, as PyTorch before 0.4 shared them.
func (l *loader) storageView(s *storage, v any) (any, error) {
	if t, ok := v.(*pickle.Tuple); ok && len(t.Items) == 3 {
		offset, isOffset := t.Items[1].(int64)
		count, isCount := t.Items[2].(int64)
		if isOffset && isCount && offset >= 0 && count >= 0 && offset <= s.count && count <= s.count-offset {
			s.base, s.count = s.base+offset*int64(s.typ.Size()), count
			return s, nil
		}
	}
	return nil, l.malformed("a view of the storage %s that is not within it", s.rec.key)
}

// record returns the one record of a key.
func (l *loader) record(key string, length int64) (*record, error) {
	r := l.records[key]
	if r == nil {
		if err := l.budget.Charge(recordSize + int64(len(key))); err != nil {
			return nil, l.malformed("a storage, %v", err)
		}
		r = &record{key: key, length: length, r: l.r}
		l.records[key] = r
	}
	if r.length != length {
		return nil, l.malformed("the storage %s of %d bytes, which had %d before", key, length, r.length)
	}
	return r, nil
}
