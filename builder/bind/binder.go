package bind

import (
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/trt"
)

// Binder takes tensors of a View for the layers of one network and remembers
// which. It is not safe for concurrent use.
type Binder struct {
	*View
	net  *trt.Network
	used map[string]bool
	skip map[string]string
	err  Error
}

// New returns a binder that records into net.
func New(net *trt.Network, v *View) *Binder {
	return &Binder{
		View: v, net: net, used: map[string]bool{}, skip: map[string]string{},
		err: Error{File: v.File(), Network: net.Name()},
	}
}

// Network returns the network being recorded.
func (b *Binder) Network() *trt.Network { return b.net }

// Weights takes the tensor of the given name for the given part of a layer
// ("kernel", "bias", …). dims is the shape it must have; when the file records
// none, the element count must fit. reason says in words where dims come from
// and may be empty. What does not fit is reported by Finish; the weights
// returned always have the dimensions asked for.
func (b *Binder) Weights(name, part, reason string, dims trt.Dims) *trt.Weights {
	b.used[name] = true
	t, ok := b.Tensor(name)
	switch {
	case !ok:
		b.err.Missing = append(b.err.Missing, Missing{Tensor: b.Prefix() + name, Want: dims})
	case t.Count != dims.Count() || t.Shape != nil && !SameShape(t.Shape, dims):
		b.err.Misfits = append(b.err.Misfits, Misfit{Tensor: t.Name, Want: dims, Reason: reason, Count: t.Count, Shape: t.Shape})
	default:
		return trt.NewWeights(dims, t, trt.Origin{File: t.File, Tensor: t.Name, Part: part})
	}
	return trt.NewWeights(dims, zeros{})
}

// Skip declares that the network leaves a tensor out on purpose.
func (b *Binder) Skip(name, reason string) { b.skip[name] = reason }

// zeros stand in for tensors that Finish will report.
type zeros struct{}

func (zeros) ReadFloat32(dst []float32, _ int64) error {
	clear(dst)
	return nil
}

// SameShape compares shapes without their extents of 1, which formats and
// frameworks add and drop at will.
func SameShape(a []int64, b trt.Dims) bool {
	one := func(e int64) bool { return e == 1 }
	return slices.Equal(slices.DeleteFunc(slices.Clone(a), one), slices.DeleteFunc(slices.Clone(b), one))
}

// Report says what became of every tensor of the file.
type Report struct {
	Used    []string  // in file order
	Skipped []Skipped // in file order
}

// Skipped is a tensor that the network does not need.
type Skipped struct {
	Tensor string
	Reason string
}

// Finish returns what was used, or an *Error that lists every tensor that is
// missing, of the wrong size, or left over without a reason. Names in both are
// the file's. An error of the network itself goes before, as nothing was asked
// for any more after it.
func (b *Binder) Finish() (*Report, error) {
	if err := b.net.Err(); err != nil {
		return nil, err
	}
	e := b.err
	var r Report
	missing := make([]string, 0, len(e.Missing))
	var unused []string
	for _, m := range e.Missing {
		missing = append(missing, m.Tensor)
	}
	for _, name := range b.Names() {
		t, _ := b.Tensor(name)
		switch reason := b.reason(name); {
		case b.used[name]:
			r.Used = append(r.Used, t.Name)
		case reason != "":
			r.Skipped = append(r.Skipped, Skipped{t.Name, reason})
		default:
			unused = append(unused, t.Name)
			e.Unused = append(e.Unused, Unused{Tensor: t.Name, Count: t.Count})
		}
	}
	if len(e.Missing) == 0 && len(e.Misfits) == 0 && len(e.Unused) == 0 {
		return &r, nil
	}
	for i := range e.Missing {
		e.Missing[i].Nearest = Nearest(e.Missing[i].Tensor, unused)
	}
	for i := range e.Unused {
		e.Unused[i].Nearest = Nearest(e.Unused[i].Tensor, missing)
	}
	return nil, &e
}

func (b *Binder) reason(name string) string {
	if r, ok := b.skip[name]; ok {
		return r
	}
	return Ignorable(name)
}

// Layer returns the name of the layer that stands for a module.
func Layer(path string) string { return strings.ReplaceAll(path, ".", "/") }
