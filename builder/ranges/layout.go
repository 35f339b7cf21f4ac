package ranges

import (
	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/trt"
)

// layout says to which output channel each element of a weight belongs. Runs
// of consecutive elements belong to one channel each. Where groups make the
// channels of runs start over, every run is counted apart and merged after.
type layout struct {
	runs     chanstat.Layout
	perGroup int // channels in a group; 0: runs.Channels are the channels
	rows     int // runs in a group
}

func (y layout) channel(element int64) int {
	run := int(element / y.runs.Inner % int64(y.runs.Channels))
	if y.perGroup == 0 {
		return run
	}
	return run/y.rows*y.perGroup + run%y.perGroup
}

// merge makes statistics of channels from those of runs.
func (y layout) merge(runs []chanstat.Stats) []chanstat.Stats {
	if y.perGroup == 0 {
		return runs
	}
	out := make([]chanstat.Stats, len(runs)/y.rows*y.perGroup)
	for run, s := range runs {
		out[y.channel(int64(run)*y.runs.Inner)].Merge(s)
	}
	return out
}

// inOrder is the layout of count elements with the channels outermost.
func inOrder(channels, count int64) layout {
	if channels < 1 || count%channels != 0 {
		channels = 1
	}
	return layout{runs: chanstat.Layout{Channels: int(channels), Inner: max(1, count/channels)}}
}

// layoutOf returns the layout of an operand of l. A constant has the channels
// of the product it is a factor of, else those of axis 1.
func layoutOf(l *trt.Layer, o trt.Operand, consumers map[*trt.Tensor][]*trt.Layer) layout {
	count := o.Weights.Count()
	switch op := l.Op.(type) {
	case trt.Deconvolution:
		if o.Name != "kernel" {
			return inOrder(count, count)
		}
		return kernelOfDeconvolution(op, l.Inputs[0].Dims[1])
	case trt.Convolution:
		return inOrder(op.OutChannels, count)
	case trt.Constant:
		t := l.Outputs[0]
		for _, c := range consumers[t] {
			if m, ok := c.Op.(trt.MatrixMultiply); ok {
				return factor(m, c, t)
			}
		}
		if len(t.Dims) < 2 || t.Dims[0] != 1 {
			return inOrder(1, count)
		}
		return inOrder(t.Dims[1], count)
	case trt.Scale:
		return layoutOfScale(op, l.Inputs[0].Dims, count)
	case trt.If, trt.Loop:
		return inOrder(1, count)
	}
	return inOrder(count, count)
}

// kernelOfDeconvolution is the layout of [in, out/groups, window…].
func kernelOfDeconvolution(op trt.Deconvolution, in int64) layout {
	perGroup, inner := op.OutChannels/op.Groups, op.Kernel.Count()
	if op.Groups == 1 {
		return layout{runs: chanstat.Layout{Channels: int(perGroup), Inner: inner}}
	}
	return layout{
		runs:     chanstat.Layout{Channels: int(in * perGroup), Inner: inner},
		perGroup: int(perGroup), rows: int(in / op.Groups * perGroup),
	}
}

// factor is the layout of a matrix t that l multiplies with: its channels are
// the columns of the product for a second factor, the rows for a first.
func factor(op trt.MatrixMultiply, l *trt.Layer, t *trt.Tensor) layout {
	count := t.Dims.Count()
	which, lastIsInner := op.OpB, op.OpB == trt.MatrixTranspose
	if l.Inputs[0] == t {
		which, lastIsInner = op.OpA, op.OpA == trt.MatrixNone
	}
	if which == trt.MatrixVector || len(t.Dims) != 2 {
		return inOrder(1, count)
	}
	if lastIsInner {
		return inOrder(t.Dims[0], count)
	}
	return layout{runs: chanstat.Layout{Channels: int(t.Dims[1]), Inner: 1}}
}
