package layers

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// InterpolationMode is how pixels between pixels are made, under PyTorch's names.
type InterpolationMode string

// The modes of Interpolation.
const (
	Nearest      InterpolationMode = "nearest"       // the pixel at floor(i*in/out)
	NearestExact InterpolationMode = "nearest-exact" // the pixel that the centre lies in, as Pillow's
	Linear       InterpolationMode = "linear"        // bilinear in images, trilinear in volumes
	Cubic        InterpolationMode = "cubic"         // bicubic
)

// Interpolation describes torch.nn.functional.interpolate without antialiasing.
// Either Size or Scale is given, an entry for each spatial dimension.
// AlignCorners makes the centres of the corner pixels coincide; the default
// makes their outer corners do.
type Interpolation struct {
	Mode         InterpolationMode
	Size         trt.Dims
	Scale        []float64
	AlignCorners bool
}

// Upsample resizes the spatial dimensions of x [N,C,spatial…], which may be
// dynamic when Scale is given.
func Upsample(net *trt.Network, name string, x *trt.Tensor, u Interpolation) *trt.Tensor {
	if net.Err() != nil {
		return x
	}
	fail := func(operand, msg, found string) *trt.Tensor {
		return net.Fail(&trt.Error{Layer: name, Operand: operand, Msg: msg, Found: found})
	}
	spatial := len(x.Dims) - 2
	if spatial < 1 || (u.Size == nil) == (u.Scale == nil) || max(len(u.Size), len(u.Scale)) != spatial {
		return fail("size or scale", fmt.Sprintf("one of them must have an entry for each of %d spatial dimensions", max(spatial, 0)), fmt.Sprintf("%v, %v", u.Size, u.Scale))
	}
	var op trt.Resize
	switch u.Mode {
	case Nearest:
	case NearestExact:
		op.Coordinates, op.Rounding = trt.HalfPixel, trt.RoundHalfUp
	case Linear, Cubic:
		op.Mode, op.Coordinates = trt.ResizeLinear, trt.HalfPixel
		if u.Mode == Cubic {
			op.Mode = trt.ResizeCubic
		}
	default:
		return fail("mode", "is none of nearest, nearest-exact, linear and cubic", string(u.Mode))
	}
	if u.AlignCorners {
		if u.Mode != Linear && u.Mode != Cubic {
			return fail("mode", "picks pixels; corners are aligned in linear and cubic only", string(u.Mode))
		}
		op.Coordinates = trt.AlignCorners
	}
	if u.Scale != nil {
		op.Scales = []float32{1, 1}
		for _, s := range u.Scale {
			op.Scales = append(op.Scales, float32(s))
		}
		return net.AddResize(name, x, op)
	}
	if !x.Dims[2:].IsStatic() {
		return fail("input", "must have static spatial dimensions to be brought to a size", x.Dims.String())
	}
	if op.Size = slices.Concat(x.Dims[:2], u.Size); op.Size.IsStatic() {
		return net.AddResize(name, x, op)
	}
	if u.Mode == Nearest || u.Mode == NearestExact {
		return pick(net, name, x, u)
	}
	op.Size, op.Scales = nil, []float32{1, 1}
	for i, to := range u.Size {
		op.Scales = append(op.Scales, scale(x.Dims[2+i], to))
	}
	return net.AddResize(name, x, op)
}

// pick takes pixels by their positions: with an open batch a size can only be
// told by scales, whose roundings would pick other pixels where two are as near.
func pick(net *trt.Network, name string, x *trt.Tensor, u Interpolation) *trt.Tensor {
	for i, to := range u.Size {
		in := x.Dims[2+i]
		var index []byte
		for o := range to {
			at := o * in / to
			if u.Mode == NearestExact {
				at = (2*o + 1) * in / (2 * to)
			}
			index = binary.LittleEndian.AppendUint32(index, uint32(at))
		}
		layer := name
		if i < len(u.Size)-1 {
			layer = fmt.Sprintf("%s/axis%d", name, 2+i)
		}
		positions := net.AddConstant(layer+"/positions", trt.RawWeights(dtype.Int32, trt.Dims{to}, index))
		x = net.AddGather(layer, x, positions, trt.Gather{Mode: trt.GatherDefault, Axis: 2 + i})
		if net.Err() != nil {
			return x
		}
	}
	return x
}

// scale is a float32 that leads from one extent to another although the
// product is rounded down.
func scale(from, to int64) float32 {
	s := float32(float64(to) / float64(from))
	if int64(float32(from)*s) < to {
		s = float32((float64(to) + 0.25) / float64(from))
	}
	return s
}
