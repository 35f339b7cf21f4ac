package trt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Schema names the format of a dumped network.
const Schema = "trtbuild.network/1"

// The files of a dumped directory beside the weights.
const (
	structureFile = "network.json"
	configFile    = "config.json"
)

// document is the canonical JSON of a network.
type document struct {
	Schema  string       `json:"schema"`
	Name    string       `json:"name"`
	Target  Target       `json:"target"`
	Inputs  []TensorInfo `json:"inputs"`
	Layers  []layerJSON  `json:"layers"`
	Outputs []string     `json:"outputs"`
}

type layerJSON struct {
	Name    string          `json:"name"`
	Kind    Kind            `json:"kind"`
	Params  json.RawMessage `json:"params"`
	Inputs  []string        `json:"inputs"`
	Weights []WeightsRef    `json:"weights,omitempty"`
	Outputs []TensorInfo    `json:"outputs"`
}

// WeightsRef stands for one weight operand of a layer in a dump. SHA256 and
// File are empty for weights that are not materialized.
type WeightsRef struct {
	Operand string     `json:"operand"`
	Type    dtype.Type `json:"dtype"`
	Dims    Dims       `json:"dims"`
	SHA256  string     `json:"sha256,omitempty"`
	File    string     `json:"file,omitempty"` // little-endian elements, row-major; equal contents share a file
}

func newWeightsRef(o Operand) WeightsRef {
	w := o.Weights
	ref := WeightsRef{Operand: o.Name, Type: w.Type, Dims: w.Dims}
	if w.raw != nil {
		ref.SHA256 = hex.EncodeToString(w.digest[:])
		ref.File = "weights/" + ref.SHA256 + ".bin"
	}
	return ref
}

func (n *Network) document() (document, error) {
	d := document{Schema: Schema, Name: n.name, Target: n.target, Inputs: tensorInfos(n.inputs), Outputs: tensorNames(n.outputs)}
	for _, l := range n.layers {
		params, err := json.Marshal(l.Op)
		if err != nil {
			return d, &Error{Network: n.name, Layer: l.Name, Op: l.Op.Kind(), Err: err}
		}
		j := layerJSON{Name: l.Name, Kind: l.Op.Kind(), Params: params, Inputs: tensorNames(l.Inputs), Outputs: tensorInfos(l.Outputs)}
		for _, o := range l.Op.Weights() {
			if o.Weights != nil {
				j.Weights = append(j.Weights, newWeightsRef(o))
			}
		}
		d.Layers = append(d.Layers, j)
	}
	return d, nil
}

func tensorInfos(ts []*Tensor) []TensorInfo {
	out := make([]TensorInfo, len(ts))
	for i, t := range ts {
		out[i] = TensorInfo{t.Name, t.Type, t.Dims}
	}
	return out
}

func tensorNames(ts []*Tensor) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.Name
	}
	return out
}

// WriteJSON writes the canonical JSON of the network: all parameters with their
// defaults, a digest for each weight operand that is materialized, one line a
// layer. Equal networks give equal bytes.
func (n *Network) WriteJSON(w io.Writer) error {
	if n.err != nil {
		return n.err
	}
	d, err := n.document()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "{\"schema\":%s,\n\"name\":%s,\n\"target\":%s,\n\"inputs\":[%s],\n\"layers\":[%s],\n\"outputs\":%s}\n",
		compact(d.Schema), compact(d.Name), compact(d.Target), lines(d.Inputs), lines(d.Layers), compact(d.Outputs))
	return err
}

// compact is the JSON of a part of a document, none of which can fail.
func compact(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func lines[T any](all []T) string {
	rows := make([]string, len(all))
	for i, v := range all {
		rows[i] = "\n" + string(compact(v))
	}
	return strings.Join(rows, ",")
}

// Hash returns the SHA-256 of the canonical JSON. It covers names, structure,
// types, target and the digests of materialized weights; weights that are not
// materialized count by type and dimensions only.
func (n *Network) Hash() ([sha256.Size]byte, error) {
	h := sha256.New()
	err := n.WriteJSON(h)
	return [sha256.Size]byte(h.Sum(nil)), err
}

// Dump writes the network to a directory, which it makes: network.json and one
// raw file for each different content of weights. With a dumped Config it is
// all that a replay through another binding of TensorRT needs
// (testdata/gen/replay.py), and what LoadDump reads. A network that is not
// materialized is, for the dump.
func (n *Network) Dump(dir string) (err error) {
	if !n.materialized {
		m, mem, err := Materialize(context.Background(), n)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, mem.Close()) }()
		n = m
	}
	if err := os.MkdirAll(filepath.Join(dir, "weights"), 0o777); err != nil {
		return err
	}
	written := map[string]bool{}
	for _, m := range n.distinctWeights() {
		file := newWeightsRef(Operand{m.operand, m.from}).File
		if written[file] {
			continue
		}
		written[file] = true
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(file)), m.from.raw, 0o666); err != nil {
			return err
		}
	}
	f, err := os.Create(filepath.Join(dir, structureFile))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := n.WriteJSON(f); err != nil {
		return err
	}
	return f.Close()
}

// Dump writes the configuration beside the network dumped to a directory, as
// config.json.
func (c Config) Dump(dir string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, configFile), append(text, '\n'), 0o666)
}
