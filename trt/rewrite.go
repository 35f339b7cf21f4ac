package trt

// Rewrite returns a new network made from n layer by layer. For each layer, f
// adds what stands for it to dst and returns the tensors that replace the
// layer's outputs, in order; in holds what replaced its inputs. Returning nil
// keeps the layer as it is. Moments and tolerances move to the replacements
// that have none.
// Inputs and outputs keep their names.
func (n *Network) Rewrite(f func(dst *Network, l *Layer, in []*Tensor) ([]*Tensor, error)) (*Network, error) {
	if n.err != nil {
		return nil, n.err
	}
	dst := NewNetwork(n.name, n.target)
	now := make(map[*Tensor]*Tensor, len(n.tensors))
	for _, x := range n.inputs {
		now[x] = dst.AddInput(x.Name, x.Type, x.Dims)
		now[x].Moments, now[x].Tolerance = x.Moments, x.Tolerance
	}
	for _, l := range n.layers {
		in := make([]*Tensor, len(l.Inputs))
		for i, t := range l.Inputs {
			in[i] = now[t]
		}
		out, err := f(dst, l, in)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = dst.Add(l.Name, l.Op, in...)
		}
		if err := dst.Err(); err != nil {
			return nil, err
		}
		for i, t := range l.Outputs {
			now[t] = out[i]
			if out[i].Moments == nil {
				out[i].Moments = t.Moments
			}
			if out[i].Tolerance == 0 {
				out[i].Tolerance = t.Tolerance
			}
		}
	}
	for _, o := range n.outputs {
		dst.MarkOutput(now[o], o.Name)
	}
	return dst, dst.Err()
}

// MapWeights returns the network with every weight operand replaced by what f
// returns for it. f is called once for each distinct Weights.
func (n *Network) MapWeights(f func(l *Layer, o Operand) (*Weights, error)) (*Network, error) {
	done := map[*Weights]*Weights{}
	return n.Rewrite(func(dst *Network, l *Layer, in []*Tensor) ([]*Tensor, error) {
		operands := l.Op.Weights()
		if len(operands) == 0 {
			return nil, nil
		}
		replaced := make([]*Weights, len(operands))
		for i, o := range operands {
			if o.Weights == nil {
				continue
			}
			w, ok := done[o.Weights]
			if !ok {
				var err error
				if w, err = f(l, o); err != nil {
					return nil, err
				}
				done[o.Weights] = w
			}
			replaced[i] = w
		}
		return dst.Add(l.Name, l.Op.WithWeights(replaced), in...), nil
	})
}
