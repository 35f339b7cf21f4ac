package trt_test

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func list(v ...int64) *trt.Weights {
	var raw []byte
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(x))
	}
	return trt.RawWeights(dtype.Int64, trt.Dims{int64(len(v))}, raw)
}

// reshaping reads the input "shape" as dimensions, and "other" not.
func reshaping() *trt.Network {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{24})
	shape := n.AddInput("shape", dtype.Int64, trt.Dims{2})
	n.MarkOutput(n.AddReshape("reshape", x, n.AddIdentity("copy", shape)), "y")
	n.MarkOutput(n.AddIdentity("rest", n.AddInput("other", dtype.Int64, trt.Dims{2})), "z")
	return n
}

func TestProfilesOfValues(t *testing.T) {
	values := func(lo, best, hi []int64) trt.Range {
		return trt.Range{Values: &trt.ValueRange{Min: lo, Opt: best, Max: hi}}
	}
	at := func(v ...int64) trt.Range { return values(v, v, v) }
	n := reshaping()
	require.NoError(t, n.Err())
	for _, good := range []trt.Profile{
		{"shape": at(6, 4)},
		{"shape": at(-1, 4)},
		{"shape": values([]int64{1, 1}, []int64{6, 4}, []int64{24, 24})},
		{"shape": {Min: trt.Dims{2}, Opt: trt.Dims{2}, Max: trt.Dims{2}, Values: at(6, 4).Values}},
	} {
		require.NoError(t, n.CheckProfiles([]trt.Profile{good}))
	}
	for want, bad := range map[string]trt.Profile{
		"is missing in profile 0":                  {},
		"is read as dimensions but has no values":  {"shape": {Min: trt.Dims{2}, Opt: trt.Dims{2}, Max: trt.Dims{2}}},
		"wrong number of values":                   {"shape": at(6, 4, 1)},
		"value 1 must satisfy":                     {"shape": values([]int64{6, 5}, []int64{6, 4}, []int64{6, 6})},
		"at opt of profile 0: changes the volume":  {"shape": at(6, 5)},
		"has values but is not read as dimensions": {"shape": at(6, 4), "other": at(6, 4)},
	} {
		require.ErrorContains(t, n.CheckProfiles([]trt.Profile{bad}), want)
	}
	require.ErrorContains(t, n.CheckProfiles(nil), "is read as dimensions but there is no optimization profile")
}

func TestInputsWithinTheirValues(t *testing.T) {
	p := []trt.Profile{{"shape": {Values: &trt.ValueRange{Min: []int64{1, 1}, Opt: []int64{6, 4}, Max: []int64{24, 24}}}}}
	in := func(v ...int64) map[string]*trt.Value {
		return map[string]*trt.Value{"shape": {Type: dtype.Int64, Dims: trt.Dims{2}, Ints: v}}
	}
	require.NoError(t, trt.CheckInputs(p, in(4, 6)))
	require.ErrorContains(t, trt.CheckInputs(p, in(1, 25)), "input shape: element 1 is 25, allowed are 1 to 24")
}

// TensorRT wants to know dimensions before the network runs.
func TestWhatIsNoShape(t *testing.T) {
	for want, f := range map[string]func(n *trt.Network, x *trt.Tensor) *trt.Tensor{
		"must be computed from dimensions": func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			sum := n.AddReduce("sum", x, trt.Reduce{Operation: trt.ReduceSum, Axes: []int{1}})
			return n.AddCast("cast", sum, dtype.Int64)
		},
		"it divides by zero": func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("div", n.AddConstant("a", list(24)), n.AddConstant("b", list(0)), trt.Div)
		},
		"are not computed by a relu of integers": func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			return n.AddActivation("relu", n.AddConstant("a", list(4, 6)), trt.Activation{Type: trt.ReLU})
		},
		"index 2 is out of range": func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			return n.AddGather("take", n.AddConstant("a", list(4, 6)), n.AddConstant("b", list(2)), trt.Gather{Mode: trt.GatherDefault})
		},
	} {
		n := trt.NewNetwork("n", trt.Target{})
		x := n.AddInput("x", dtype.Float32, trt.Dims{2, 12})
		n.AddReshape("reshape", x, f(n, x))
		require.ErrorContains(t, n.Err(), want)
		require.ErrorContains(t, n.Err(), "layer reshape (shuffle): shape")
	}
}

func TestElementsAreKept(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{trt.Dynamic, 3})
	s := n.AddShape("shape", x)
	require.Equal(t, []trt.Element{{}, {Known: true, Int: 3}}, s.Values)
	y := n.AddConcatenation("cat", 0, n.AddConstant("minus", list(-1)), s)
	require.Equal(t, []trt.Element{{Known: true, Int: -1}, {}, {Known: true, Int: 3}}, y.Values)
	require.Equal(t, y.Values, y.Info().Values)
	require.Nil(t, x.Values)
	long := n.AddConstant("long", list(make([]int64, 65)...))
	require.Nil(t, long.Values)
	require.NoError(t, n.Err())
}

// TestElementsThatAreKnown follows elements where a rule went astray: a batch of
// indices that stretches, bytes of bools other than 0 and 1, lengths from a ramp,
// a permutation of nothing.
func TestElementsThatAreKnown(t *testing.T) {
	ints := func(n *trt.Network, name string, dims trt.Dims, v ...int64) *trt.Tensor {
		var raw []byte
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(x))
		}
		return n.AddConstant(name, trt.RawWeights(dtype.Int64, dims, raw))
	}
	values := func(t *testing.T, x *trt.Tensor, n *trt.Network) (all []int64) {
		t.Helper()
		require.NoError(t, n.Err())
		for _, e := range x.Values {
			require.True(t, e.Known)
			all = append(all, e.Int)
		}
		return all
	}
	n := trt.NewNetwork("n", trt.Target{})
	data, index := ints(n, "data", trt.Dims{3, 2}, 10, 11, 20, 21, 30, 31), ints(n, "index", trt.Dims{1, 2}, 1, 0)
	batched := n.AddGather("batched", data, index, trt.Gather{Mode: trt.GatherDefault, Axis: 1, BatchDims: 1})
	require.Equal(t, []int64{11, 10, 21, 20, 31, 30}, values(t, batched, n))
	one, rows := ints(n, "one", trt.Dims{1, 2}, 7, 8), ints(n, "rows", trt.Dims{3, 1}, 1, 0, -1)
	require.Equal(t, []int64{8, 7, 8}, values(t, n.AddGather("stretched", one, rows, trt.Gather{Mode: trt.GatherDefault, Axis: 1, BatchDims: 1}), n))

	two := n.AddConstant("two", trt.RawWeights(dtype.Bool, trt.Dims{1}, []byte{2}))
	require.Equal(t, []int64{0}, values(t, n.AddUnary("not", two, trt.Not), n))
	require.Equal(t, []int64{5, 6}, values(t, n.AddShuffle("same", ints(n, "list", trt.Dims{2}, 5, 6), trt.Shuffle{FirstTranspose: []int{}}), n))
	ramp := n.AddFill("ramp", trt.Fill{Operation: trt.FillLinspace, Type: dtype.Int64, Dims: trt.Dims{2}, Alpha: 3, Beta: 1})
	require.Equal(t, []trt.Element{{Known: true, Int: 3}, {Known: true, Int: 4}}, ramp.Values)
	require.Equal(t, trt.Dims{2, 3}, n.AddExpand("wide", ints(n, "row", trt.Dims{1, 3}, 1, 2, 3), trt.Dims{2, trt.Dynamic}).Dims)
	require.NoError(t, n.Err())
	n.AddAssertion("never", n.AddUnary("no", two, trt.Not), "no")
	require.ErrorContains(t, n.Err(), "condition: does not hold")
}
