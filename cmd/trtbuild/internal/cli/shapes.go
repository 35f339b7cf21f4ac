package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/trtbuild/trtbuild/builder/zoo"
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

// shapes are --min-shapes, --opt-shapes and --max-shapes.
type shapes struct{ min, opt, max shape }

func (s *shapes) given() bool { return s.min.dims != nil || s.opt.dims != nil || s.max.dims != nil }

// apply turns the shapes into a batch range and image sizes.
func (s *shapes) apply(o *zoo.Options) error {
	if s.min.dims == nil || s.opt.dims == nil || s.max.dims == nil {
		return fmt.Errorf("--min-shapes, --opt-shapes and --max-shapes go together")
	}
	if s.min.input != s.opt.input || s.opt.input != s.max.input {
		return fmt.Errorf("the shapes name different inputs: %s, %s, %s", s.min.input, s.opt.input, s.max.input)
	}
	for i := range s.opt.dims {
		if s.min.dims[i] > s.opt.dims[i] || s.opt.dims[i] > s.max.dims[i] {
			return fmt.Errorf("min <= opt <= max must hold: dimension %d is %d, %d and %d", i, s.min.dims[i], s.opt.dims[i], s.max.dims[i])
		}
	}
	o.Batch = zoo.Batch{Min: s.min.dims[0], Opt: s.opt.dims[0], Max: s.max.dims[0]}
	o.Height, o.Width = s.opt.dims[2], s.opt.dims[3]
	lo := zoo.Size{Height: s.min.dims[2], Width: s.min.dims[3]}
	hi := zoo.Size{Height: s.max.dims[2], Width: s.max.dims[3]}
	if lo != hi {
		o.Sizes = zoo.Sizes{Min: lo, Max: hi}
	}
	return nil
}

// check holds the shapes against the input of the network that was recognised.
func (s *shapes) check(in zoo.Input) error {
	if !s.given() {
		return nil
	}
	if s.opt.input != in.Name {
		return fmt.Errorf("the shapes name the input %q, the network's is %q", s.opt.input, in.Name)
	}
	for _, x := range []shape{s.min, s.opt, s.max} {
		if x.dims[1] != in.Channels {
			return fmt.Errorf("shape %v has %d channels, the network takes %d", x.dims, x.dims[1], in.Channels)
		}
	}
	return nil
}
