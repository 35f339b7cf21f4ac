package trt

import (
	"bufio"
	"fmt"
	"io"
)

// WriteDOT writes the network as a graph in Graphviz's language.
func (n *Network) WriteDOT(w io.Writer) error {
	if n.err != nil {
		return n.err
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "digraph %q {\n\tnode [shape=box, fontname=\"sans-serif\", fontsize=10];\n\tedge [fontname=\"sans-serif\", fontsize=8];\n", n.name)
	for i, x := range n.inputs {
		fmt.Fprintf(b, "\tinput%d [label=%q, shape=ellipse];\n", i, x.Name)
	}
	node := map[*Tensor]string{}
	for i, x := range n.inputs {
		node[x] = fmt.Sprintf("input%d", i)
	}
	for i, l := range n.layers {
		fmt.Fprintf(b, "\tlayer%d [label=\"%s\\n%s\"];\n", i, l.Name, l.Op.Kind())
		for _, t := range l.Outputs {
			node[t] = fmt.Sprintf("layer%d", i)
		}
	}
	edge := func(t *Tensor, to string) {
		fmt.Fprintf(b, "\t%s -> %s [label=\"%s %v\"];\n", node[t], to, t.Type, t.Dims)
	}
	for i, l := range n.layers {
		for _, t := range l.Inputs {
			edge(t, fmt.Sprintf("layer%d", i))
		}
	}
	for i, t := range n.outputs {
		fmt.Fprintf(b, "\toutput%d [label=%q, shape=ellipse];\n", i, t.Name)
		edge(t, fmt.Sprintf("output%d", i))
	}
	fmt.Fprintln(b, "}")
	return b.Flush()
}
