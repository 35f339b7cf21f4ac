package trt

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// LoadDump reads what Dump wrote. The weights are raw and on the Go heap.
func LoadDump(dir string) (*Network, error) {
	f, err := os.Open(filepath.Join(dir, structureFile))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadJSON(f, func(ref WeightsRef) ([]byte, error) {
		path := filepath.Join(dir, "weights", ref.SHA256+".bin")
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if want := (&Weights{Type: ref.Type, Dims: ref.Dims}).Size(); info.Size() != want {
			return nil, badDump("%s: expected %d bytes, found %d", path, want, info.Size())
		}
		return os.ReadFile(path)
	})
}

// ReadJSON reads what WriteJSON wrote and records the network anew, by the same
// rules; so what it accepts is a valid network. bytes returns the bytes of
// weights and is asked once for each different digest, type and dimensions.
// Types, dimensions and digests that differ from the recorded ones are an error
// of kind fault.BadInput.
func ReadJSON(r io.Reader, bytes func(WeightsRef) ([]byte, error)) (*Network, error) {
	var d document
	j := json.NewDecoder(r)
	if err := j.Decode(&d); err != nil {
		return nil, badDump("not the JSON of a network: %w", err)
	}
	if d.Schema != Schema {
		return nil, badDump("expected schema %q, found %q", Schema, d.Schema)
	}
	l := loader{net: NewNetwork(d.Name, d.Target), tensors: map[string]*Tensor{}, weights: map[string]*Weights{}, bytes: bytes}
	for _, x := range d.Inputs {
		l.tensors[x.Name] = l.net.AddInput(x.Name, x.Type, x.Dims)
	}
	for _, layer := range d.Layers {
		if err := l.add(layer); err != nil {
			return nil, err
		}
	}
	for _, name := range d.Outputs {
		t, err := l.tensor(name)
		if err != nil {
			return nil, err
		}
		l.net.MarkOutput(t, name)
	}
	if err := l.net.Err(); err != nil {
		return nil, badDump("%w", err)
	}
	return l.net, nil
}

func badDump(format string, args ...any) error {
	return fault.New(fault.BadInput, "", "dumped network: "+format, args...)
}

type loader struct {
	net     *Network
	tensors map[string]*Tensor // by the names they had when dumped
	weights map[string]*Weights
	bytes   func(WeightsRef) ([]byte, error)
}

func (l *loader) tensor(name string) (*Tensor, error) {
	t, ok := l.tensors[name]
	if !ok {
		return nil, badDump("there is no tensor %q before its use", name)
	}
	return t, nil
}

func (l *loader) add(layer layerJSON) error {
	op, err := UnmarshalOp(layer.Kind, layer.Params)
	if err != nil {
		return fmt.Errorf("dumped network: layer %s: %w", layer.Name, err)
	}
	if op, err = l.withWeights(op, layer); err != nil {
		return err
	}
	in := make([]*Tensor, len(layer.Inputs))
	for i, name := range layer.Inputs {
		if in[i], err = l.tensor(name); err != nil {
			return err
		}
	}
	out := l.net.Add(layer.Name, op, in...)
	if err := l.net.Err(); err != nil {
		return badDump("%w", err)
	}
	if len(out) != len(layer.Outputs) {
		return badDump("layer %s: expected %d outputs, found %d", layer.Name, len(out), len(layer.Outputs))
	}
	for i, o := range layer.Outputs {
		if out[i].Type != o.Type || !out[i].Dims.Equal(o.Dims) {
			return badDump("layer %s: expected output %s %v, found %s %v", layer.Name, out[i].Type, out[i].Dims, o.Type, o.Dims)
		}
		l.tensors[o.Name] = out[i]
	}
	return nil
}

func (l *loader) withWeights(op Op, layer layerJSON) (Op, error) {
	operands := op.Weights()
	if len(operands) == 0 && len(layer.Weights) == 0 {
		return op, nil
	}
	ws := make([]*Weights, len(operands))
	left := len(layer.Weights)
	for i, o := range operands {
		for _, ref := range layer.Weights {
			if ref.Operand != o.Name || ws[i] != nil {
				continue
			}
			left--
			var err error
			if ws[i], err = l.read(ref); err != nil {
				return nil, fmt.Errorf("dumped network: layer %s: %s weights: %w", layer.Name, o.Name, err)
			}
		}
	}
	if left != 0 {
		return nil, badDump("layer %s: weights that a layer of kind %s does not have", layer.Name, layer.Kind)
	}
	return op.WithWeights(ws), nil
}

func (l *loader) read(ref WeightsRef) (*Weights, error) {
	digest, err := hex.DecodeString(ref.SHA256)
	if err != nil || len(digest) != 32 {
		return nil, badDump("%q is no SHA-256", ref.SHA256)
	}
	key := fmt.Sprint(ref.SHA256, ref.Type, ref.Dims)
	if w, ok := l.weights[key]; ok {
		return w, nil
	}
	raw, err := l.bytes(ref)
	if err != nil {
		return nil, err
	}
	w := RawWeights(ref.Type, ref.Dims, raw)
	if [32]byte(digest) != w.digest {
		return nil, badDump("expected SHA-256 %s, found %x", ref.SHA256, w.digest)
	}
	l.weights[key] = w
	return w, nil
}
