package trt

import "fmt"

// companion is implemented by ops of which TensorRT makes further layers: of a
// number the constant that it reads instead, of a conditional its condition.
type companion interface {
	// companions returns what follows LAYER. in their names.
	companions() []string
}

// takenBy returns the names that a layer takes among the layers of a network: its
// own, those of further layers that TensorRT makes of it, and of its bodies those
// of their layers and of what they read.
func takenBy(name string, op Op) []string {
	all := []string{name}
	if op, ok := op.(companion); ok {
		for _, c := range op.companions() {
			all = append(all, name+"."+c)
		}
	}
	for _, b := range Bodies(op) {
		if b.Network == nil {
			continue
		}
		prefix := b.Prefix(name)
		for _, x := range b.Network.inputs {
			all = append(all, prefix+x.Name)
		}
		for _, l := range b.Network.layers {
			all = append(all, takenBy(prefix+l.Name, l.Op)...)
		}
	}
	return all
}

func (Squeeze) companions() []string    { return []string{"axes"} }
func (Unsqueeze) companions() []string  { return []string{"axes"} }
func (OneHot) companions() []string     { return []string{"depth"} }
func (Cumulative) companions() []string { return []string{"axis"} }
func (NMS) companions() []string {
	return []string{"max_per_class", "iou_threshold", "score_threshold"}
}

func (op If) companions() []string {
	return append(furtherOutputs(op.outputCount()), "condition")
}

func (op Loop) companions() []string {
	all := furtherOutputs(op.outputCount())
	if op.TripCount {
		all = append(all, "count")
	}
	if op.While != "" {
		all = append(all, "while")
	}
	return all
}

// furtherOutputs names the layers of outputs but the first.
func furtherOutputs(n int) []string {
	var all []string
	for i := 1; i < n; i++ {
		all = append(all, fmt.Sprintf("output%d", i))
	}
	return all
}
