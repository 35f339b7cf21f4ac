package backendtest

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// recorded records a body: inputs x0, x1, …, and what f returns as y0, y1, ….
func recorded(f func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor, in ...trt.Info) *trt.Network {
	n := trt.NewNetwork("body", trt.Target{})
	x := make([]*trt.Tensor, len(in))
	for i, info := range in {
		x[i] = n.AddInput(fmt.Sprintf("x%d", i), info.Type, info.Dims)
	}
	for i, y := range f(n, x) {
		n.MarkOutput(y, fmt.Sprintf("y%d", i))
	}
	return n
}

// copied is a body that returns what it reads.
func copied(in ...trt.Info) *trt.Network {
	return recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		y := make([]*trt.Tensor, len(x))
		for i := range x {
			y[i] = n.AddIdentity(fmt.Sprintf("copy%d", i), x[i])
		}
		return y
	}, in...)
}

// convolved is a body with weights.
func convolved(in trt.Info) *trt.Network {
	return recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		return []*trt.Tensor{n.AddConvolution("conv", x[0], trt.Convolution{OutChannels: 3, Kernel: trt.Dims{1, 1}, Weight: values(in.Type, 3, 3, 1, 1), Bias: values(in.Type, 3)})}
	}, in)
}

// unaryBody is a body of one unary layer.
// attended is a body with an attention.
func attended(in trt.Info) *trt.Network {
	return recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		return []*trt.Tensor{n.AddAttention("attention", x[0], x[0], x[0], nil, trt.Attention{Decomposable: true})}
	}, in)
}

func unaryBody(op trt.UnaryOperation, in trt.Info) *trt.Network {
	return recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		return []*trt.Tensor{n.AddUnary("unary", x[0], op)}
	}, in)
}

func conditionals() []Case {
	c := tensor(dtype.Bool)
	op := func(then, els *trt.Network) trt.If { return trt.If{Then: then, Else: els} }
	constant := func(t dtype.Type, dims ...int64) *trt.Network {
		return recorded(func(n *trt.Network, _ []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddConstant("value", values(t, dims...))}
		})
	}
	cases := sweep("if of", anyPlain, true, func(name string, t dtype.Type) Case {
		x := tensor(t, 2, 3)
		return accept(name, op(copied(x), copied(x)), x, c, x, x)
	})
	x, image := f32(2, 3), f32(2, 3, 4, 4)
	two := accept("if of two outputs", op(copied(x, image), copied(x, image)), x, c, x, image, x, image)
	two.Want = []trt.Info{x, image}
	inner := recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
		return n.AddIf("inner", in[0], op(unaryBody(trt.Exp, x), unaryBody(trt.Abs, x)), in[1:], in[1:])
	}, c, x)
	reshaped := recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
		return n.Add("reshape", trt.Shuffle{}, in...)
	}, x, tensor(dtype.Int32, 2))
	looped := func(x trt.Info, while, outside bool) *trt.Network {
		return recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			loop := trt.Loop{TripCount: !while, Recurrences: []trt.Recurrence{{State: "x0", Next: "y0"}}, Outputs: []trt.LoopOutput{{Kind: trt.LoopLastValue, Value: "x0"}}}
			loop.Body = recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
				y := n.AddElementWise("double", in[0], in[0], trt.Sum)
				if outside {
					y = n.AddElementWise("add", y, in[1], trt.Sum)
				}
				if !while {
					return []*trt.Tensor{y}
				}
				sum := n.AddReduce("sum", in[0], trt.Reduce{Operation: trt.ReduceSum, Axes: []int{0, 1}})
				return []*trt.Tensor{y, n.AddElementWise("small", sum, n.AddConstant("limit", trt.NewWeights(nil, trt.Float32s{100})), trt.Less)}
			}, x, x)
			if while {
				loop.While = "y1"
				return n.AddLoop("loop", loop, in...)
			}
			return n.AddLoop("loop", loop, n.AddConstant("trips", trt.RawWeights(dtype.Int32, nil, []byte{2, 0, 0, 0})), in[0], in[1])
		}, x, x)
	}
	returned := recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
		loop := trt.Loop{TripCount: true, Recurrences: []trt.Recurrence{{State: "x0", Next: "y0"}}, Outputs: []trt.LoopOutput{{Kind: trt.LoopLastValue, Value: "x0"}}}
		loop.Body = recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddElementWise("add", in[1], n.AddUnary("neg", in[1], trt.Neg), trt.Sum)}
		}, x, x)
		return n.AddLoop("loop", loop, n.AddConstant("trips", trt.RawWeights(dtype.Int32, nil, []byte{2, 0, 0, 0})), in[0], in[1])
	}, x, x)
	idle := func(led bool) *trt.Network {
		return recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			y := n.AddUnary("before", in[1], trt.Neg)
			z := n.AddIf("inner", in[0], op(unaryBody(trt.Exp, x), unaryBody(trt.Abs, x)), []*trt.Tensor{y}, []*trt.Tensor{y})
			if led {
				return z
			}
			return []*trt.Tensor{n.AddUnary("beside", in[1], trt.Sin)}
		}, c, x)
	}
	products := recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		scores := n.AddMatrixMultiply("scores", x[0], trt.MatrixNone, x[0], trt.MatrixTranspose)
		return []*trt.Tensor{n.AddMatrixMultiply("values", n.AddSoftmax("softmax", scores, 3), trt.MatrixNone, x[0], trt.MatrixNone)}
	}, f32(1, 2, 4, 8))
	list, heads := ints(dtype.Int32, 3, 2), f32(1, 2, 4, 8)
	return append(
		cases, two,
		accept("if always", op(copied(x), copied(f32(4, 5))), x, one(dtype.Bool, 1), x, f32(4, 5)),
		accept("if always, of two ranks", op(copied(x), copied(f32(2, 3, 1))), x, one(dtype.Bool, 1), x, f32(2, 3, 1)),
		accept("if never, of two ranks", op(copied(x), copied(f32(2, 3, 1))), f32(2, 3, 1), one(dtype.Bool, 0), x, f32(2, 3, 1)),
		accept("if never", op(copied(x), copied(f32(4, 5))), f32(4, 5), one(dtype.Bool, 0), x, f32(4, 5)),
		accept("if that reshapes by a constant", op(reshaped, copied(f32(3, 5))), f32(3, -1), c, x, list, f32(3, 5)),
		reading(2, []int64{3, 2}, accept("if that reshapes by an input", op(reshaped, copied(f32(3, 5))), f32(-1, -1), c, x, tensor(dtype.Int32, 2), f32(3, 5))),
		refuse("if of two types, always", op(copied(x), copied(tensor(dtype.Float16, 2, 3))), "else y0: must have the type of then y0", one(dtype.Bool, 1), x, tensor(dtype.Float16, 2, 3)),
		accept("if with weights", op(convolved(image), unaryBody(trt.Abs, image)), image, c, image, image),
		accept("if of constants", op(constant(dtype.Float32, 2, 3), constant(dtype.Float32, 2, 3)), x, c),
		accept("if of one constant", op(copied(x), constant(dtype.Float32, 4, 3)), f32(-1, 3), c, x),
		accept("if of other dimensions", op(copied(x), copied(f32(4, 5))), f32(-1, -1), c, x, f32(4, 5)),
		accept("if of scalars", op(copied(f32()), copied(f32())), f32(), c, f32(), f32()),
		accept("if dynamic", op(copied(f32(-1, 3)), unaryBody(trt.Exp, f32(-1, 3))), f32(-1, 3), c, f32(-1, 3), f32(-1, 3)),
		accept("if dynamic beside static", op(copied(f32(-1, 3)), copied(f32(4, 3))), f32(-1, 3), c, f32(-1, 3), f32(4, 3)),
		accept("if in an if", op(inner, copied(x)), x, c, c, x, x),
		accept("loop in an if", op(looped(x, false, false), copied(x)), x, c, x, x, x),
		refuse("loop in an if of dynamic dimensions", op(looped(f32(-1, 3), false, false), copied(f32(-1, 3))), "then: has a loop, which TensorRT-RTX does not build where", c, f32(-1, 3), f32(-1, 3), f32(-1, 3)),
		accept("loop in an if of dynamic dimensions, always", op(looped(f32(-1, 3), false, false), copied(f32(-1, 3))), f32(-1, 3), one(dtype.Bool, 1), f32(-1, 3), f32(-1, 3), f32(-1, 3)),
		refuse("loop in an if with an outside tensor", op(looped(x, false, true), copied(x)), "then: has a loop that reads a tensor from outside", c, x, x, x),
		accept("loop while in an if with an outside tensor", op(looped(x, true, true), copied(x)), x, c, x, x, x),
		stricter("what decides is an internal error", "loop in an if that returns an outside tensor", op(returned, copied(x)), "then: has a loop that reads a tensor from outside", c, x, x, x),
		accept("if in an if that leads out", op(idle(true), copied(x)), x, c, c, x, x),
		refuse("if in an if that leads nowhere", op(idle(false), copied(x)), "then: computes something for a conditional or a loop that leads to no output", c, c, x, x),
		accept("attention in an if, of products", op(products, copied(heads)), heads, c, heads, heads),
		refuse("attention in an if", op(attended(heads), copied(heads)), "then: has an attention", c, heads, heads),
		stricter("the library leaves the conditional out", "attention in an if, always", op(attended(heads), copied(heads)), "then: has an attention", one(dtype.Bool, 1), heads, heads),
		refuse("attention in an if, never", op(attended(heads), copied(heads)), "then: has an attention", one(dtype.Bool, 0), heads, heads),
		refuse("if on int32", op(copied(x), copied(x)), "condition: has a type", tensor(dtype.Int32), x, x),
		refuse("if on rank 1", op(copied(x), copied(x)), "condition: must have rank 0", tensor(dtype.Bool, 1), x, x),
		refuse("if of two types", op(copied(x), copied(tensor(dtype.Float16, 2, 3))), "else y0: must have the type of then y0", c, x, tensor(dtype.Float16, 2, 3)),
		refuse("if of two ranks", op(copied(x), copied(f32(2, 3, 1))), "else y0: must have the rank of then y0", c, x, f32(2, 3, 1)),
		refuse("if of one and two outputs", op(copied(x), copied(x, x)), "else: must have as many outputs as then", c, x, x, x),
		refuse("if that reads another type", op(copied(x), copied(x)), "then x0: is not what the body reads", c, tensor(dtype.Float16, 2, 3), x),
		refuse("if that reads other dimensions", op(copied(x), unaryBody(trt.Exp, x)), "else x0: is not what the body reads", c, x, f32(2, 4)),
	)
}

func loops() []Case {
	trips, x, sequence := tensor(dtype.Int32), f32(2, 3), f32(4, 2, 3)
	last := func(states ...string) []trt.LoopOutput {
		var out []trt.LoopOutput
		for _, s := range states {
			out = append(out, trt.LoopOutput{Kind: trt.LoopLastValue, Value: s})
		}
		return out
	}
	carry := []trt.Recurrence{{State: "x0", Next: "y0"}}
	counted := func(body *trt.Network) trt.Loop {
		return trt.Loop{Body: body, TripCount: true, Recurrences: carry, Outputs: last("x0")}
	}
	added := func(a, b trt.Info) *trt.Network {
		return recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddElementWise("sum", x[0], x[1], trt.Sum)}
		}, a, b)
	}
	over := func(axis int, reverse bool, body *trt.Network) trt.Loop {
		op := counted(body)
		op.Iterators = []trt.Iterator{{Input: "x1", Axis: axis, Reverse: reverse}}
		return op
	}
	// while its sum is below a limit, x is doubled
	growing := recorded(func(n *trt.Network, x []*trt.Tensor) []*trt.Tensor {
		sum := n.AddReduce("sum", x[0], trt.Reduce{Operation: trt.ReduceSum, Axes: []int{0, 1}})
		return []*trt.Tensor{
			n.AddElementWise("double", x[0], x[0], trt.Sum),
			n.AddElementWise("small", sum, n.AddConstant("limit", trt.NewWeights(nil, trt.Float32s{100})), trt.Less),
		}
	}, x)
	while := trt.Loop{Body: growing, While: "y1", Recurrences: carry, Outputs: last("x0")}
	both := while
	both.TripCount = true
	swap := trt.Loop{
		Body: copied(x, x), TripCount: true, Outputs: last("x0", "x1"),
		Recurrences: []trt.Recurrence{{State: "x0", Next: "y1"}, {State: "x1", Next: "y0"}},
	}
	two := accept("loop that swaps", swap, x, trips, x, x)
	two.Want = []trt.Info{x, x}
	deep := recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
		return n.AddLoop("inner", counted(unaryBody(trt.Sin, x)), in[1], in[0])
	}, x, trips)
	chosen := recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
		return n.AddIf("if", in[1], trt.If{Then: unaryBody(trt.Sin, x), Else: unaryBody(trt.Cos, x)}, in[:1], in[:1])
	}, x, tensor(dtype.Bool))
	bare, choosing, flagged, ranked, iterated := counted(copied(x)), both, both, both, both
	bare.TripCount = false
	small := func(op trt.ElementWiseOperation) *trt.Network {
		return recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			sum := n.AddReduce("sum", in[0], trt.Reduce{Operation: trt.ReduceSum, Axes: []int{0, 1}})
			return []*trt.Tensor{n.AddElementWise("compare", sum, n.AddConstant("limit", trt.NewWeights(nil, trt.Float32s{100})), op)}
		}, x)
	}
	choosing.Body = recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
		y := n.AddIf("if", in[1], trt.If{Then: small(trt.Less), Else: small(trt.Greater)}, in[:1], in[:1])
		return []*trt.Tensor{n.AddUnary("sin", in[0], trt.Sin), y[0]}
	}, x, tensor(dtype.Bool))
	flagged.Body = copied(x, tensor(dtype.Int32))
	ranked.Body = copied(x, tensor(dtype.Bool, 1))
	iterated.Body = copied(x, tensor(dtype.Bool))
	iterated.Iterators = []trt.Iterator{{Input: "x1"}}
	backwards := over(0, true, added(x, x))
	backwards.TripCount, backwards.While = false, "y1"
	backwards.Body = recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
		sum := n.AddReduce("sum", in[0], trt.Reduce{Operation: trt.ReduceSum, Axes: []int{0, 1}})
		return []*trt.Tensor{
			n.AddElementWise("add", in[0], in[1], trt.Sum),
			n.AddElementWise("small", sum, n.AddConstant("limit", trt.NewWeights(nil, trt.Float32s{100})), trt.Less),
		}
	}, x, x)
	stateless := counted(copied(x))
	stateless.Outputs = last("x1")
	cases := sweep("loop carrying", anyPlain, true, func(name string, t dtype.Type) Case {
		return accept(name, counted(copied(tensor(t, 2, 3))), tensor(t, 2, 3), trips, tensor(t, 2, 3))
	})
	cases = append(cases, sweep("loop over", anyPlain, true, func(name string, t dtype.Type) Case {
		x := tensor(t, 2, 3)
		taken := recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddIdentity("copy", in[1])}
		}, x, x)
		return accept(name, over(0, false, taken), x, trips, x, tensor(t, 4, 2, 3))
	})...)
	image := f32(2, 3, 4, 4)
	return append(
		cases, two,
		refuse("loop with an attention", counted(attended(f32(1, 2, 4, 8))), "body: has an attention", trips, f32(1, 2, 4, 8)),
		accept("loop of int64 iterations", counted(copied(x)), x, tensor(dtype.Int64), x),
		accept("loop with weights", counted(convolved(image)), image, trips, image),
		accept("loop with an outside tensor", counted(added(x, x)), x, trips, x, x),
		accept("loop with outside bytes", counted(recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddElementWise("sum", in[0], n.AddCast("cast", in[1], dtype.Float32), trt.Sum)}
		}, x, tensor(dtype.UInt8, 2, 3))), x, trips, x, tensor(dtype.UInt8, 2, 3)),
		accept("loop over axis 1", over(1, false, added(x, x)), x, trips, x, f32(2, 4, 3)),
		accept("loop over the last axis backwards", over(2, true, added(x, x)), x, trips, x, f32(2, 3, 4)),
		accept("loop over a vector", over(0, false, added(f32(), f32())), f32(), trips, f32(), f32(4)),
		accept("loop of dynamic tensors", over(0, false, added(f32(-1, 3), f32(-1, 3))), f32(-1, 3), trips, f32(-1, 3), f32(4, -1, 3)),
		accept("loop while", while, x, x),
		accept("loop while and for", both, x, trips, x),
		accept("loop in a loop", counted(deep), x, trips, x, trips),
		accept("if in a loop", counted(chosen), x, trips, x, tensor(dtype.Bool)),
		refuse("loop while and for int64 iterations", both, "trip count: must be int32 beside a condition", tensor(dtype.Int64), x),
		refuse("loop of float iterations", counted(copied(x)), "trip count: has a type", f32(), x),
		refuse("loop of a vector of iterations", counted(copied(x)), "trip count: must have rank 0", tensor(dtype.Int32, 1), x),
		refuse("loop without end", bare, "trip count: is missing", x),
		refuse("loop over an axis that is none", over(3, false, added(x, x)), "is not an axis", trips, x, sequence),
		refuse("loop over a scalar", over(0, false, added(f32(), f32())), "is not an axis", trips, f32(), f32()),
		refuse("loop that changes the type", counted(recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddCast("cast", in[0], dtype.Float16)}
		}, x)), "next value y0: must have the type of state x0", trips, x),
		refuse("loop that changes the rank", counted(recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddUnsqueeze("unsqueeze", in[0], 0)}
		}, x)), "next value y0: must have the rank of state x0", trips, x),
		refuse("loop that changes dimensions", counted(recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddConcatenation("twice", 0, in[0], in[0])}
		}, x)), "next value y0: must have the dimensions of state x0", trips, x),
		refuse("loop with the last value of no state", stateless, "is the last value of what is no state", trips, x),
		refuse("loop while an integer", flagged, "condition: has a type", trips, x, tensor(dtype.Int32)),
		refuse("loop while a vector", ranked, "condition: must have rank 0", trips, x, tensor(dtype.Bool, 1)),
		refuse("loop while an iterator", iterated, "condition: is computed from an iterator", trips, x, tensor(dtype.Bool, 4)),
		refuse("loop while an if", choosing, "condition: is computed by a conditional or a loop", trips, x, tensor(dtype.Bool)),
		stricter("a body says what it reads", "loop with an outside tensor of other dimensions that nothing reads", counted(recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddIdentity("copy", in[0])}
		}, x, x)), "body x1: is not what the body reads", trips, x, sequence),
		stricter("what an iterator begins at is not documented then", "loop backwards without a count", backwards, "begins at the end", x, sequence),
	)
}

// joins are loops with outputs that are joined.
func joins() []Case {
	x, sequence, four := f32(2, 3), f32(4, 2, 3), one(dtype.Int32, 4)
	summed := func(x trt.Info) *trt.Network {
		return recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddElementWise("sum", in[0], in[1], trt.Sum)}
		}, x, x)
	}
	op := func(kind trt.LoopOutputKind, axis int) trt.Loop {
		return trt.Loop{
			Body: summed(x), TripCount: true,
			Recurrences: []trt.Recurrence{{State: "x0", Next: "y0"}},
			Iterators:   []trt.Iterator{{Input: "x1"}},
			Outputs:     []trt.LoopOutput{{Kind: kind, Value: "y0", Axis: axis}},
		}
	}
	join, reverse := trt.LoopConcatenate, trt.LoopReverse
	bare := func(kind trt.LoopOutputKind, axis int) trt.Loop {
		o := op(kind, axis)
		o.Body, o.Iterators = unaryBody(trt.Sin, x), nil
		return o
	}
	both, dynamic := op(reverse, 0), op(join, 1)
	both.Outputs = append(both.Outputs, trt.LoopOutput{Kind: trt.LoopLastValue, Value: "x0"})
	dynamic.Body = summed(f32(-1, 3))
	two := accept("loop that joins and keeps the last", both, f32(4, 2, 3), four, x, sequence, four)
	two.Want = append(two.Want, x)
	named := both
	named.Body = trt.NewNetwork("body", trt.Target{})
	named.Body.MarkOutput(named.Body.AddElementWise("sum", named.Body.AddInput("count", x.Type, x.Dims), named.Body.AddInput("output1", x.Type, x.Dims), trt.Sum), "y0")
	named.Recurrences, named.Iterators = []trt.Recurrence{{State: "count", Next: "y0"}}, []trt.Iterator{{Input: "output1"}}
	named.Outputs = []trt.LoopOutput{both.Outputs[0], {Kind: trt.LoopLastValue, Value: "count"}}
	companions := accept("loop with a state named as the layers that are made of a loop", named, f32(4, 2, 3), four, x, sequence, four)
	companions.Want = append(companions.Want, x)
	cases := sweep("loop that joins", anyPlain, true, func(name string, t dtype.Type) Case {
		x := tensor(t, 2, 3)
		o := op(join, 0)
		o.Body = recorded(func(n *trt.Network, in []*trt.Tensor) []*trt.Tensor {
			return []*trt.Tensor{n.AddIdentity("copy", in[1])}
		}, x, x)
		return accept(name, o, tensor(t, 4, 2, 3), four, x, tensor(t, 4, 2, 3), four)
	})
	return append(
		cases, two, companions,
		accept("loop that joins along axis 1", op(join, 1), f32(2, 4, 3), four, x, sequence, four),
		accept("loop that joins along the last axis", op(join, 2), f32(2, 3, 4), four, x, sequence, four),
		accept("loop that joins backwards", op(reverse, 0), f32(4, 2, 3), four, x, sequence, four),
		accept("loop that joins backwards along axis 1", op(reverse, 1), f32(2, 4, 3), four, x, sequence, four),
		accept("loop that joins an int64 number", op(join, 0), f32(4, 2, 3), four, x, sequence, one(dtype.Int64, 4)),
		accept("loop that joins what is not iterated over", bare(join, 0), f32(4, 2, 3), four, x, four),
		reading(3, []int64{4}, accept("loop that joins a number that is an input", op(join, 1), f32(2, -1, 3), four, x, sequence, tensor(dtype.Int32))),
		accept("loop that joins dynamic tensors", dynamic, f32(-1, 4, 3), four, f32(-1, 3), f32(4, -1, 3), four),
		refuse("loop that joins along no axis", op(join, 3), "is not an axis", four, x, sequence, four),
		refuse("loop that joins a float number", op(join, 0), "length of output 0: has a type", four, x, sequence, f32()),
		refuse("loop that joins a vector of numbers", op(join, 0), "length of output 0: must have rank 0", four, x, sequence, ints(dtype.Int32, 4)),
		refuse("loop that joins fewer than it could", op(join, 0), "length 0: must be the extent of what x1 iterates over", one(dtype.Int32, 3), x, sequence, one(dtype.Int32, 3)),
		always(4, accept("loop that joins as many as it can", op(join, 0), f32(4, 2, 3), four, x, f32(-1, 2, 3), four)),
		refuse("loop that joins too few", op(join, 0), "is not the number of iterations", four, x, sequence, one(dtype.Int32, 3)),
		refuse("loop that joins too many", op(reverse, 0), "is not the number of iterations", four, x, sequence, one(dtype.Int32, 9)),
		refuse("loop that joins less than nothing", op(join, 0), "must be at least 1", four, x, sequence, one(dtype.Int32, -1)),
		refuse("loop that joins across what is not iterated over", bare(join, 1), "only where something is computed from an iterator", four, x, four),
		refuse("loop that joins backwards what is not iterated over", bare(reverse, 0), "only where something is computed from an iterator", four, x, four),
	)
}
