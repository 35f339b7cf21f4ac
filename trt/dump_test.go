package trt_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o777))
		require.NoError(t, os.WriteFile(path, got, 0o666))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// everyKind is a network with a layer of each kind.
func everyKind(t testing.TB) *trt.Network {
	w := func(dims ...int64) *trt.Weights {
		return trt.NewWeights(dims, patterned(int(trt.Dims(dims).Count())), trt.Origin{File: "m.wts", Tensor: "t"})
	}
	n := trt.NewNetwork("every kind", trt.Target{ComputeCapabilities: []int{89, 86}})
	x := n.AddInput("images", dtype.Float32, trt.Dims{trt.Dynamic, 3, 16, 16})
	y := n.AddConvolution("stem/conv", x, trt.Convolution{OutChannels: 4, Kernel: trt.Dims{3, 3}, PrePadding: trt.Dims{1, 1}, PostPadding: trt.Dims{1, 1}, Weight: w(4, 3, 3, 3), Bias: w(4)})
	y = n.AddBatchNorm("stem/bn", y, trt.BatchNorm{Eps: 1e-5, Mean: w(4), Var: w(4)})
	y = n.AddActivation("stem/relu", y, trt.Activation{Type: trt.LeakyReLU, Alpha: 0.1})
	y = n.AddPooling("stem/pool", y, trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{2, 2}, Stride: trt.Dims{2, 2}})
	y = n.AddScale("scale", y, trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: w(4)})
	y = n.AddDeconvolution("up", y, trt.Deconvolution{OutChannels: 4, Kernel: trt.Dims{2, 2}, Stride: trt.Dims{2, 2}, Weight: w(4, 4, 2, 2)})
	z := n.AddResize("resize", y, trt.Resize{Scales: []float32{1, 1, 0.5, 0.5}})
	z = n.AddPadding("pad", z, trt.Padding{PrePadding: trt.Dims{4, 4}, PostPadding: trt.Dims{4, 4}})
	y = n.AddConcatenation("cat", 1, y, z)
	y = n.AddElementWise("add", y, n.AddConstant("one", trt.NewWeights(trt.Dims{1, 1, 1, 1}, trt.Float32s{1})), trt.Sum)
	y = n.AddUnary("exp", y, trt.Exp)
	y = n.AddSlice("crop", y, trt.Slice{Axes: []int{2, 3}, Start: trt.Dims{1, 1}, Size: trt.Dims{4, 4}})
	y = n.AddReduce("mean", y, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{2}, KeepDims: true})
	y = n.AddSqueeze("squeeze", y, 2)
	y = n.AddUnsqueeze("unsqueeze", y, 2)
	y = n.AddShuffle("flatten", y, trt.Shuffle{FirstTranspose: []int{0, 2, 3, 1}, Reshape: trt.Dims{0, -1}})
	y = n.AddMatrixMultiply("fc", y, trt.MatrixNone, n.AddConstant("fc/weight", w(10, 32)), trt.MatrixTranspose)
	y = n.AddSoftmax("softmax", y, 1)
	y = n.AddGather("pick", y, n.AddConstant("index", trt.RawWeights(dtype.Int32, trt.Dims{2}, []byte{1, 0, 0, 0, 3, 0, 0, 0})), trt.Gather{Mode: trt.GatherDefault, Axis: 1})
	n.MarkOutput(n.AddCast("half", y, dtype.Float16), "scores")
	n.MarkOutput(n.AddIdentity("copy", y), "copied")
	require.NoError(t, n.Validate())
	return n
}

// withoutWeights is a network of every layer that holds none, for fuzzing.
func withoutWeights(t testing.TB) *trt.Network {
	n := trt.NewNetwork("no weights", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{trt.Dynamic, 4, 8, 8})
	i := n.AddInput("i", dtype.Int32, trt.Dims{2})
	y := n.AddPooling("pool", x, trt.Pooling{Type: trt.AveragePool, Window: trt.Dims{3, 2}, Stride: trt.Dims{2, 2}, RoundUp: true})
	y = n.AddActivation("act", y, trt.Activation{Type: trt.Clip, Beta: 6})
	y = n.AddResize("resize", y, trt.Resize{Scales: []float32{1, 1, 2.5, 1.5}, Mode: trt.ResizeLinear})
	y = n.AddPadding("pad", y, trt.Padding{PrePadding: trt.Dims{1, -1}, PostPadding: trt.Dims{0, 2}})
	y = n.AddSlice("slice", y, trt.Slice{Axes: []int{2}, Start: trt.Dims{5}, Size: trt.Dims{3}, Stride: trt.Dims{-2}})
	y = n.AddConcatenation("cat", 2, y, y)
	y = n.AddElementWise("max", y, n.AddUnary("neg", y, trt.Neg), trt.Max)
	y = n.AddShuffle("shuffle", y, trt.Shuffle{FirstTranspose: []int{0, 2, 3, 1}, Reshape: trt.Dims{0, 3, 2, -1}, SecondTranspose: []int{0, 3, 1, 2}})
	y = n.AddReduce("mean", y, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{2}, KeepDims: true})
	y = n.AddSqueeze("squeeze", y, 2)
	y = n.AddMatrixMultiply("gram", y, trt.MatrixNone, y, trt.MatrixTranspose)
	y = n.AddGather("gather", n.AddSoftmax("softmax", y, 2), i, trt.Gather{Mode: trt.GatherDefault, Axis: 1})
	n.MarkOutput(n.AddCast("cast", n.AddIdentity("same", n.AddUnsqueeze("unsqueeze", y, 0)), dtype.BFloat16), "y")
	require.NoError(t, n.Validate())
	return n
}

func canonical(t *testing.T, n *trt.Network) []byte {
	var b bytes.Buffer
	require.NoError(t, n.WriteJSON(&b))
	return b.Bytes()
}

func TestDumpGolden(t *testing.T) {
	m, mem, err := trt.Materialize(context.Background(), everyKind(t))
	require.NoError(t, err)
	defer mem.Close()
	golden(t, "every_kind.json", canonical(t, m))
	golden(t, "no_weights.json", canonical(t, withoutWeights(t)))
	var text, dot bytes.Buffer
	require.NoError(t, m.WriteText(&text))
	golden(t, "every_kind.txt", text.Bytes())
	require.NoError(t, m.WriteDOT(&dot))
	golden(t, "every_kind.dot", dot.Bytes())
}

func TestDumpAndLoad(t *testing.T) {
	n := everyKind(t)
	dir := t.TempDir()
	require.NoError(t, n.Dump(dir))
	back, err := trt.LoadDump(dir)
	require.NoError(t, err)
	m, mem, err := trt.Materialize(context.Background(), n)
	require.NoError(t, err)
	defer mem.Close()
	require.Equal(t, string(canonical(t, m)), string(canonical(t, back)))
	for i, l := range m.Layers() {
		for j, o := range l.Op.Weights() {
			if got := back.Layers()[i].Op.Weights()[j]; o.Weights != nil {
				require.Equal(t, o.Weights.Bytes(), got.Weights.Bytes())
			} else {
				require.Nil(t, got.Weights)
			}
		}
	}
	files, err := os.ReadDir(filepath.Join(dir, "weights"))
	require.NoError(t, err)
	require.Len(t, files, len(distinct(m)))
	a, err := m.Hash()
	require.NoError(t, err)
	b, err := back.Hash()
	require.NoError(t, err)
	require.Equal(t, a, b)
}

// Weights of 4 bits are packed, in memory and in files, whatever they are more
// than one chunk of.
func TestPackedWeights(t *testing.T) {
	n := trt.NewNetwork("packed", trt.Target{})
	scale := n.AddConstant("scale", trt.NewWeights(trt.Dims{}, trt.Float32s{0.5}))
	raws := map[string][]byte{}
	for _, ty := range []dtype.Type{dtype.Int4, dtype.Float4E2M1FN} {
		raw := make([]byte, 45_001)
		for i := range raw {
			raw[i] = byte(i * 37)
		}
		name := ty.String()
		raws[name] = raw
		c := n.AddConstant(name, trt.RawWeights(ty, trt.Dims{90_002}, raw))
		n.MarkOutput(n.AddDequantize(name+"/out", c, scale, trt.Dequantize{To: dtype.Float32}), name+" out")
	}
	require.NoError(t, n.Validate())
	m, mem, err := trt.Materialize(context.Background(), n)
	require.NoError(t, err)
	defer mem.Close()
	dir := t.TempDir()
	require.NoError(t, n.Dump(dir))
	back, err := trt.LoadDump(dir)
	require.NoError(t, err)
	for _, held := range []*trt.Network{m, back} {
		for _, l := range held.Layers() {
			if raw := raws[l.Name]; raw != nil {
				require.Equal(t, raw, l.Op.Weights()[0].Weights.Bytes())
			}
		}
	}
	bad := trt.NewNetwork("bad", trt.Target{})
	bad.AddConstant("short", trt.RawWeights(dtype.Int4, trt.Dims{5}, make([]byte, 2)))
	require.ErrorContains(t, bad.Err(), "hold the wrong number of bytes: expected 3, found 2")
}

func distinct(n *trt.Network) map[[32]byte]bool {
	seen := map[[32]byte]bool{}
	for _, l := range n.Layers() {
		for _, o := range l.Op.Weights() {
			if o.Weights != nil {
				seen[o.Weights.Digest()] = true
			}
		}
	}
	return seen
}

func TestHashTellsNetworksApart(t *testing.T) {
	hash := func(name string, target trt.Target, w *trt.Weights) [32]byte {
		n := trt.NewNetwork("n", target)
		n.MarkOutput(n.AddConstant(name, w), "y")
		m, mem, err := trt.Materialize(context.Background(), n)
		require.NoError(t, err)
		defer mem.Close()
		h, err := m.Hash()
		require.NoError(t, err)
		return h
	}
	base := hash("c", trt.Target{}, ones(2))
	require.Equal(t, base, hash("c", trt.Target{}, ones(2)))
	require.Equal(t, base, hash("c", trt.Target{}, ones(2).As(dtype.Float16).As(dtype.Float32)))
	require.NotEqual(t, base, hash("d", trt.Target{}, ones(2)))
	require.NotEqual(t, base, hash("c", trt.Target{ComputeCapabilities: []int{86}}, ones(2)))
	require.NotEqual(t, base, hash("c", trt.Target{}, ones(2).As(dtype.Float16)))
	require.NotEqual(t, base, hash("c", trt.Target{}, trt.NewWeights(trt.Dims{2}, trt.Float32s{1, 2})))
}

func TestLoadRefusesWhatIsNoDump(t *testing.T) {
	good := string(canonical(t, materialized(t, everyKind(t))))
	weights := func(trt.WeightsRef) ([]byte, error) { return nil, nil }
	for name, c := range map[string]struct{ from, to, want string }{
		"no JSON":        {`^.*\n`, `<html>`, "not the JSON of a network"},
		"schema":         {`network/1`, `network/2`, `expected schema "trtbuild.network/1"`},
		"product":        {`TensorRT-RTX`, `TensorTR`, `unknown product`},
		"element type":   {`"float32"`, `"float33"`, `unknown element type`},
		"kind":           {`"kind":"convolution"`, `"kind":"convolutoin"`, `unknown kind of layer "convolutoin"`},
		"parameter":      {`"out_channels"`, `"channels_out"`, `unknown field "channels_out"`},
		"tensor":         {`"inputs":\["images"\]`, `"inputs":["pixels"]`, `no tensor "pixels"`},
		"operand":        {`"operand":"bias"`, `"operand":"bais"`, `layer stem/conv: weights that a layer of kind convolution does not have`},
		"digest":         {`"sha256":"[0-9a-f]+"`, `"sha256":"../../passwd"`, `"../../passwd" is no SHA-256`},
		"wrong bytes":    {`"sha256":"....`, `"sha256":"0000`, `layer stem/conv: kernel weights: dumped network: expected SHA-256 0000`},
		"output":         {`"outputs":\["scores"`, `"outputs":["stores"`, `no tensor "stores"`},
		"input as layer": {`"name":"stem/conv"`, `"name":""`, `is empty`},
	} {
		t.Run(name, func(t *testing.T) {
			re := regexp.MustCompile(c.from)
			require.Regexp(t, re, good)
			first := true
			bad := re.ReplaceAllStringFunc(good, func(s string) string {
				if !first {
					return s
				}
				first = false
				return c.to
			})
			read := weights
			if name != "wrong bytes" {
				read = bytesOf(t)
			}
			_, err := trt.ReadJSON(strings.NewReader(bad), read)
			require.ErrorContains(t, err, c.want)
			require.NotEqual(t, fault.Bug, fault.Of(err))
		})
	}
}

func materialized(t *testing.T, n *trt.Network) *trt.Network {
	m, mem, err := trt.Materialize(context.Background(), n)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, mem.Close()) })
	return m
}

// bytesOf serves the weights of everyKind.
func bytesOf(t *testing.T) func(trt.WeightsRef) ([]byte, error) {
	by := map[string][]byte{}
	for _, l := range materialized(t, everyKind(t)).Layers() {
		for _, o := range l.Op.Weights() {
			if o.Weights != nil {
				by[fmt.Sprintf("%x", o.Weights.Digest())] = o.Weights.Bytes()
			}
		}
	}
	return func(ref trt.WeightsRef) ([]byte, error) { return by[ref.SHA256], nil }
}

func TestLoadDumpChecksTheSizeOfFiles(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, everyKind(t).Dump(dir))
	files, err := filepath.Glob(filepath.Join(dir, "weights", "*"))
	require.NoError(t, err)
	require.NoError(t, os.Truncate(files[0], 3))
	_, err = trt.LoadDump(dir)
	require.ErrorContains(t, err, "found 3")
	require.Equal(t, fault.BadInput, fault.Of(err))
	_, err = trt.LoadDump(t.TempDir())
	require.Equal(t, fault.BadInput, fault.Of(err))
}

// FuzzReadJSON: whatever is read is refused, or is a network that reads back as
// itself. Networks with weights end at the digests that fuzzing cannot know.
func FuzzReadJSON(f *testing.F) {
	for _, file := range []string{"every_kind.json", "no_weights.json", "plugin.json"} {
		raw, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(f, err)
		f.Add(raw)
	}
	var flow bytes.Buffer
	require.NoError(f, controlFlow(f).WriteJSON(&flow))
	f.Add(flow.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := trt.ReadJSON(bytes.NewReader(raw), func(trt.WeightsRef) ([]byte, error) { return nil, errors.New("none") })
		if err != nil {
			return
		}
		once := canonical(t, n)
		again, err := trt.ReadJSON(bytes.NewReader(once), nil)
		require.NoError(t, err)
		require.Equal(t, string(once), string(canonical(t, again)))
	})
}

func TestTextOfEquation(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{2, 3})
	n.MarkOutput(n.AddEinsum("sum", "ij->j", x), "y")
	require.NoError(t, n.Err())
	var text bytes.Buffer
	require.NoError(t, n.WriteText(&text))
	require.Contains(t, text.String(), "equation=ij->j")
}
