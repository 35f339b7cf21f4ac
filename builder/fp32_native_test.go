//go:build tensorrt && cgo

package builder_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/native"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// TestFP32LayersHoldFloatWeights looks into the engine: TensorRT-RTX stores a
// convolution's kernel as it computes with it, [out, height, width, in], so a
// layer that was to be FP32 and was made FP16 after all is found out.
func TestFP32LayersHoldFloatWeights(t *testing.T) {
	b, err := native.Open(native.Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	defer b.Close()
	path := writeCheckpoint(t, "resnet18")
	for name, layers := range map[string][]string{
		"alone":            {"layer1/0/conv1"},
		"before a sum":     {"layer1/0/conv2"},
		"two in a row":     {"layer2/0/conv1", "layer2/0/conv2"},
		"before and after": {"layer3/0/conv1", "layer3/0/relu1", "layer3/0/conv2"},
	} {
		t.Run(name, func(t *testing.T) {
			r := builder.Request{
				Weights: path, Precision: builder.FP16, KeepFP32: layers, Network: zoo.Options{Height: 64, Width: 64},
			}
			p, err := builder.Prepare(context.Background(), r, b.Target())
			require.NoError(t, err)
			defer p.Close()
			rows := map[string][]float32{}
			for _, l := range p.Folded.Layers() {
				if op, ok := l.Op.(trt.Convolution); ok && len(op.Kernel) == 2 && op.Kernel[0] == 3 {
					rows[l.Name] = firstTap(t, op)
				}
			}
			var engine bytes.Buffer
			_, err = p.Build(context.Background(), b, &engine)
			require.NoError(t, err)
			for layer, row := range rows {
				d, _ := p.Plan.Layer(layer)
				require.Equal(t, d.Precision == precision.FP32, bytes.Contains(engine.Bytes(), floatBytes(row)), layer)
			}
			for _, layer := range layers {
				l, _ := p.Typed.Layer(layer)
				require.Equal(t, dtype.Float32, l.Outputs[0].Type)
			}
		})
	}
}

// firstTap returns the weights of the first output channel at the window's
// first position, which lie side by side in the engine.
func firstTap(t *testing.T, op trt.Convolution) []float32 {
	window := op.Kernel.Count()
	in := op.Weight.Count() / op.OutChannels / window
	values := make([]float32, in*window)
	require.NoError(t, op.Weight.Values().ReadFloat32(values, 0))
	row := make([]float32, in)
	for c := range row {
		row[c] = values[int64(c)*window]
	}
	return row
}

func floatBytes(v []float32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}
