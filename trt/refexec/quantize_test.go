package refexec_test

import (
	"context"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// A product between quantize and dequantize is that of the integers, scaled: with
// scales that are powers of two and sums below 2^24, exactly.
func TestQuantizedProductsAreThoseOfIntegers(t *testing.T) {
	const m, k, n = 3, 40, 2
	net := trt.NewNetwork("integers", trt.Target{})
	scale := func(name string, v float32) *trt.Tensor {
		return net.AddConstant(name, trt.NewWeights(trt.Dims{}, trt.Float32s{v}))
	}
	through := func(name string, x, s *trt.Tensor) *trt.Tensor {
		q := net.AddQuantize(name+"/q", x, s, trt.Quantize{To: dtype.Int8})
		net.MarkOutput(net.AddIdentity(name+"/integers", q), name)
		return net.AddDequantize(name+"/dq", q, s, trt.Dequantize{To: dtype.Float32})
	}
	a := through("a", net.AddInput("x", dtype.Float32, trt.Dims{m, k}), scale("sa", 0.125))
	b := through("b", net.AddInput("w", dtype.Float32, trt.Dims{k, n}), scale("sb", 0.5))
	net.MarkOutput(net.AddMatrixMultiply("product", a, trt.MatrixNone, b, trt.MatrixNone), "y")

	fill := func(dims trt.Dims, step float32) *trt.Value {
		v := &trt.Value{Type: dtype.Float32, Dims: dims, Floats: make([]float32, dims.Count())}
		for i := range v.Floats {
			v.Floats[i] = float32(i%61-30) * step
		}
		return v
	}
	out, err := refexec.Run(context.Background(), net, map[string]*trt.Value{"x": fill(trt.Dims{m, k}, 0.77), "w": fill(trt.Dims{k, n}, 1.3)}, refexec.Options{})
	require.NoError(t, err)
	for i := range m {
		for j := range n {
			sum := int64(0)
			for l := range k {
				sum += out["a"].Ints[i*k+l] * out["b"].Ints[l*n+j]
			}
			require.InDelta(t, float64(sum)*0.125*0.5, out["y"].Floats[i*n+j], 0)
		}
	}
	require.Contains(t, out["a"].Ints, int64(127), "some values saturate")
	require.Contains(t, out["a"].Ints, int64(-128))
}

// What holds for some extents only is found out when the network runs.
func TestAssertions(t *testing.T) {
	n := trt.NewNetwork("assertions", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{trt.Dynamic})
	bound := n.AddConstant("bound", trt.RawWeights(dtype.Int64, trt.Dims{1}, binary.LittleEndian.AppendUint64(nil, 1)))
	n.AddAssertion("longer", n.AddElementWise("above", n.AddShape("shape", x), bound, trt.Greater), "x must be longer")
	n.MarkOutput(n.AddIdentity("copy", x), "y")
	require.NoError(t, n.Err())
	for extent := range int64(3) {
		_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": filled(trt.Dims{extent + 1})}, refexec.Options{})
		if extent > 0 {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, "layer longer: does not hold: x must be longer")
		require.Equal(t, fault.BadInput, fault.Of(err))
	}
}

// later is weights that no recorder reads.
type later struct{ trt.Float32s }

// A zero point in a file is looked at only when it is computed with.
func TestZeroPointsAreZeros(t *testing.T) {
	for _, c := range []struct {
		zero float32
		want string
	}{{0, ""}, {1, "has a zero point that is not zero"}} {
		net := trt.NewNetwork("zero points", trt.Target{})
		scale := net.AddConstant("scale", trt.NewWeights(trt.Dims{}, trt.Float32s{0.5}))
		zero := net.AddConstant("zero", trt.NewWeights(trt.Dims{}, later{trt.Float32s{c.zero}}))
		q := net.AddQuantize("q", net.AddInput("x", dtype.Float32, trt.Dims{2}), scale, trt.Quantize{To: dtype.Int8}, zero)
		net.MarkOutput(net.AddDequantize("dq", q, scale, trt.Dequantize{To: dtype.Float32}, zero), "y")
		require.NoError(t, net.Validate())
		x := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{2}, Floats: []float32{0.9, -3}}
		out, err := refexec.Run(context.Background(), net, map[string]*trt.Value{"x": x}, refexec.Options{})
		if c.want != "" {
			require.ErrorContains(t, err, c.want)
			require.Equal(t, fault.BadInput, fault.Of(err))
			continue
		}
		require.NoError(t, err)
		require.Equal(t, []float32{1, -3}, out["y"].Floats)
	}
}
