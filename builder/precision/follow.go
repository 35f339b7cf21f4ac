package precision

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
)

// follow makes layers FP32 where that needs fewer casts and costs nothing: free
// layers that hang together and have FP32 all around. Where casts are equally
// many, as before and behind an activation, a layer stays FP16.
func (d *decider) follow() {
	seen := map[*trt.Layer]bool{}
	for _, l := range d.net.Layers() {
		if !d.free(l) || seen[l] {
			continue
		}
		island, around := d.island(l, seen)
		if around == nil {
			continue
		}
		for _, m := range island {
			d.blame(finding{code: Cut, why: fmt.Sprintf("lies between FP32 layers (%s)", around.Name)}, m)
		}
	}
}

// free reports whether a layer is FP16 so far and FP32 would cost nothing.
func (d *decider) free(l *trt.Layer) bool {
	switch l.Op.(type) {
	case trt.Convolution, trt.Deconvolution, trt.MatrixMultiply, trt.Constant, trt.Cast:
		return false
	}
	return computes(l) && !d.fp32(l)
}

// island returns the free layers that hang together with l and one of the FP32
// layers around them; that is nil when any layer around is FP16 or there are
// none. Network inputs and outputs are FP32.
func (d *decider) island(l *trt.Layer, seen map[*trt.Layer]bool) (island []*trt.Layer, around *trt.Layer) {
	seen[l] = true
	island = []*trt.Layer{l}
	surrounded := true
	meet := func(n *trt.Layer) {
		switch {
		case n == nil || isConstant(n) || !computes(n):
		case d.free(n):
			if !seen[n] {
				seen[n] = true
				island = append(island, n)
			}
		case d.fp32(n):
			around = n
		default:
			surrounded = false
		}
	}
	for i := 0; i < len(island); i++ {
		for _, t := range island[i].Inputs {
			if t.Type.IsFloat() {
				meet(t.Producer())
			}
		}
		for _, t := range island[i].Outputs {
			if t.Type.IsFloat() {
				for _, n := range d.consumers[t] {
					meet(n)
				}
			}
		}
	}
	if !surrounded {
		return island, nil
	}
	return island, around
}
