package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// maxPositions bounds the windows of adaptive pooling, which are listed one by one.
const maxPositions = 1 << 20

// AdaptiveAveragePool averages the spatial dimensions of x [N,C,spatial…] down
// (or up) to size, as torch.nn.AdaptiveAvgPool2d and its kin do. A dimension that
// is brought to 1 may be dynamic; the windows of others follow from its extent.
func AdaptiveAveragePool(net *trt.Network, name string, x *trt.Tensor, size trt.Dims) *trt.Tensor {
	return adaptive(net, name, x, size, trt.ReduceMean, trt.AveragePool)
}

// AdaptiveMaxPool is the same with the maximum.
func AdaptiveMaxPool(net *trt.Network, name string, x *trt.Tensor, size trt.Dims) *trt.Tensor {
	return adaptive(net, name, x, size, trt.ReduceMax, trt.MaxPool)
}

func adaptive(net *trt.Network, name string, x *trt.Tensor, size trt.Dims, reduce trt.ReduceOperation, pool trt.PoolingType) *trt.Tensor {
	if net.Err() != nil {
		return x
	}
	k := len(size)
	if len(x.Dims) != k+2 || k == 0 {
		return net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "must have an extent for each of the size", Expected: size.String(), Found: x.Dims.String()})
	}
	ones := true
	for i, to := range size {
		if to < 1 {
			return net.Fail(&trt.Error{Layer: name, Operand: "size", Msg: "must be positive", Found: size.String()})
		}
		if to > 1 && x.Dims[2+i] == trt.Dynamic {
			return net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: fmt.Sprintf("is dynamic in dimension %d, so the %d windows there have no lengths yet; make it static, or pool it to 1", 2+i, to), Found: x.Dims.String()})
		}
		if to > 1 && max(to, x.Dims[2+i]) > maxPositions {
			return net.Fail(&trt.Error{Layer: name, Operand: "size", Msg: fmt.Sprintf("is too large in dimension %d", 2+i), Expected: fmt.Sprintf("at most %d positions to read or write", maxPositions), Found: fmt.Sprintf("%d of %d", to, x.Dims[2+i])})
		}
		ones = ones && to == 1
	}
	if ones {
		return net.AddReduce(name, x, trt.Reduce{Operation: reduce, Axes: spatialAxes(k), KeepDims: true})
	}
	if window, stride, ok := uniform(x.Dims[2:], size); ok && (k == 2 || k == 3) {
		return net.AddPooling(name, x, trt.Pooling{Type: pool, Window: window, Stride: stride})
	}
	for i, to := range size {
		layer := name
		if i < k-1 {
			layer = fmt.Sprintf("%s/axis%d", name, 2+i)
		}
		x = along(net, layer, x, 2+i, to, reduce)
	}
	return x
}

func spatialAxes(k int) []int {
	axes := make([]int, k)
	for i := range axes {
		axes[i] = 2 + i
	}
	return axes
}

// span is the input positions of output i: from floor(i*in/out) to
// ceil((i+1)*in/out).
func span(i, in, out int64) (from, to int64) {
	return i * in / out, ((i+1)*in + out - 1) / out
}

// uniform returns the window and stride of a pooling that reads the same
// positions, if there is one.
func uniform(in, out trt.Dims) (window, stride trt.Dims, ok bool) {
	for a, e := range in {
		if e == trt.Dynamic {
			return nil, nil, false
		}
		_, length := span(0, e, out[a])
		step := int64(1)
		if out[a] > 1 {
			step, _ = span(1, e, out[a])
		}
		for i := range out[a] {
			from, to := span(i, e, out[a])
			if from != i*step || to-from != length || step == 0 {
				return nil, nil, false
			}
		}
		// The library would make one more window of what is left over.
		if (e-length)/max(step, 1)+1 != out[a] {
			return nil, nil, false
		}
		window, stride = append(window, length), append(stride, step)
	}
	return window, stride, true
}

// along reduces one axis. Windows differ in length, by one or more; shorter ones
// read their last position again, which a maximum does not mind and an average
// weighs with 0.
func along(net *trt.Network, name string, x *trt.Tensor, axis int, out int64, reduce trt.ReduceOperation) *trt.Tensor {
	if net.Err() != nil {
		return x
	}
	in := x.Dims[axis]
	if out == 1 {
		return net.AddReduce(name, x, trt.Reduce{Operation: reduce, Axes: []int{axis}, KeepDims: true})
	}
	longest := int64(1)
	for i := range out {
		from, to := span(i, in, out)
		longest = max(longest, to-from)
	}
	var index []byte
	share := make(trt.Float32s, 0, out*longest)
	for i := range out {
		from, to := span(i, in, out)
		for k := range longest {
			index = binary.LittleEndian.AppendUint32(index, uint32(min(from+k, to-1)))
			v := float32(0)
			if from+k < to {
				v = 1 / float32(to-from)
			}
			share = append(share, v)
		}
	}
	positions := net.AddConstant(name+"/positions", trt.RawWeights(dtype.Int32, trt.Dims{out, longest}, index))
	x = net.AddGather(name+"/windows", x, positions, trt.Gather{Mode: trt.GatherDefault, Axis: axis})
	if net.Err() != nil {
		return x
	}
	if reduce == trt.ReduceMean {
		dims := entries(nil, len(x.Dims), 1)
		dims[axis], dims[axis+1] = out, longest
		x = net.AddElementWise(name+"/shares", x, net.AddConstant(name+"/share", trt.NewWeights(dims, share).As(x.Type)), trt.Prod)
		reduce = trt.ReduceSum
	}
	return net.AddReduce(name, x, trt.Reduce{Operation: reduce, Axes: []int{axis + 1}})
}
