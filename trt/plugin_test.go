package trt_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

var enterprise = trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}}

// nms is what a plugin of four outputs looks like.
func nms() trt.PluginV3 {
	return trt.PluginV3{
		Creator: "EfficientNMS", Version: "1", Namespace: "lab",
		Fields: []trt.PluginField{
			trt.NewPluginField[float32]("score_threshold", 0.25), trt.NewPluginField[int32]("max_output_boxes", 100), trt.NewPluginText("mode", "fast"),
		},
		Outputs: []trt.PluginOutput{
			{Type: dtype.Int32, Dims: trt.Dims{trt.Dynamic, 1}},
			{Type: dtype.Float16, Dims: trt.Dims{trt.Dynamic, 100, 4}},
		},
	}
}

// plugged is a network of one plugin.
func plugged(target trt.Target, op trt.PluginV3) *trt.Network {
	n := trt.NewNetwork("plugged", target)
	x := n.AddInput("boxes", dtype.Float16, trt.Dims{trt.Dynamic, 20, 4})
	out := n.AddPluginV3("nms", []*trt.Tensor{x, x}, []*trt.Tensor{n.AddShape("shape", x)}, op)
	n.MarkOutput(n.AddActivation("act", out[len(out)-1], trt.Activation{Type: trt.ReLU}), "y")
	return n
}

func TestPluginsHaveTheOutputsThatAreStated(t *testing.T) {
	n := plugged(enterprise, nms())
	require.NoError(t, n.Validate())
	l, ok := n.Layer("nms")
	require.True(t, ok)
	require.Len(t, l.Inputs, 3)
	require.Equal(t, []int{2}, trt.ShapeInputs(l.Op, 3))
	for i, want := range []trt.Info{{Type: dtype.Int32, Dims: trt.Dims{trt.Dynamic, 1}}, {Type: dtype.Float16, Dims: trt.Dims{trt.Dynamic, 100, 4}}} {
		require.Equal(t, want, l.Outputs[i].Info())
	}
	require.Equal(t, "EfficientNMS version 1 of namespace lab", l.Op.(trt.PluginV3).String())
}

func TestPluginsAreRefused(t *testing.T) {
	change := func(f func(op *trt.PluginV3)) trt.PluginV3 {
		op := nms()
		f(&op)
		return op
	}
	field := func(f trt.PluginField) trt.PluginV3 {
		return change(func(op *trt.PluginV3) { op.Fields = append(op.Fields, f) })
	}
	output := func(o trt.PluginOutput) trt.PluginV3 {
		return change(func(op *trt.PluginV3) { op.Outputs[1] = o })
	}
	big := make([]byte, 33<<20)
	for name, c := range map[string]struct {
		op   trt.PluginV3
		want string
	}{
		"no creator":      {change(func(op *trt.PluginV3) { op.Creator = "" }), `creator: is no name of a plugin: expected 1 to 1023 printable ASCII characters, found ""`},
		"no version":      {change(func(op *trt.PluginV3) { op.Version = "" }), "version: is no name of a plugin"},
		"namespace":       {change(func(op *trt.PluginV3) { op.Namespace = "a\nb" }), `namespace: is no name of a plugin: expected 1 to 1023 printable ASCII characters, found "a\nb"`},
		"long creator":    {change(func(op *trt.PluginV3) { op.Creator = strings.Repeat("x", 1024) }), "creator: is no name of a plugin"},
		"field's name":    {field(trt.PluginField{Type: trt.FieldInt8}), "field 3: is no name of a plugin"},
		"field twice":     {field(trt.NewPluginText("mode", "slow")), "field mode: is there twice"},
		"field's type":    {field(trt.PluginField{Name: "f", Type: "dims"}), `field f: is none of TensorRT's: expected one of [float16 float32`},
		"half an element": {field(trt.PluginField{Name: "f", Type: trt.FieldInt32, Data: []byte{1, 2}}), "field f: is no whole number of int32 elements: 2 bytes"},
		"fields too large": {change(func(op *trt.PluginV3) {
			op.Fields = []trt.PluginField{{Name: "a", Type: trt.FieldInt8, Data: big}, {Name: "b", Type: trt.FieldInt8, Data: big}}
		}), "field b: makes the fields too large: expected at most 67108864 bytes in all, found 69206016"},
		"too many fields":  {change(func(op *trt.PluginV3) { op.Fields = make([]trt.PluginField, 257) }), "fields: are too many: expected at most 256, found 257"},
		"no outputs":       {change(func(op *trt.PluginV3) { op.Outputs = nil }), "outputs: must be stated: expected 1 to 16, found 0"},
		"too many outputs": {change(func(op *trt.PluginV3) { op.Outputs = make([]trt.PluginOutput, 17) }), "outputs: must be stated: expected 1 to 16, found 17"},
		"output's type":    {output(trt.PluginOutput{Type: dtype.Float64, Dims: trt.Dims{1}}), "output 1: has a type this op does not compute in"},
		"no extent":        {output(trt.PluginOutput{Type: dtype.Float32, Dims: trt.Dims{1, 0}}), "output 1: dimension 1: expected -1 or more than 0, found 0"},
		"negative extent":  {output(trt.PluginOutput{Type: dtype.Float32, Dims: trt.Dims{-2}}), "output 1: dimension 0: expected -1 or more than 0, found -2"},
		"too many extents": {output(trt.PluginOutput{Type: dtype.Float32, Dims: trt.Dims{1, 1, 1, 1, 1, 1, 1, 1, 1}}), "tensor nms:1: has too many dimensions"},
	} {
		t.Run(name, func(t *testing.T) {
			err := plugged(enterprise, c.op).Err()
			require.ErrorContains(t, err, "network plugged: layer nms (plugin_v3): "+c.want)
			require.Equal(t, fault.Unsupported, fault.Of(err))
		})
	}
	require.EqualError(t, plugged(trt.Target{}, nms()).Err(),
		"network plugged: layer nms (plugin_v3): TensorRT-RTX has no plugins: its INetworkDefinition has no addPluginV3: expected TensorRT, found TensorRT-RTX")
}

func TestInputsOfPluginsThatAreReadAsDimensions(t *testing.T) {
	add := func(shapeInput func(n *trt.Network) *trt.Tensor, inputs int) error {
		n := trt.NewNetwork("n", enterprise)
		x := n.AddInput("x", dtype.Float32, trt.Dims{2, 3})
		n.AddPluginV3("plugin", []*trt.Tensor{x, x}[:inputs], []*trt.Tensor{shapeInput(n)}, nms())
		return n.Err()
	}
	whole := func(dims trt.Dims) func(n *trt.Network) *trt.Tensor {
		return func(n *trt.Network) *trt.Tensor { return n.AddInput("d", dtype.Int64, dims) }
	}
	require.NoError(t, add(whole(trt.Dims{}), 1))
	require.NoError(t, add(whole(trt.Dims{4}), 2))
	require.ErrorContains(t, add(whole(trt.Dims{4}), 0), "does not take 1 inputs")
	require.ErrorContains(t, add(whole(trt.Dims{2, 2}), 1), "shape input 0: must have rank 0 or 1: [2,2]")
	require.ErrorContains(t, add(whole(trt.Dims{65}), 1), "shape input 0: must be computed from dimensions, constants and integer inputs of at most 64 elements")
	require.ErrorContains(t, add(func(n *trt.Network) *trt.Tensor { return n.AddInput("d", dtype.Float32, trt.Dims{2}) }, 1), "shape input 0: has a type")
}

func TestPluginFields(t *testing.T) {
	for _, c := range []struct {
		field trt.PluginField
		want  trt.PluginFieldType
		data  []byte
		count int
	}{
		{trt.NewPluginField[float32]("f", 1, -2), trt.FieldFloat32, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}, 2},
		{trt.NewPluginField[float64]("f", 1), trt.FieldFloat64, []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f}, 1},
		{trt.NewPluginField[int8]("f", -1), trt.FieldInt8, []byte{0xff}, 1},
		{trt.NewPluginField[int16]("f", 258), trt.FieldInt16, []byte{2, 1}, 1},
		{trt.NewPluginField[int32]("f", -2), trt.FieldInt32, []byte{0xfe, 0xff, 0xff, 0xff}, 1},
		{trt.NewPluginField[int64]("f"), trt.FieldInt64, []byte{}, 0},
		{trt.NewPluginText("f", "ab"), trt.FieldChar, []byte("ab"), 2},
		{trt.PluginField{Name: "f", Type: trt.FieldBFloat16, Data: make([]byte, 3)}, trt.FieldBFloat16, make([]byte, 3), -1},
		{trt.PluginField{Name: "f", Type: "dims"}, "dims", nil, -1},
		{trt.PluginField{Name: "f", Type: "int4"}, "int4", nil, -1},
	} {
		require.Equal(t, trt.PluginField{Name: "f", Type: c.want, Data: c.data}, c.field)
		require.Equal(t, c.count, c.field.Len(), "%v", c.field)
	}
}

func TestPluginsKeepCopies(t *testing.T) {
	op := nms()
	n := plugged(enterprise, op)
	before, err := n.Hash()
	require.NoError(t, err)
	op.Fields[0].Data[0] ^= 1
	op.Fields[1].Name = "other"
	op.Outputs[0].Type = dtype.Int64
	op.Outputs[1].Dims[1] = 99
	after, err := n.Hash()
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestPluginsAreDumpedAndLoaded(t *testing.T) {
	n := plugged(enterprise, nms())
	golden(t, "plugin.json", canonical(t, n))
	var text bytes.Buffer
	require.NoError(t, n.WriteText(&text))
	golden(t, "plugin.txt", text.Bytes())

	dir := t.TempDir()
	require.NoError(t, n.Dump(dir))
	back, err := trt.LoadDump(dir)
	require.NoError(t, err)
	require.Equal(t, string(canonical(t, n)), string(canonical(t, back)))
	require.Equal(t, n.Layers()[1].Op, back.Layers()[1].Op)

	bare := nms()
	bare.Fields = nil
	none := bare
	none.Fields = []trt.PluginField{}
	require.Equal(t, string(canonical(t, plugged(enterprise, none))), string(canonical(t, plugged(enterprise, bare))))

	stated := strings.Replace(string(canonical(t, n)), `"dtype":"float16","dims":[-1,100,4]}],"shape_inputs"`, `"dtype":"float16","dims":[-1,99,4]}],"shape_inputs"`, 1)
	_, err = trt.ReadJSON(strings.NewReader(stated), nil)
	require.ErrorContains(t, err, "layer nms: expected output float16 [-1,99,4], found float16 [-1,100,4]")
}

func TestHashTellsPluginsApart(t *testing.T) {
	seen := map[[32]byte]string{}
	for name, f := range map[string]func(op *trt.PluginV3){
		"as it is":  func(*trt.PluginV3) {},
		"creator":   func(op *trt.PluginV3) { op.Creator = "Other" },
		"version":   func(op *trt.PluginV3) { op.Version = "2" },
		"namespace": func(op *trt.PluginV3) { op.Namespace = "" },
		"type":      func(op *trt.PluginV3) { op.Fields[1].Type = trt.FieldFloat32 },
		"field":     func(op *trt.PluginV3) { op.Fields[1] = trt.NewPluginField[int32]("max_output_boxes", 99) },
		"order":     func(op *trt.PluginV3) { op.Fields[0], op.Fields[1] = op.Fields[1], op.Fields[0] },
		"outputs":   func(op *trt.PluginV3) { op.Outputs[0].Type = dtype.Int64 },
	} {
		op := nms()
		f(&op)
		n := plugged(enterprise, op)
		h, err := n.Hash()
		require.NoError(t, err)
		require.Empty(t, seen[h], name)
		seen[h] = name
	}
}
