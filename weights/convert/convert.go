package convert

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/glob"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/safetensors"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// Format is what is written: "safetensors", or the name of a dialect of .wts.
type Format string

// The formats besides those named for a wts.Dialect.
const (
	WTS         Format = "a1" // .wts as every C++ reader takes it
	WTS2        Format = "wts2"
	SafeTensors Format = "safetensors"
)

// Options say what is written. The zero value is .wts of the usual dialect with
// all tensors under their names.
type Options struct {
	Format Format   // empty: WTS
	Select []string // globs of names: * any characters, ? one, a leading ! leaves out
	Rename []Rule   // each applied to what the one before made
	// Half writes floating-point values as float16, by way of float32 as PyTorch
	// does. .wts has float16 only in the dialects "b" and "wts2".
	Half bool
	// AllowRounding lets integers and float64 values become the nearest float32.
	AllowRounding bool
}

// Result says what became of the tensors.
type Result struct {
	Format  Format   `json:"format"`
	Tensors int      `json:"tensors"`
	Values  int64    `json:"values"`
	Bytes   int64    `json:"bytes"`
	Dropped []string `json:"dropped,omitempty"`
	Renamed []Rename `json:"renamed,omitempty"`
	Rounded []Loss   `json:"rounded,omitempty"`
	// Flat is the number of tensors written with one dimension because their
	// shape was not known.
	Flat int `json:"flat,omitempty"`
	// Shapes are those of the written tensors, if the format has none itself.
	Shapes wts.Shapes `json:"-"`
}

// Rename is a changed name.
type Rename struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// item is one tensor to be written.
type item struct {
	name   string
	to     dtype.Type
	source *weights.Tensor
	values weights.Values
}

// Convert writes the tensors of m to w. Errors about tensors are
// *weights.Error and name the first value that cannot be kept; those of w are
// returned as they are. Nothing that was written before an error is of use.
func Convert(ctx context.Context, m weights.Map, w io.Writer, o Options) (*Result, error) {
	if o.Format == "" {
		o.Format = WTS
	}
	items, res, err := plan(m, o)
	if err != nil {
		return nil, err
	}
	counter := &writer{ctx: ctx, w: w}
	out := bufio.NewWriterSize(counter, 64<<10)
	if o.Format == SafeTensors {
		err = writeSafeTensors(out, m, items)
	} else {
		err = writeWTS(out, o.Format, items)
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return nil, err
	}
	res.Bytes = counter.n
	for _, it := range items {
		if c, ok := it.values.(*checked); ok {
			if l, ok := c.loss(); ok {
				res.Rounded = append(res.Rounded, l)
			}
		}
	}
	return res, nil
}

// plan chooses and names the tensors and finds what the format cannot hold
// before anything is written.
func plan(m weights.Map, o Options) ([]item, *Result, error) {
	typed := o.Format == SafeTensors
	res := &Result{Format: o.Format}
	if !typed {
		d, err := wts.ParseDialect(string(o.Format))
		if err != nil {
			return nil, nil, fault.New(fault.Usage, "", "%v, or safetensors", err)
		}
		typed = d.HasType()
		if d != wts.Binary {
			res.Shapes = wts.Shapes{}
		}
	}
	if o.Half && !typed {
		return nil, nil, fault.New(fault.Usage, "write .safetensors, .wts2 or the dialect b", "the dialect %s has no float16", o.Format)
	}
	chosen, scratch := glob.Parse(o.Select), newScratch()
	if g, unused := chosen.Unused(m.Names()); unused {
		return nil, nil, fault.New(fault.Usage, "trtbuild inspect lists the names", "no tensor of the file fits %q", g)
	}
	var items []item
	sources := map[string]string{} // by new name
	for _, name := range m.Names() {
		if !chosen.Takes(name) {
			res.Dropped = append(res.Dropped, name)
			continue
		}
		t, _ := m.Tensor(name)
		it := item{name: name, source: t}
		for _, r := range o.Rename {
			it.name = r.Apply(it.name)
		}
		if it.name != name {
			res.Renamed = append(res.Renamed, Rename{name, it.name})
		}
		if other, twice := sources[it.name]; twice {
			return nil, nil, fault.New(fault.Usage, "change the rules or leave one out", "tensors %q and %q would both be named %q", other, name, it.name)
		}
		sources[it.name] = name
		if err := it.choose(o, typed, scratch); err != nil {
			return nil, nil, err
		}
		res.Tensors++
		res.Values += t.Count
		switch {
		case t.Shape == nil && res.Shapes == nil:
			res.Flat++
		case t.Shape != nil && res.Shapes != nil:
			res.Shapes[it.name] = t.Shape
		}
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil, nil, fault.New(fault.Usage, "select some", "no tensor is left to write")
	}
	return items, res, nil
}

// choose decides the type that is written. What that type holds for sure is
// taken from the source as it is.
func (it *item) choose(o Options, typed bool, scratch *sync.Pool) error {
	from := it.source.Type
	switch {
	case o.Half && from.IsFloat(), typed && from == dtype.Float16:
		it.to = dtype.Float16
	case o.Format == SafeTensors:
		it.to = from
	default:
		it.to = dtype.Float32
	}
	if it.to == from || it.to == dtype.Float32 && !wide(from) && !from.IsComplex() {
		it.values = it.source
		return nil
	}
	if from.IsComplex() {
		return &weights.Error{
			Kind: fault.Unsupported, File: it.source.File, Tensor: it.source.Name, Problem: fmt.Sprintf("%v values have no place in a .wts file", from),
			Next: "leave the tensor out with --select '!" + it.source.Name + "'",
		}
	}
	it.values = &checked{t: it.source, to: it.to, allow: o.AllowRounding, scratch: scratch}
	return nil
}

func writeWTS(w io.Writer, f Format, items []item) error {
	d, err := wts.ParseDialect(string(f))
	if err != nil {
		return err
	}
	out, err := wts.NewDialectWriter(w, len(items), d)
	if err != nil {
		return err
	}
	for _, it := range items {
		t := &weights.Tensor{Name: it.name, Type: it.to, Shape: it.source.Shape, Count: it.source.Count}
		if err := out.Write(t, it.values); err != nil {
			return err
		}
	}
	return out.Close()
}

func writeSafeTensors(w io.Writer, m weights.Map, items []item) error {
	tensors := make([]safetensors.Tensor, len(items))
	for i, it := range items {
		shape := it.source.Shape
		if shape == nil {
			shape = []int64{it.source.Count}
		}
		tensors[i] = safetensors.Tensor{Name: it.name, Type: it.to, Shape: slices.Clone(shape), Values: it.values}
	}
	meta, err := metadata(m)
	if err != nil {
		return err
	}
	return safetensors.Write(w, tensors, meta)
}

// metadata returns what the file says of itself as strings, the rest as JSON.
func metadata(m weights.Map) (map[string]string, error) {
	d, ok := m.(weights.Describer)
	if !ok || len(d.Metadata()) == 0 {
		return nil, nil
	}
	meta := map[string]string{}
	for k, v := range d.Metadata() {
		if s, ok := v.(string); ok {
			meta[k] = s
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("metadata %q: %w", k, err)
		}
		meta[k] = string(b)
	}
	return meta, nil
}

// writer counts, and fails once its context has ended.
type writer struct {
	ctx context.Context
	w   io.Writer
	n   int64
}

func (c *writer) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
