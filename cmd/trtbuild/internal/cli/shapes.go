package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/trtbuild/trtbuild/trt"
)

// shape is --min-shapes and its kin, as trtexec writes them: images:1x3x224x224.
type shape struct {
	input string
	dims  trt.Dims
}

func (s *shape) String() string {
	if s.dims == nil {
		return ""
	}
	parts := make([]string, len(s.dims))
	for i, e := range s.dims {
		parts[i] = strconv.FormatInt(e, 10)
	}
	return s.input + ":" + strings.Join(parts, "x")
}

func (s *shape) Type() string { return "INPUT:NxCxHxW" }

func (s *shape) Set(text string) error {
	name, dims, ok := strings.Cut(text, ":")
	if !ok {
		return fmt.Errorf("expected INPUT:NxCxHxW")
	}
	s.input, s.dims = name, nil
	for _, p := range strings.Split(dims, "x") {
		v, err := strconv.ParseInt(p, 10, 32)
		if err != nil || v < 1 {
			return fmt.Errorf("%q is no dimension", p)
		}
		s.dims = append(s.dims, v)
	}
	if len(s.dims) != 4 {
		return fmt.Errorf("expected four dimensions, NxCxHxW")
	}
	return nil
}

// shapeRange turns the three shape flags into a batch range and an image size.
// It returns ok false when none was given.
func shapeRange(lo, opt, hi shape) (b batchRange, z imageSize, ok bool, err error) {
	if lo.dims == nil && opt.dims == nil && hi.dims == nil {
		return b, z, false, nil
	}
	if lo.dims == nil || opt.dims == nil || hi.dims == nil {
		return b, z, false, fmt.Errorf("--min-shapes, --opt-shapes and --max-shapes go together")
	}
	if lo.input != opt.input || opt.input != hi.input {
		return b, z, false, fmt.Errorf("the shapes name different inputs: %s, %s, %s", lo.input, opt.input, hi.input)
	}
	for i := 1; i < 4; i++ {
		if lo.dims[i] != opt.dims[i] || opt.dims[i] != hi.dims[i] {
			return b, z, false, fmt.Errorf("only the batch may vary: dimension %d is %d, %d and %d", i, lo.dims[i], opt.dims[i], hi.dims[i])
		}
	}
	if lo.dims[0] > opt.dims[0] || opt.dims[0] > hi.dims[0] {
		return b, z, false, fmt.Errorf("min <= opt <= max must hold for the batch")
	}
	return batchRange{lo.dims[0], opt.dims[0], hi.dims[0]}, imageSize{opt.dims[2], opt.dims[3]}, true, nil
}
