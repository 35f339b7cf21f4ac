// Package opcase reads the cases of testdata/refexec for tests: one layer each,
// with what PyTorch, ONNX Runtime or NumPy computed of its inputs. The scripts
// testdata/gen/ops*.py write them in the form of testdata/gen/opcase.py.
package opcase

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Case is a layer, its inputs and its outputs.
type Case struct {
	Name      string          `json:"name"`
	Op        trt.Kind        `json:"op"`
	Params    json.RawMessage `json:"params"`
	Inputs    []*Tensor       `json:"inputs"`
	Constants []*Tensor       `json:"constants"` // further inputs
	Weights   []*Tensor       `json:"weights"`   // in the op's order; nil: absent
	Outputs   []*Tensor       `json:"outputs"`
	Tolerance float64         `json:"tolerance"` // relative to the largest output
}

// Tensor is a tensor of a case, row-major.
type Tensor struct {
	Type   dtype.Type `json:"type"`
	Dims   trt.Dims   `json:"dims"`
	Values []Number   `json:"values"`
}

// Number is a JSON number, or a string for what JSON has no number for.
type Number float64

// UnmarshalJSON reads either.
func (n *Number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	*n = Number(v)
	return err
}

// Read returns the cases of all files of a directory.
func Read(dir string) ([]Case, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var file struct{ Cases []Case }
		if err := json.Unmarshal(raw, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(file.Cases) == 0 {
			return nil, fmt.Errorf("%s has no cases", path)
		}
		all = append(all, file.Cases...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no files of cases", dir)
	}
	return all, nil
}

// Network records the layer of the case, and returns its inputs by name. dims
// turns the dimensions of the inputs into those to record.
func (c *Case) Network(dims func(trt.Dims) trt.Dims) (*trt.Network, map[string]*trt.Value, error) {
	op, err := trt.UnmarshalOp(c.Op, c.Params)
	if err != nil {
		return nil, nil, err
	}
	if len(c.Weights) > 0 {
		weights := make([]*trt.Weights, len(c.Weights))
		for i, w := range c.Weights {
			weights[i] = w.weights()
		}
		op = op.WithWeights(weights)
	}
	// TensorRT has layers that TensorRT-RTX lacks.
	n := trt.NewNetwork("case", trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}})
	in := map[string]*trt.Value{}
	var tensors []*trt.Tensor
	for i, x := range c.Inputs {
		name := "x" + strconv.Itoa(i)
		tensors = append(tensors, n.AddInput(name, x.Type, dims(x.Dims)))
		in[name] = x.Value()
	}
	for i, c := range c.Constants {
		tensors = append(tensors, n.AddConstant("c"+strconv.Itoa(i), c.weights()))
	}
	for i, y := range n.Add("layer", op, tensors...) {
		n.MarkOutput(y, OutputName(i))
	}
	return n, in, n.Err()
}

// OutputName returns the name of the network's i-th output.
func OutputName(i int) string { return "y" + strconv.Itoa(i) }

// Value returns the tensor as a network takes it.
func (t *Tensor) Value() *trt.Value {
	v := &trt.Value{Type: t.Type, Dims: t.Dims}
	if t.Type.IsFloat() {
		v.Floats = make([]float32, len(t.Values))
		for i, x := range t.Values {
			v.Floats[i] = float32(x)
		}
		return v
	}
	v.Ints = make([]int64, len(t.Values))
	for i, x := range t.Values {
		v.Ints[i] = int64(x)
	}
	return v
}

// weights are raw bytes, but for float32: so both ways of storing are played.
func (t *Tensor) weights() *trt.Weights {
	if t == nil {
		return nil
	}
	if t.Type == dtype.Float32 {
		return trt.NewWeights(t.Dims, trt.Float32s(t.Value().Floats))
	}
	raw := []byte{}
	for i, x := range t.Values {
		switch t.Type {
		case dtype.Int4, dtype.Float4E2M1FN:
			bits := uint8(int8(x)) & 15
			if t.Type.IsFloat() {
				bits = half.Float4(float32(x))
			}
			if i%2 == 0 {
				raw = append(raw, bits)
			} else {
				raw[i/2] |= bits << 4
			}
		case dtype.Float16:
			raw = binary.LittleEndian.AppendUint16(raw, half.Float16(float32(x)))
		case dtype.Float8E4M3FN:
			raw = append(raw, half.Float8(float32(x)))
		case dtype.BFloat16:
			raw = binary.LittleEndian.AppendUint16(raw, uint16(math.Float32bits(float32(x))>>16))
		default:
			one := binary.LittleEndian.AppendUint64(nil, uint64(int64(x)))
			raw = append(raw, one[:t.Type.Size()]...)
		}
	}
	return trt.RawWeights(t.Type, t.Dims, raw)
}
