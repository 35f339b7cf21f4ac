package backendtest

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Chain is a network whose dimensions are computed: what TensorRT knows of them
// before the network runs.
type Chain struct {
	Name     string
	Network  *trt.Network
	Profiles []trt.Profile
	Want     trt.Dims // of the output "y"
}

// chain records layers after an input "x" of [B,3,4], [B,S,4] or [2,3,4].
type chain struct {
	*trt.Network
	x *trt.Tensor
	i int
}

func (c *chain) name() string {
	c.i++
	return "layer" + string(rune('a'+c.i))
}

func (c *chain) shape(x *trt.Tensor) *trt.Tensor { return c.AddShape(c.name(), x) }

func (c *chain) list(v ...int64) *trt.Tensor {
	w := Case{Inputs: []trt.Info{ints(dtype.Int64, v...)}}.Constant(0)
	return c.AddConstant(c.name(), w)
}

func (c *chain) floats(v ...float64) *trt.Tensor {
	w := Case{Inputs: []trt.Info{tensorOf(v...)}}.Constant(0)
	return c.AddConstant(c.name(), w)
}

func (c *chain) gather(x *trt.Tensor, i ...int64) *trt.Tensor {
	return c.AddGather(c.name(), x, c.list(i...), trt.Gather{Mode: trt.GatherDefault})
}

func (c *chain) cat(x ...*trt.Tensor) *trt.Tensor { return c.AddConcatenation(c.name(), 0, x...) }

func (c *chain) with(a *trt.Tensor, op trt.ElementWiseOperation, b *trt.Tensor) *trt.Tensor {
	return c.AddElementWise(c.name(), a, b, op)
}

func (c *chain) reduce(x *trt.Tensor, op trt.ReduceOperation) *trt.Tensor {
	return c.AddReduce(c.name(), x, trt.Reduce{Operation: op, Axes: []int{0}, KeepDims: true})
}

func (c *chain) reshape(shape *trt.Tensor) *trt.Tensor { return c.AddReshape("reshape", c.x, shape) }

type chainCase struct {
	name string
	x    trt.Dims
	want trt.Dims
	f    func(c *chain) *trt.Tensor
}

// functions returns a chain for each function of one element: a dimension of 64
// times the function of a constant, rounded down. The numbers are TensorRT's.
func functions(x trt.Dims) []chainCase {
	var all []chainCase
	row := func(name string, of float64, want int64, f func(c *chain, x *trt.Tensor) *trt.Tensor) {
		all = append(all, chainCase{name, x, trt.Dims{want, 5}, func(c *chain) *trt.Tensor {
			n := c.AddCast("int", c.with(f(c, c.floats(of)), trt.Prod, c.floats(64)), dtype.Int64)
			one := c.AddConstant("one", values(dtype.Float32, 1, 5))
			return c.AddSlice("repeat", one, trt.Slice{Start: trt.Dims{0, 0}, Stride: trt.Dims{0, 1}, Inputs: []trt.SliceInput{trt.SliceSize}}, c.cat(n, c.list(5)))
		}})
	}
	for _, u := range []struct {
		operation trt.UnaryOperation
		of        float64
		want      int64
	}{
		{trt.Abs, -0.75, 48},
		{trt.Acos, 0.75, 46},
		{trt.Acosh, 1.75, 74},
		{trt.Asin, 0.75, 54},
		{trt.Asinh, 0.75, 44},
		{trt.Atan, 0.75, 41},
		{trt.Atanh, 0.75, 62},
		{trt.Ceil, 0.75, 64},
		{trt.Cos, 0.75, 46},
		{trt.Cosh, 0.75, 82},
		{trt.Erf, 0.75, 45},
		{trt.Exp, 0.75, 135},
		{trt.Floor, 1.75, 64},
		{trt.Log, 1.75, 35},
		{trt.Neg, -0.75, 48},
		{trt.Recip, 0.75, 85},
		{trt.Round, 0.75, 64},
		{trt.Sign, 0.75, 64},
		{trt.Sin, 0.75, 43},
		{trt.Sinh, 0.75, 52},
		{trt.Sqrt, 0.75, 55},
		{trt.Tan, 0.75, 59},
	} {
		row("unary "+string(u.operation), u.of, u.want, func(c *chain, x *trt.Tensor) *trt.Tensor { return c.AddUnary("f", x, u.operation) })
	}
	for _, a := range []struct {
		kind trt.ActivationType
		of   float64
		want int64
	}{
		{trt.Clip, 1.75, 112},
		{trt.ELU, 1.75, 112},
		{trt.GELUErf, 1.75, 107},
		{trt.GELUTanh, 1.75, 107},
		{trt.HardSigmoid, 1.75, 64},
		{trt.LeakyReLU, 1.75, 112},
		{trt.ReLU, 1.75, 112},
		{trt.ScaledTanh, 1.75, 95},
		{trt.SELU, 1.75, 224},
		{trt.Sigmoid, 1.75, 54},
		{trt.Softplus, 1.75, 338},
		{trt.Softsign, 1.75, 40},
		{trt.Tanh, 1.75, 60},
		{trt.Thresholded, 1.75, 112},
		{trt.LeakyReLU, -0.75, 72},
		{trt.ELU, -0.75, 50},
		{trt.SELU, -0.75, 101},
		{trt.GELUErf, -0.75, 10},
		{trt.Tanh, -0.75, 40},
		{trt.Softsign, -0.75, 27},
	} {
		f := func(c *chain, x *trt.Tensor) *trt.Tensor {
			y := c.AddActivation("f", x, trt.Activation{Type: a.kind, Alpha: 1.5, Beta: 2})
			if a.of < 0 {
				y = c.AddUnary("neg", y, trt.Neg)
			}
			return y
		}
		row(fmt.Sprintf("activation %s of %g", a.kind, a.of), a.of, a.want, f)
	}
	return all
}

// Chains returns networks of computed dimensions for a product and version.
func Chains(target trt.Target) []Chain {
	const dyn = trt.Dynamic
	batch, both, fixed := trt.Dims{dyn, 3, 4}, trt.Dims{dyn, dyn, 4}, trt.Dims{2, 3, 4}
	table := []chainCase{
		{"flatten", batch, trt.Dims{dyn, 12}, func(c *chain) *trt.Tensor {
			return c.reshape(c.cat(c.gather(c.shape(c.x), 0), c.list(12)))
		}},
		{"flatten and infer", batch, trt.Dims{dyn, 12}, func(c *chain) *trt.Tensor {
			return c.reshape(c.cat(c.gather(c.shape(c.x), 0), c.list(-1)))
		}},
		{"flatten by the shape of another tensor", batch, trt.Dims{dyn, 12}, func(c *chain) *trt.Tensor {
			y := c.AddActivation("relu", c.x, trt.Activation{Type: trt.ReLU})
			return c.reshape(c.cat(c.gather(c.shape(y), 0), c.list(-1)))
		}},
		{"flatten what is static", fixed, trt.Dims{2, 12}, func(c *chain) *trt.Tensor {
			return c.reshape(c.cat(c.gather(c.shape(c.x), 0), c.list(-1)))
		}},
		{"keep two of three", both, trt.Dims{dyn, dyn}, func(c *chain) *trt.Tensor {
			return c.reshape(c.cat(c.gather(c.shape(c.x), 0), c.list(-1)))
		}},
		{"merge two", both, trt.Dims{dyn, dyn}, func(c *chain) *trt.Tensor {
			s := c.shape(c.x)
			return c.reshape(c.cat(c.with(c.gather(s, 0), trt.Prod, c.gather(s, 1)), c.list(-1)))
		}},
		{"double the batch", batch, trt.Dims{dyn, dyn}, func(c *chain) *trt.Tensor {
			return c.reshape(c.cat(c.with(c.gather(c.shape(c.x), 0), trt.Prod, c.list(2)), c.list(-1)))
		}},
		{"split", both, trt.Dims{dyn, dyn, 2, 2}, func(c *chain) *trt.Tensor {
			return c.reshape(c.cat(c.gather(c.shape(c.x), 0, 1), c.list(2, 2)))
		}},
		{"product of a static shape", fixed, trt.Dims{24}, func(c *chain) *trt.Tensor {
			return c.reshape(c.reduce(c.shape(c.x), trt.ReduceProd))
		}},
		{"product of a shape", batch, trt.Dims{dyn}, func(c *chain) *trt.Tensor {
			return c.reshape(c.reduce(c.shape(c.x), trt.ReduceProd))
		}},
		{"product of the known part", batch, trt.Dims{dyn, 12}, func(c *chain) *trt.Tensor {
			s := c.shape(c.x)
			return c.reshape(c.cat(c.gather(s, 0), c.reduce(c.gather(s, 1, 2), trt.ReduceProd)))
		}},
		{"in int32", batch, trt.Dims{dyn, 12}, func(c *chain) *trt.Tensor {
			s := c.AddCast("cast", c.shape(c.x), dtype.Int32)
			n := c.AddCast("cast/12", c.list(12), dtype.Int32)
			return c.reshape(c.cat(c.gather(s, 0), n))
		}},
		{"through float", batch, trt.Dims{dyn, 3, 4}, func(c *chain) *trt.Tensor {
			return c.reshape(c.AddCast("back", c.AddCast("cast", c.shape(c.x), dtype.Float32), dtype.Int64))
		}},
		{"float arithmetic", fixed, trt.Dims{3, 4, 2}, func(c *chain) *trt.Tensor {
			f := c.AddCast("cast", c.shape(c.x), dtype.Float32)
			f = c.with(f, trt.Prod, c.floats(1.5, 1.5, 0.55))
			return c.reshape(c.AddCast("back", c.AddUnary("floor", f, trt.Floor), dtype.Int64))
		}},
		{"difference that is none", batch, trt.Dims{dyn, 3, 4}, func(c *chain) *trt.Tensor {
			s := c.shape(c.x)
			return c.reshape(c.with(c.with(s, trt.Sub, s), trt.Sum, c.list(0, 3, 4)))
		}},
		{"times nothing", batch, trt.Dims{dyn, 12}, func(c *chain) *trt.Tensor {
			return c.reshape(c.cat(c.with(c.gather(c.shape(c.x), 0), trt.Prod, c.list(0)), c.list(12)))
		}},
		{"slice of a shape", batch, trt.Dims{dyn, 3, 4}, func(c *chain) *trt.Tensor {
			s := c.shape(c.x)
			part := c.AddSlice("part", s, trt.Slice{Start: trt.Dims{1}, Size: trt.Dims{2}})
			return c.reshape(c.cat(c.gather(s, 0), part))
		}},
		{"scalar entries", fixed, trt.Dims{4, 6}, func(c *chain) *trt.Tensor {
			s := c.shape(c.x)
			at := func(i int64) *trt.Tensor { return c.AddSqueeze(c.name(), c.gather(s, i), 0) }
			six := c.AddUnsqueeze("six", c.with(at(0), trt.Prod, at(1)), 0)
			return c.reshape(c.cat(c.AddUnsqueeze("four", at(2), 0), six))
		}},
		{"crop by a shape", batch, trt.Dims{dyn, 3, 3}, func(c *chain) *trt.Tensor {
			size := c.with(c.shape(c.x), trt.Sub, c.list(0, 0, 1))
			return c.AddSlice("crop", c.x, trt.Slice{Start: trt.Dims{0, 0, 1}, Inputs: []trt.SliceInput{trt.SliceSize}}, size)
		}},
		{"drop one of the batch", batch, trt.Dims{dyn, 3, 4}, func(c *chain) *trt.Tensor {
			size := c.with(c.shape(c.x), trt.Sub, c.list(1, 0, 0))
			return c.AddSlice("drop", c.x, trt.Slice{Start: trt.Dims{1, 0, 0}, Inputs: []trt.SliceInput{trt.SliceSize}}, size)
		}},
		{"repeat to a batch", batch, trt.Dims{dyn, 5}, func(c *chain) *trt.Tensor {
			one := c.AddConstant("one", values(dtype.Float32, 1, 5))
			size := c.cat(c.gather(c.shape(c.x), 0), c.list(5))
			return c.AddSlice("repeat", one, trt.Slice{Start: trt.Dims{0, 0}, Stride: trt.Dims{0, 1}, Inputs: []trt.SliceInput{trt.SliceSize}}, size)
		}},
		{"resize to twice the shape", batch, trt.Dims{dyn, 3, 8}, func(c *chain) *trt.Tensor {
			size := c.with(c.shape(c.x), trt.Prod, c.list(1, 1, 2))
			return c.AddResizeTo("resize", c.x, size, trt.Resize{Mode: trt.ResizeLinear, Coordinates: trt.HalfPixel})
		}},
		{"count the batch", batch, trt.Dims{dyn}, func(c *chain) *trt.Tensor {
			return c.AddFill("range", trt.Fill{Operation: trt.FillLinspace, Type: dtype.Int64, Beta: 1}, c.gather(c.shape(c.x), 0))
		}},
		{"through functions of floats", batch, trt.Dims{dyn, 3, 4}, func(c *chain) *trt.Tensor {
			f := c.AddActivation("relu", c.AddCast("cast", c.shape(c.x), dtype.Float32), trt.Activation{Type: trt.ReLU})
			return c.reshape(c.AddCast("back", c.AddUnary("ceil", f, trt.Ceil), dtype.Int64))
		}},
		{"the best of a batch", batch, trt.Dims{dyn, 2, 4}, func(c *chain) *trt.Tensor {
			two := c.AddSqueeze("two", c.with(c.gather(c.shape(c.x), 1), trt.Sub, c.list(1)), 0)
			y, _ := c.AddTopKOf("top", c.x, two, trt.TopK{Operation: trt.TopKMax, Axis: 1})
			return y
		}},
		{"the best of as many as there are", both, trt.Dims{dyn, dyn, 4}, func(c *chain) *trt.Tensor {
			y, _ := c.AddTopKOf("top", c.x, c.AddSqueeze("n", c.gather(c.shape(c.x), 1), 0), trt.TopK{Operation: trt.TopKMin, Axis: 1})
			return y
		}},
		{"fill of a known length", fixed, trt.Dims{3, 1, 8}, func(c *chain) *trt.Tensor {
			steps := c.AddFill("range", trt.Fill{Operation: trt.FillLinspace, Type: dtype.Int64, Dims: trt.Dims{3}, Alpha: 1, Beta: 2})
			return c.reshape(c.with(c.with(steps, trt.Prod, c.list(3, 0, 1)), trt.Sum, c.list(0, 1, 3)))
		}},
	}
	table = append(table, functions(fixed)...)
	out := make([]Chain, len(table))
	for i, row := range table {
		n := trt.NewNetwork("chain "+row.name, target)
		c := &chain{Network: n, x: n.AddInput("x", dtype.Float32, row.x)}
		n.MarkOutput(row.f(c), "y")
		out[i] = Chain{Name: row.name, Network: n, Want: row.want}
		if !row.x.IsStatic() {
			at := func(n int64) trt.Dims { return trt.Dims{n, 3, 4} }
			out[i].Profiles = []trt.Profile{{"x": {Min: at(2), Opt: at(3), Max: at(4)}}}
		}
	}
	return out
}
