package torch

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// Options choose among what a checkpoint holds. The zero value leaves the choice
// to the reader.
type Options struct {
	// Key is the path of the weights to take, such as "model" or "ema.module";
	// empty: the averaged weights if there are any, else the trained ones.
	Key string
}

// File is an opened checkpoint. It is a weights.Map and safe for concurrent use.
type File struct {
	name     string // as the caller gave it
	base     string
	format   string
	closer   io.Closer
	names    []string
	tensors  map[string]*weights.Tensor
	metadata map[string]any
	warnings []string
	globals  []string
}

var (
	_ weights.Map       = (*File)(nil)
	_ weights.Describer = (*File)(nil)
	_ weights.Warner    = (*File)(nil)
)

// Open interprets the checkpoint at path. Errors are *weights.Error.
func Open(path string, o Options) (*File, error) {
	r, size, err := input.Open(path)
	if err != nil {
		return nil, err
	}
	f, err := Read(r, size, path, o)
	if err != nil {
		r.Close()
		return nil, err
	}
	f.closer = r
	return f, nil
}

// Read interprets a checkpoint of the given size. The name is for messages. The
// caller keeps r open as long as the File and its tensors are used, and closes
// it.
func Read(r io.ReaderAt, size int64, name string, o Options) (*File, error) {
	l, err := newLoader(r, size, name)
	if err != nil {
		return nil, err
	}
	f := &File{name: name, base: filepath.Base(name)}
	root, err := l.load()
	if err != nil {
		return nil, l.explain(err)
	}
	if err := f.fill(l, root, o.Key); err != nil {
		return nil, l.explain(err)
	}
	f.format, f.globals = l.format, l.globals()
	return f, nil
}

// fill takes over the weights of a checkpoint.
func (f *File) fill(l *loader, root any, key string) error {
	c, err := choose(root, key)
	if err != nil {
		return err
	}
	w := walker{budget: l.budget}
	if l.format == "torchscript" {
		if w.declared, err = l.declarations(); err != nil {
			return err
		}
	}
	if err := w.walk(c.value); err != nil {
		return l.unfit(err)
	}
	for _, n := range l.extra {
		if err := w.add(n.name, n.tensor, n.role); err != nil {
			return l.unfit(err)
		}
	}
	prefix := unwrap(w.list)
	if err := l.find(tensorsOf(w.list)...); err != nil {
		return err
	}
	f.names = make([]string, 0, len(w.list))
	f.tensors = make(map[string]*weights.Tensor, len(w.list))
	for _, n := range w.list {
		t, err := f.tensor(n)
		if err != nil {
			return err
		}
		if f.tensors[n.name] != nil {
			return &damage{record: l.pickled, text: fmt.Sprintf("has the tensor %q twice", n.name), next: writeAgain}
		}
		f.tensors[n.name] = t
		f.names = append(f.names, n.name)
	}
	facts := facts{budget: l.budget, left: maxFacts, read: func(t *tensor) []float32 { return f.small(l, t) }}
	f.metadata = facts.describe(root, c)
	for k, v := range l.about {
		f.metadata[k] = v
	}
	if len(w.eps) > 0 {
		f.metadata["bn_eps"] = w.eps
	}
	f.report(c, prefix, w.left)
	f.warnings = append(f.warnings, l.warnings...)
	return nil
}

func tensorsOf(list []named) []*tensor {
	all := make([]*tensor, len(list))
	for i, n := range list {
		all[i] = n.tensor
	}
	return all
}

// tensor describes one tensor.
func (f *File) tensor(n named) (*weights.Tensor, error) {
	if n.refused != nil {
		return nil, &weights.Error{Kind: fault.Unsupported, File: f.name, Tensor: n.name, Problem: "is " + n.refused.what, Next: n.refused.next}
	}
	count, problem, next := n.fit()
	if problem != "" {
		return nil, &weights.Error{Kind: fault.BadInput, File: f.name, Tensor: n.name, Offset: n.storage.rec.start, Problem: problem, Next: next}
	}
	v := n.view()
	return &weights.Tensor{
		Name: n.name, Type: n.typ, Shape: n.shape, Count: count, Role: n.role,
		File: f.base, Offset: v.rec.start + v.start, Source: v,
	}, nil
}

// view makes the source of a tensor that fits its storage.
func (t *tensor) view() *view {
	size := int64(t.typ.Size())
	v := &view{rec: t.storage.rec, start: t.storage.base + t.offset*size, size: size, shape: t.shape}
	if !t.contiguous() {
		v.strides = t.strides
	}
	if v.rec.swap {
		v.swap = swapLen(t.typ)
	}
	return v
}

// report says what was chosen.
func (f *File) report(c chosen, prefix string, left []string) {
	if c.key != "" {
		f.metadata["key"] = c.key
		if len(c.others) > 0 {
			f.warnings = append(f.warnings, fmt.Sprintf("the weights are those of %s; the checkpoint also has %s (--key %s)", c.key, strings.Join(c.others, ", "), c.others[0]))
		}
	}
	if prefix != "" {
		f.metadata["prefix"] = prefix
		f.warnings = append(f.warnings, fmt.Sprintf("the prefix %s was taken off all names", prefix))
	}
	if len(left) > 0 {
		f.warnings = append(f.warnings, "entries that are no tensors were left out: "+strings.Join(left, ", "))
	}
	if len(f.names) == 0 {
		f.warnings = append(f.warnings, "there are no tensors in it")
	}
}

// Names returns the tensor names in the order of PyTorch's state_dict. The slice
// must not be changed.
func (f *File) Names() []string { return f.names }

// Tensor returns the descriptor of one tensor.
func (f *File) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Format returns "torch-zip", "torch-legacy", "torch-tar" or "torchscript".
func (f *File) Format() string { return f.format }

// Metadata returns what the checkpoint says besides its tensors: its own entries
// (epoch, train_args, …), attributes of a pickled network (names, stride, yaml,
// args, nc) and the eps of its BatchNorms (bn_eps, each once), the key and prefix
// that were taken off, and records of the archive (version, byteorder,
// serialization_id). It must not be changed.
func (f *File) Metadata() map[string]any { return f.metadata }

// Warnings says which of several sets of weights was taken, and what was left.
func (f *File) Warnings() []string { return f.warnings }

// Globals returns the qualified names of all functions and classes that the
// checkpoint's pickles name, in the order of their first appearance. None was
// looked up. The slice must not be changed.
func (f *File) Globals() []string { return f.globals }

// Close releases the file if Open opened it.
func (f *File) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

// Globals returns the names of all functions and classes that the pickles of a
// file name, of one that Open refuses, too: up to where it cannot be interpreted
// any further.
func Globals(path string) ([]string, error) {
	r, size, err := input.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	l, err := newLoader(r, size, path)
	if err != nil {
		return nil, err
	}
	l.lenient = true
	_, err = l.load()
	if err != nil {
		err = l.explain(err)
	}
	return l.globals(), err
}

// explain makes an error for the caller.
func (l *loader) explain(err error) error {
	var (
		typed *weights.Error
		d     *damage
		p     *pickle.Error
		c     *choice
	)
	e := &weights.Error{Kind: fault.BadInput, File: l.name}
	switch {
	case errors.As(err, &typed):
		return err
	case errors.As(err, &c):
		e.Expected, e.Found, e.Next = c.what, c.found, c.next
		if e.Next == "" {
			e.Next = "name the right file, or the right key (--key)"
		}
	case errors.As(err, &p):
		e.Offset, e.Problem, e.Next = p.Offset, l.record0()+p.Error(), writeAgain
		if p.Harmful {
			e.Next = "a file that does this was made to do harm: do not load it with PyTorch either"
		}
	case errors.As(err, &d):
		e.Offset, e.Problem, e.Next = d.offset, d.text, d.next
		if d.record != "" {
			e.Problem = "record " + d.record + ": " + d.text
		}
	default:
		e.Kind, e.Problem, e.Err = fault.Resources, "cannot be read", err
	}
	if errors.Is(err, pickle.ErrBudget) {
		e.Kind, e.Next = fault.Unsupported, "if it is not damaged, it has more parts than are read from one file: save its state_dict alone, or as .safetensors"
	}
	return e
}

// unfit is a checkpoint whose parts do not make a list of tensors.
func (l *loader) unfit(err error) error {
	return &damage{record: l.pickled, text: err.Error(), next: writeAgain, err: err}
}

// globals returns the qualified names of all globals.
func (l *loader) globals() []string {
	var names []string
	for _, g := range l.names.All() {
		names = append(names, g.String())
	}
	return names
}
