package precision_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

var update = flag.Bool("update", false, "rewrite golden files")

// branches is a network in which tensors are shared by FP16 and FP32 layers.
func branches() *trt.Network {
	n := trt.NewNetwork("branches", trt.Target{})
	x := image(n)
	a := conv(n, "a", x, kernel(gaussian(0.06)), nil)
	b := conv(n, "b", a, kernel(gaussian(0.06)), nil)
	c := conv(n, "c", a, kernel(gaussian(0.06)), nil)
	d := conv(n, "d", a, kernel(gaussian(0.06)), nil)
	bias := n.AddConstant("bias", trt.NewWeights(trt.Dims{1, 64, 1, 1}, values(3, 64, gaussian(1))))
	e := n.AddElementWise("e", b, bias, trt.Sum)
	f := n.AddElementWise("f", c, bias, trt.Sum)
	g := n.AddElementWise("g", d, e, trt.Sum)
	shape := n.AddShuffle("flat", n.AddElementWise("h", f, g, trt.Sum), trt.Shuffle{Reshape: trt.Dims{0, -1}})
	n.MarkOutput(a, "features")
	n.MarkOutput(shape, "logits")
	return n
}

func TestApplySharesCasts(t *testing.T) {
	p, typed := plan(t, branches(), precision.Options{FP16: true, KeepFP32: []string{"c", "d", "f"}})
	var got []string
	for _, l := range typed.Layers() {
		in := make([]string, len(l.Inputs))
		for i, x := range l.Inputs {
			in[i] = x.Name
		}
		got = append(got, l.Name+" "+l.Outputs[0].Type.String()+" <- "+strings.Join(in, ", "))
	}
	require.Equal(t, []string{
		"x/to_float16 float16 <- x",
		"a float16 <- x/to_float16",
		"features/to_float32 float32 <- a",
		"b float16 <- a",
		"c float32 <- features",
		"d float32 <- features",
		"bias float16 <- ",
		"e float16 <- b, bias",
		"bias/to_float32 float32 <- ",
		"f float32 <- c, bias/to_float32",
		"d/hold_float32 float32 <- d",
		"d/to_float16 float16 <- d/hold_float32",
		"g float16 <- d/to_float16, e",
		"f/to_float16 float16 <- f",
		"h float16 <- f/to_float16, g",
		"flat float16 <- h",
		"logits/to_float32 float32 <- flat",
	}, got)
	require.Equal(t, 5, p.Casts)
	for _, o := range typed.Outputs() {
		require.Equal(t, dtype.Float32, o.Type)
	}
	require.Equal(t, "features", typed.Outputs()[0].Name)
	require.Equal(t, "logits", typed.Outputs()[1].Name)
}

// Half weights are those of another implementation of rounding, value by value.
func TestHalfWeightsArePlainlyRounded(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	w := kernel(func(i int64, z float64) float64 { return z * math.Ldexp(1, -int(i%36)) })
	n.MarkOutput(conv(n, "conv", image(n), w, nil), "y")
	_, typed := plan(t, n, precision.Options{FP16: true})
	held, mem, err := trt.Materialize(context.Background(), typed)
	require.NoError(t, err)
	defer mem.Close()
	l, _ := held.Layer("conv")
	raw := l.Op.Weights()[0].Weights.Bytes()
	want := make([]float32, w.Count())
	require.NoError(t, w.Values().ReadFloat32(want, 0))
	require.Len(t, raw, 2*len(want))
	flushed := 0
	for i, v := range want {
		h := float16.Fromfloat32(v)
		require.Equal(t, h.Bits(), uint16(raw[2*i])|uint16(raw[2*i+1])<<8, "%g", v)
		if h.Bits()&0x7fff == 0 {
			flushed++
		}
	}
	require.NotZero(t, flushed)
}

func TestApplyRefusesForeignPlans(t *testing.T) {
	p, _ := plan(t, branches(), precision.Options{FP16: true})
	n := trt.NewNetwork("other", trt.Target{})
	n.MarkOutput(relu(n, "r", image(n)), "y")
	_, err := precision.Apply(n, p)
	require.ErrorContains(t, err, "no decision on layer r")
}

func TestExplainIsByteStable(t *testing.T) {
	render := func() []byte {
		p, _ := plan(t, chain(19, 1, same, name), precision.Options{FP16: true, TF32: true, KeepFP32: []string{"conv4"}})
		raw, err := json.Marshal(p)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, json.Indent(&b, raw, "", "  "))
		b.WriteByte('\n')
		return b.Bytes()
	}
	got := render()
	require.Equal(t, got, render())
	if *update {
		require.NoError(t, os.WriteFile("testdata/explain.json", got, 0o644))
	}
	want, err := os.ReadFile("testdata/explain.json")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// TestTypedNetworksAnswerLikePyTorch runs typed ResNet-50s, healthy and with a
// planted fault, against PyTorch's float64 outputs for the healthy one.
func TestTypedNetworksAnswerLikePyTorch(t *testing.T) {
	raw, err := os.ReadFile("../../testdata/zoo/resnet50.json")
	require.NoError(t, err)
	var want struct {
		Seed  uint64
		Input struct {
			Seed  uint64
			Shape []int64
		}
		Shape  []int64
		Values []float64
	}
	require.NoError(t, json.Unmarshal(raw, &want))
	x := checkpoint.Tensor{Name: "input", Shape: want.Input.Shape, Kind: checkpoint.Input}
	v := &trt.Value{Type: dtype.Float32, Dims: x.Shape, Floats: make([]float32, x.Count())}
	checkpoint.Fill(x, want.Input.Seed, 0, v.Floats)
	sized := zoo.Options{Batch: zoo.Batch{Min: x.Shape[0], Opt: x.Shape[0], Max: x.Shape[0]}, Height: x.Shape[2], Width: x.Shape[3]}
	for name, factor := range map[string]map[string]float32{
		"healthy": nil,
		"planted": {"layer2.1.bn1.weight": pow2(-24), "layer2.1.bn1.bias": pow2(-24), "layer2.1.conv2.weight": pow2(24)},
	} {
		t.Run(name, func(t *testing.T) {
			p, n := decideSized(t, planted{generated(t, "resnet50"), factor}, sized, precision.Options{FP16: true})
			typed, err := precision.Apply(n, p)
			require.NoError(t, err)
			out, err := refexec.Run(context.Background(), typed, map[string]*trt.Value{typed.Inputs()[0].Name: v}, refexec.Options{})
			require.NoError(t, err)
			got := out[typed.Outputs()[0].Name]
			require.Equal(t, trt.Dims(want.Shape), got.Dims)
			classes := int(want.Shape[1])
			for row := range int(want.Shape[0]) {
				c := cosine(want.Values[row*classes:][:classes], got.Floats[row*classes:][:classes])
				require.Greater(t, c, 0.9999, "image %d", row)
			}
		})
	}
}

// cosine is that of the centred vectors.
func cosine(a []float64, b []float32) float64 {
	var ma, mb float64
	for i := range a {
		ma += a[i] / float64(len(a))
		mb += float64(b[i]) / float64(len(a))
	}
	var ab, aa, bb float64
	for i := range a {
		x, y := a[i]-ma, float64(b[i])-mb
		ab += x * y
		aa += x * x
		bb += y * y
	}
	return ab / math.Sqrt(aa*bb)
}
