package onnx

import (
	"github.com/trtbuild/trtbuild/weights/internal/wire"
)

// Fields of ModelProto and OperatorSetIdProto.
const (
	modelIRVersion       = 1
	modelProducer        = 2
	modelProducerVersion = 3
	modelDomain          = 4
	modelVersion         = 5
	modelDoc             = 6
	modelGraph           = 7
	modelOpset           = 8
	modelProps           = 14

	opsetDomain  = 1
	opsetVersion = 2
)

// metadataBudget is how many bytes of text about the model are kept. The class
// names of the largest data sets take half a megabyte.
const metadataBudget = 4 << 20

// model walks a ModelProto.
func (w *walker) model() error {
	graphs := 0
	for f, err := range w.Fields(w.All()) {
		if err != nil {
			return err
		}
		switch f.Number {
		case modelIRVersion:
			w.metadata["ir_version"], err = w.Int(f)
		case modelVersion:
			w.metadata["model_version"], err = w.Int(f)
		case modelProducer:
			err = w.keepText(w.metadata, "producer_name", f)
		case modelProducerVersion:
			err = w.keepText(w.metadata, "producer_version", f)
		case modelDomain:
			err = w.keepText(w.metadata, "domain", f)
		case modelDoc:
			err = w.keepText(w.metadata, "doc_string", f)
		case modelOpset:
			err = w.opset(f)
		case modelProps:
			err = w.prop(f)
		case modelGraph:
			graphs++
			var m wire.Span
			if m, err = w.Message(f); err == nil {
				err = w.graph(m, "", 0)
			}
		}
		if err != nil {
			return err
		}
	}
	if graphs == 0 {
		return w.Errorf(w.size, "", "a graph", "none")
	}
	return nil
}

// keepText keeps a text while the budget lasts.
func (w *walker) keepText(in map[string]any, key string, f wire.Field) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	if m.Len() > w.budget {
		w.warn("metadata %q of %d bytes is left out", key, m.Len())
		return nil
	}
	in[key], err = w.Text(f, w.budget)
	w.budget -= m.Len()
	return err
}

// section returns a map inside the metadata.
func (w *walker) section(key string) map[string]any {
	m, ok := w.metadata[key].(map[string]any)
	if !ok {
		m = map[string]any{}
		w.metadata[key] = m
	}
	return m
}

func (w *walker) opset(f wire.Field) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	domain, version := "", int64(0)
	for f, err := range w.Fields(m) {
		if err == nil {
			switch f.Number {
			case opsetDomain:
				domain, err = w.Text(f, maxName)
			case opsetVersion:
				version, err = w.Int(f)
			}
		}
		if err != nil {
			return err
		}
	}
	if domain == "" {
		domain = "ai.onnx"
	}
	if !w.spend(f, domain) {
		return nil
	}
	w.section("opset_import")[domain] = version
	return nil
}

func (w *walker) prop(f wire.Field) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	if m.Len() > w.budget {
		w.warn("metadata of %d bytes at byte %d is left out", m.Len(), f.Offset)
		return nil
	}
	key, value, err := w.entry(f, m.Len(), m.Len())
	if err == nil && w.spend(f, key) {
		w.section("metadata_props")[key] = value
	}
	return err
}

// spend takes an entry of a map from the budget, with what the map itself needs.
func (w *walker) spend(f wire.Field, key string) bool {
	const entry = 64
	cost := f.Body.Len() + entry
	if cost > w.budget {
		w.warn("metadata %q of %d bytes is left out", key, f.Body.Len())
		return false
	}
	w.budget -= cost
	return true
}
