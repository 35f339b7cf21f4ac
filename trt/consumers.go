package trt

// Consumers returns the layers that read each tensor, in the order of the
// network; a layer that reads a tensor twice is listed twice.
func (n *Network) Consumers() map[*Tensor][]*Layer {
	readers := make(map[*Tensor][]*Layer, len(n.tensors))
	for _, l := range n.layers {
		for _, t := range l.Inputs {
			readers[t] = append(readers[t], l)
		}
	}
	return readers
}
