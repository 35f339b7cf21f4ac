package trt

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText writes the network as a table that people read.
func (n *Network) WriteText(w io.Writer) error {
	if n.err != nil {
		return n.err
	}
	d, err := n.document()
	if err != nil {
		return err
	}
	var table strings.Builder
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	row := func(name string, x TensorInfo, kind Kind, inputs []string, params string) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%v\t%s\t%s\n", name, kind, x.Type, x.Dims, strings.Join(inputs, " "), params)
	}
	fmt.Fprintln(t, "LAYER\tKIND\tTYPE\tDIMENSIONS\tINPUTS\tPARAMETERS")
	for _, x := range d.Inputs {
		row(x.Name, x, KindInput, nil, "")
	}
	for i, l := range d.Layers {
		params := parameters(n.layers[i].Op, l.Params)
		for _, w := range l.Weights {
			params += fmt.Sprintf(" %s:%s%v", w.Operand, w.Type, w.Dims)
		}
		for i, o := range l.Outputs {
			row(outputName(l.Name, i), o, l.Kind, l.Inputs, strings.TrimSpace(params))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "network %s for %s %s", n.name, n.target.Product, n.target.Version)
	if cc := n.target.ComputeCapabilities; len(cc) > 0 {
		fmt.Fprintf(b, ", compute capabilities %v", cc)
	}
	fmt.Fprintf(b, ": %d layers\n\n", len(n.layers))
	for line := range strings.Lines(table.String()) {
		fmt.Fprintln(b, strings.TrimRight(line, " \n"))
	}
	fmt.Fprintln(b, "\nOUTPUTS")
	for _, o := range n.outputs {
		fmt.Fprintf(b, "%s, of %s: %s %v\n", o.Name, o.producer.Name, o.Type, o.Dims)
	}
	return b.Flush()
}

// parameters spells the parameters of an op; of a body only what it makes of what,
// of a plugin only what its fields are.
func parameters(op Op, text []byte) string {
	if p, ok := op.(PluginV3); ok {
		parts := []string{p.String()}
		for _, f := range p.Fields {
			parts = append(parts, fmt.Sprintf("%s:%s[%d]", f.Name, f.Type, f.Len()))
		}
		return strings.Join(parts, " ")
	}
	bodies := Bodies(op)
	if bodies == nil {
		return readable.Replace(string(text))
	}
	var parts []string
	for _, b := range bodies {
		var kinds []string
		for _, l := range b.Network.layers {
			kinds = append(kinds, string(l.Op.Kind()))
		}
		parts = append(parts, fmt.Sprintf("%s(%s)=%s", b.Role, strings.Join(tensorNames(b.Network.inputs), ","), strings.Join(kinds, ",")))
	}
	return strings.Join(parts, " ")
}

// readable turns the JSON of parameters, which are flat, into NAME=VALUE, and the
// arrow of an equation back from what encoding/json writes for HTML's sake.
var readable = strings.NewReplacer(`\u003e`, ">", `{"`, "", `,"`, " ", `":`, "=", `"`, "", "{", "", "}", "")
