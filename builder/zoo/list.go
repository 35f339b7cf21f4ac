package zoo

import (
	"strings"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/internal/fault"
)

// Entry is one published network.
type Entry struct {
	Name       string `json:"name"` // the model library's, as Spec takes it
	Family     string `json:"family"`
	Variant    string `json:"variant"`
	Task       Task   `json:"task"`
	Classes    int64  `json:"classes"` // as published
	Height     int64  `json:"height"`  // default input size
	Width      int64  `json:"width"`
	Tensors    int    `json:"tensors"`    // of a checkpoint
	Parameters int64  `json:"parameters"` // learned values: no running statistics
}

// List returns all published networks, family by family.
func List() []Entry {
	var all []Entry
	for _, f := range families() {
		for _, name := range f.variants() {
			l := f.published(name, 0)
			d := l.describe()
			e := Entry{Name: name, Family: f.name(), Variant: l.variant(), Task: d.task, Classes: d.classes}
			if in, err := l.input(Options{}); err == nil {
				e.Height, e.Width = in.Height, in.Width
			}
			for _, t := range l.tensors() {
				e.Tensors++
				if !t.IsBuffer() {
					e.Parameters += t.Count()
				}
			}
			all = append(all, e)
		}
	}
	return all
}

// Spec returns the tensors of a published network's checkpoint in the order of
// the framework's state dict; classes 0 means the published number. An unknown
// name is a fault.Usage error that names the nearest.
func Spec(name string, classes int64) ([]checkpoint.Tensor, error) {
	if classes < 0 || classes > maxWidth {
		return nil, usagef("%d classes: expected 1 to %d", classes, maxWidth)
	}
	var known []string
	for _, f := range families() {
		for _, model := range f.variants() {
			if model == name {
				return f.published(model, classes).tensors(), nil
			}
			known = append(known, model)
		}
	}
	next := "known are " + strings.Join(known, ", ")
	if near := bind.Nearest(name, known); len(near) > 0 {
		next = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return nil, fault.New(fault.Usage, next, "no network is called %q", name)
}
