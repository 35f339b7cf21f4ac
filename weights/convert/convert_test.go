package convert_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/convert"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/safetensors"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// stored is a safetensors file of one tensor a pair: a type of that format and
// its values.
func stored(t *testing.T, tensors ...any) weights.Map {
	t.Helper()
	header := map[string]any{}
	var data bytes.Buffer
	for i := 0; i < len(tensors); i += 2 {
		begin := data.Len()
		require.NoError(t, binary.Write(&data, binary.LittleEndian, tensors[i+1]))
		n := binary.Size(tensors[i+1])
		size := map[string]int{"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U8": 1, "BOOL": 1, "C64": 8}[tensors[i].(string)]
		header[fmt.Sprintf("t%d", i/2)] = map[string]any{"dtype": tensors[i], "shape": []int{n / size}, "data_offsets": []int{begin, data.Len()}}
	}
	text, err := json.Marshal(header)
	require.NoError(t, err)
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	b = append(append(b, text...), data.Bytes()...)
	m, err := safetensors.Read(bytes.NewReader(b), int64(len(b)), "in.safetensors")
	require.NoError(t, err)
	return m
}

func floats(t *testing.T, m weights.Map, name string) []float32 {
	t.Helper()
	tensor, ok := m.Tensor(name)
	require.True(t, ok, name)
	v := make([]float32, tensor.Count)
	require.NoError(t, tensor.ReadFloat32(v, 0))
	return v
}

func readWTS(t *testing.T, b []byte) *wts.File {
	t.Helper()
	f, err := wts.Read(bytes.NewReader(b), int64(len(b)), "out.wts")
	require.NoError(t, err)
	return f
}

var ctx = context.Background()

func small() weights.Map {
	return weightstest.New("in.wts", []weightstest.Tensor{
		{Name: "module.conv.weight", Count: 6, Shape: []int64{2, 3}, Values: []float32{1, -2, 0.5, 3, 1e-9, 65504}},
		{Name: "module.bn.num_batches_tracked", Count: 1, Shape: []int64{}, Values: []float32{12}},
		{Name: "module.fc.bias", Count: 2, Values: []float32{7, 8}},
	})
}

func rule(t *testing.T, s string) convert.Rule {
	t.Helper()
	r, err := convert.ParseRule(s)
	require.NoError(t, err)
	return r
}

func TestEachFormatHoldsTheValues(t *testing.T) {
	for _, f := range []convert.Format{"", "a1", "a2", "a3", "b", "wts2", "safetensors"} {
		t.Run(string(f), func(t *testing.T) {
			var b bytes.Buffer
			res, err := convert.Convert(ctx, small(), &b, convert.Options{Format: f, Rename: []convert.Rule{rule(t, `s/^module\.//`)}})
			require.NoError(t, err)
			require.Equal(t, 3, res.Tensors)
			require.EqualValues(t, 9, res.Values)
			require.EqualValues(t, b.Len(), res.Bytes)
			require.Empty(t, res.Rounded)
			require.Len(t, res.Renamed, 3)
			var m weights.Map
			if f == convert.SafeTensors {
				m, err = safetensors.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "out")
				require.NoError(t, err)
			} else {
				m = readWTS(t, b.Bytes())
			}
			require.Equal(t, []string{"conv.weight", "bn.num_batches_tracked", "fc.bias"}, m.Names())
			require.Equal(t, []float32{1, -2, 0.5, 3, 1e-9, 65504}, floats(t, m, "conv.weight"))
			require.Equal(t, []float32{7, 8}, floats(t, m, "fc.bias"))
			w, _ := m.Tensor("conv.weight")
			if f == convert.SafeTensors || f == convert.WTS2 {
				require.Equal(t, []int64{2, 3}, w.Shape)
				require.Nil(t, res.Shapes)
				require.Equal(t, 1, res.Flat)
			} else {
				require.Equal(t, wts.Shapes{"conv.weight": {2, 3}, "bn.num_batches_tracked": {}}, res.Shapes)
				require.Zero(t, res.Flat)
			}
		})
	}
}

func TestSelect(t *testing.T) {
	for _, c := range []struct {
		globs []string
		want  []string
	}{
		{nil, []string{"module.conv.weight", "module.bn.num_batches_tracked", "module.fc.bias"}},
		{[]string{"*.weight", "module.fc.*"}, []string{"module.conv.weight", "module.fc.bias"}},
		{[]string{"!*.num_batches_tracked"}, []string{"module.conv.weight", "module.fc.bias"}},
		{[]string{"module.*", "!*.bias"}, []string{"module.conv.weight", "module.bn.num_batches_tracked"}},
		{[]string{"module?fc?bias"}, []string{"module.fc.bias"}},
	} {
		var b bytes.Buffer
		res, err := convert.Convert(ctx, small(), &b, convert.Options{Select: c.globs})
		require.NoError(t, err)
		require.Equal(t, c.want, readWTS(t, b.Bytes()).Names())
		require.Len(t, res.Dropped, 3-len(c.want))
	}
	for globs, want := range map[string]string{"module": `no tensor of the file fits "module"`, "!*": "no tensor is left to write"} {
		_, err := convert.Convert(ctx, small(), new(bytes.Buffer), convert.Options{Select: []string{globs}})
		require.ErrorContains(t, err, want)
		require.Equal(t, fault.Usage, fault.Of(err))
	}
}

func TestRenamesMustNotCollide(t *testing.T) {
	_, err := convert.Convert(ctx, small(), new(bytes.Buffer), convert.Options{Rename: []convert.Rule{rule(t, "s/^.*$/x/")}})
	require.EqualError(t, err, `tensors "module.conv.weight" and "module.bn.num_batches_tracked" would both be named "x"; change the rules or leave one out`)
	require.Equal(t, fault.Usage, fault.Of(err))
	_, err = convert.Convert(ctx, small(), new(bytes.Buffer), convert.Options{Rename: []convert.Rule{rule(t, "s/[.]/ /")}})
	require.ErrorContains(t, err, `tensor name "module conv.weight" cannot be written`)
}

// TestWhatFloat32HoldsIsWritten: the values at the edges of what is exact.
func TestWhatFloat32HoldsIsWritten(t *testing.T) {
	m := stored(t,
		"I64", []int64{math.MinInt64, 1 << 24, -(1 << 24), 1 << 62, 4821},
		"U64", []uint64{1 << 63, 0},
		"I32", []int32{math.MinInt32, 1 << 30},
		"U32", []uint32{1 << 31, 0xffffff00},
		"F64", []float64{0.5, math.Inf(-1), math.NaN(), math.MaxFloat32, 0x1p-149, math.Copysign(0, -1)},
		"I16", []int16{-32768, 32767}, "U8", []uint8{255}, "BOOL", []bool{true, false}, "F16", []uint16{1, 0x7c00}, "BF16", []uint16{0x3f80})
	var b bytes.Buffer
	res, err := convert.Convert(ctx, m, &b, convert.Options{})
	require.NoError(t, err)
	require.Empty(t, res.Rounded)
	f := readWTS(t, b.Bytes())
	require.Equal(t, []float32{-0x1p63, 0x1p24, -0x1p24, 0x1p62, 4821}, floats(t, f, "t0"))
	require.Equal(t, []float32{0x1p63, 0}, floats(t, f, "t1"))
	require.Equal(t, []float32{-0x1p31, 0x1p30}, floats(t, f, "t2"))
	require.Equal(t, []float32{0x1p31, 0xffffff00}, floats(t, f, "t3"))
	doubles := floats(t, f, "t4")
	require.True(t, math.IsNaN(float64(doubles[2])))
	require.Equal(t, []float32{math.MaxFloat32, 0x1p-149}, doubles[3:5])
	require.Equal(t, uint32(1<<31), math.Float32bits(doubles[5]))
	require.Equal(t, []float32{-32768, 32767}, floats(t, f, "t5"))
	require.Equal(t, []float32{255}, floats(t, f, "t6"))
	require.Equal(t, []float32{1, 0}, floats(t, f, "t7"))
	require.Equal(t, []float32{0x1p-24, float32(math.Inf(1))}, floats(t, f, "t8"))
}

// TestWhatFloat32DoesNotHoldIsNamed, and nearest where that is allowed.
func TestWhatFloat32DoesNotHoldIsNamed(t *testing.T) {
	for _, c := range []struct {
		dtype  string
		values any
		want   string
		become float32 // 0: not even with AllowRounding
	}{
		{"I64", []int64{7, 1<<24 + 1, 1<<24 + 3}, "element 1 is 16777217 (int64) and would become 1.6777216e+07 (float32)", 0x1p24},
		{"I64", []int64{7, math.MaxInt64}, "element 1 is 9223372036854775807 (int64)", 0x1p63},
		{"U64", []uint64{7, math.MaxUint64}, "element 1 is 18446744073709551615 (uint64)", 0x1p64},
		{"I32", []int32{7, math.MinInt32 + 1}, "element 1 is -2147483647 (int32)", -0x1p31},
		{"U32", []uint32{7, math.MaxUint32}, "element 1 is 4294967295 (uint32)", 0x1p32},
		{"F64", []float64{7, 0.1}, "element 1 is 0.1 (float64) and would become 0.1 (float32)", 0.1},
		{"F64", []float64{7, 1e300}, "element 1 is 1e+300 (float64) and would become +Inf (float32)", 0},
	} {
		m := stored(t, c.dtype, c.values)
		_, err := convert.Convert(ctx, m, new(bytes.Buffer), convert.Options{})
		require.ErrorContains(t, err, `in.safetensors: tensor "t0": `+c.want)
		require.Equal(t, fault.Unsupported, fault.Of(err))

		var b bytes.Buffer
		res, err := convert.Convert(ctx, m, &b, convert.Options{AllowRounding: true})
		if c.become == 0 {
			require.ErrorContains(t, err, c.want)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, c.become, floats(t, readWTS(t, b.Bytes()), "t0")[1])
		require.Len(t, res.Rounded, 1)
		require.Equal(t, "t0", res.Rounded[0].Tensor)
		require.Equal(t, dtype.Float32, res.Rounded[0].To)

		// Its own type is kept where the format has it.
		b.Reset()
		res, err = convert.Convert(ctx, m, &b, convert.Options{Format: convert.SafeTensors})
		require.NoError(t, err)
		require.Empty(t, res.Rounded)
	}
}

func TestFirstLossIsNamedWhateverTheCores(t *testing.T) {
	v := make([]int64, 9*weights.ChunkLen)
	for _, i := range []int{2*weights.ChunkLen + 5, 2*weights.ChunkLen + 9, 7 * weights.ChunkLen} {
		v[i] = 1<<40 + 1
	}
	m := stored(t, "I64", v)
	for range 20 {
		_, err := convert.Convert(ctx, m, new(bytes.Buffer), convert.Options{})
		require.ErrorContains(t, err, fmt.Sprintf("element %d is 1099511627777", 2*weights.ChunkLen+5))
	}
}

func TestHalf(t *testing.T) {
	m := stored(t, "F32", []float32{1, 0.1, 1e-9, 65519, float32(math.Inf(1)), -0x1p-24}, "I64", []int64{4821}, "F64", []float64{0x1p-40, 1 + 0x1p-40, 2})
	for _, f := range []convert.Format{"b", convert.WTS2, convert.SafeTensors} {
		var b bytes.Buffer
		res, err := convert.Convert(ctx, m, &b, convert.Options{Format: f, Half: true})
		require.NoError(t, err)
		require.Equal(t, []convert.Loss{
			{Tensor: "t0", From: dtype.Float32, To: dtype.Float16, Count: 3, Flushed: 1},
			{Tensor: "t2", From: dtype.Float64, To: dtype.Float16, Count: 2, Flushed: 1},
		}, res.Rounded)
		var out weights.Map
		if f == convert.SafeTensors {
			out, err = safetensors.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "out")
			require.NoError(t, err)
		} else {
			out = readWTS(t, b.Bytes())
		}
		w, _ := out.Tensor("t0")
		require.Equal(t, dtype.Float16, w.Type)
		require.Equal(t, []float32{1, 0.0999755859375, 0, 65504, float32(math.Inf(1)), -0x1p-24}, floats(t, out, "t0"))
		require.Equal(t, []float32{4821}, floats(t, out, "t1"))
		steps, _ := out.Tensor("t1")
		require.Equal(t, f == convert.SafeTensors, steps.Type == dtype.Int64)

		_, err = convert.Convert(ctx, stored(t, "F32", []float32{1, 65520}), &b, convert.Options{Format: f, Half: true, AllowRounding: true})
		require.ErrorContains(t, err, `in.safetensors: tensor "t0": element 1 is 65520 (float32) and would become +Inf (float16); leave the tensor out`)
	}
	_, err := convert.Convert(ctx, m, new(bytes.Buffer), convert.Options{Half: true})
	require.EqualError(t, err, "the dialect a1 has no float16; write .safetensors, .wts2 or the dialect b")
	_, err = convert.Convert(ctx, m, new(bytes.Buffer), convert.Options{Format: "c"})
	require.ErrorContains(t, err, `unknown dialect "c": expected one of [a1 a2 a3 b wts2], or safetensors`)
}

func TestComplexIsRefused(t *testing.T) {
	m := stored(t, "C64", []complex64{1i})
	_, err := convert.Convert(ctx, m, new(bytes.Buffer), convert.Options{})
	require.ErrorContains(t, err, `in.safetensors: tensor "t0": complex64 values have no place in a .wts file; leave the tensor out`)
	require.Equal(t, fault.Unsupported, fault.Of(err))
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestErrorsOfTheWriterAndTheContext(t *testing.T) {
	for _, f := range []convert.Format{convert.WTS, convert.SafeTensors} {
		_, err := convert.Convert(ctx, small(), full{}, convert.Options{Format: f})
		require.ErrorIs(t, err, errFull)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err = convert.Convert(ended, small(), new(bytes.Buffer), convert.Options{Format: f})
		require.ErrorIs(t, err, context.Canceled)
	}
}
