package onnx

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/wire"
)

// Fields of GraphProto, NodeProto and AttributeProto.
const (
	graphNode        = 1
	graphName        = 2
	graphInitializer = 5
	graphSparse      = 15

	nodeOutput    = 2
	nodeOperator  = 4
	nodeAttribute = 5
	nodeDomain    = 7

	attributeName   = 1
	attributeTensor = 5
	attributeGraph  = 6
	attributeGraphs = 11
	attributeSparse = 22
)

// What a model may have at most, far beyond any that exists: these bound the
// memory that a file can ask for.
const (
	maxTensors = 1 << 18
	maxName    = 16 << 10 // bytes, with the path of nested graphs
	maxRank    = 64
	maxNesting = 32 // of graphs; protobuf's own parsers stop at 100 messages, four a graph
)

// walker indexes a model.
type walker struct {
	*File
	*wire.Reader
	budget int64 // bytes of metadata still to be kept
}

// graph lists the tensors of a graph. path is empty or ends with a slash.
func (w *walker) graph(m wire.Span, path string, depth int) error {
	if len(path) > maxName {
		return w.Errorf(m.Start, "path of nested graphs", fmt.Sprintf("at most %d bytes", maxName), "%d", len(path))
	}
	if depth > maxNesting {
		return w.Errorf(m.Start, "graphs", fmt.Sprintf("at most %d in each other", maxNesting), "more at byte %d", m.Start)
	}
	for f, err := range w.Fields(m) {
		if err != nil {
			return err
		}
		switch f.Number {
		case graphNode:
			err = w.node(f, path, depth)
		case graphInitializer:
			err = w.initializer(f, path)
		case graphSparse:
			err = w.sparse(f, path)
		case graphName:
			if depth == 0 {
				err = w.keepText(w.metadata, "graph_name", f)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// node looks for graphs and for the value of a Constant. It goes over the node
// twice, because attributes may come before the operator's name.
func (w *walker) node(f wire.Field, path string, depth int) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	var operator, domain, output string
	for f, err := range w.Fields(m) {
		if err != nil {
			return err
		}
		switch f.Number {
		case nodeOutput:
			if output == "" {
				output, err = w.Text(f, maxName)
			}
		case nodeOperator:
			operator, err = w.Text(f, maxName)
		case nodeDomain:
			domain, err = w.Text(f, maxName)
		}
		if err != nil {
			return err
		}
	}
	if output == "" {
		output = fmt.Sprintf("node@%d", m.Start)
	}
	constant := operator == "Constant" && (domain == "" || domain == "ai.onnx")
	for f, err := range w.Fields(m) {
		if err == nil && f.Number == nodeAttribute {
			err = w.attribute(f, path+output, constant, depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attribute lists what an attribute of a node holds; path is that of the node.
func (w *walker) attribute(f wire.Field, path string, constant bool, depth int) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	name, err := w.nameIn(m, attributeName)
	if err != nil {
		return err
	}
	graphs := 0
	for f, err := range w.Fields(m) {
		if err != nil {
			return err
		}
		switch {
		case f.Number == attributeGraph || f.Number == attributeGraphs:
			var g wire.Span
			if g, err = w.Message(f); err == nil {
				inner := path + "/" + name
				if f.Number == attributeGraphs {
					inner += fmt.Sprintf("/%d", graphs)
					graphs++
				}
				err = w.graph(g, inner+"/", depth+1)
			}
		case constant && f.Number == attributeTensor:
			err = w.constant(f, path)
		case constant && f.Number == attributeSparse:
			w.warn("constant %q is sparse and not listed", path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nameIn returns the text that a message has in a field, or nothing.
func (w *walker) nameIn(m wire.Span, number protowire.Number) (name string, err error) {
	for f, err := range w.Fields(m) {
		if err != nil {
			return name, err
		}
		if f.Number == number {
			if name, err = w.Text(f, maxName); err != nil {
				return "", err
			}
		}
	}
	return name, nil
}

// sparse refuses a sparse initializer by the name of its values.
func (w *walker) sparse(f wire.Field, path string) error {
	const values = 1 // of SparseTensorProto
	name := ""
	if m, err := w.Message(f); err == nil {
		for f, err := range w.Fields(m) {
			if err == nil && f.Number == values && f.Type == protowire.BytesType {
				name = w.nameOf(f.Body)
			}
		}
	}
	return &weights.Error{
		Kind: fault.Unsupported, File: w.name, Tensor: path + name, Offset: f.Offset,
		Expected: "a dense tensor", Found: "a sparse initializer", Next: "export the model with dense initializers",
	}
}

func (w *walker) warn(format string, args ...any) {
	const most = 100
	if len(w.warnings) < most {
		w.warnings = append(w.warnings, fmt.Sprintf(format, args...))
	}
}

// add lists a tensor.
func (w *walker) add(t *weights.Tensor, at int64) error {
	if len(w.names) >= maxTensors {
		return w.Errorf(at, "", fmt.Sprintf("at most %d tensors", maxTensors), "more")
	}
	if _, twice := w.tensors[t.Name]; twice {
		e := w.Errorf(at, fmt.Sprintf("comes a second time at byte %d", at), "", "")
		e.Next = "names are unique in ONNX: export the model again"
		return e
	}
	if err := w.Keep(t.Name, at); err != nil {
		return err
	}
	w.names = append(w.names, t.Name)
	w.tensors[t.Name] = t
	return nil
}
