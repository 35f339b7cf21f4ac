package layers

import (
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
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

// Upsample resizes the spatial dimensions of x [N,C,spatial…].
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
	if op.Size = slices.Concat(x.Dims[:2], u.Size); op.Size.IsStatic() {
		return net.AddResize(name, x, op)
	}
	size := []extent{extentOf(0), extentOf(1)}
	for _, to := range u.Size {
		size = append(size, fixed(to))
	}
	op.Size = nil
	return net.AddResizeTo(name, x, dimensions(net, name+"/size", x, size...), op)
}
