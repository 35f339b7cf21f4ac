package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/trtbuild/trtbuild/weights"
)

// text prints a table of modules under a heading for each part of the network,
// or of all tensors under a heading for each module.
func (in *inspection) text(w io.Writer, tensors bool) error {
	write := in.writeModules
	if tensors {
		write = in.writeTensors
	}
	if err := write(w); err != nil {
		return err
	}
	name := ""
	if in.Network != "" {
		name = ", " + in.Network
	}
	_, err := fmt.Fprintf(w, "\n%s: %s%s, %s, %d parameters, %d values in buffers, %s\n", in.File, in.Format, name,
		plural(in.Totals.Tensors, "tensor"), in.Totals.Parameters, in.Totals.Buffers, humanBytes(in.Totals.Bytes))
	if in.hasInferred() {
		fmt.Fprintln(w, "~ marks shapes that the file does not record: they are the recognised network's")
	}
	for _, k := range slices.Sorted(maps.Keys(in.Metadata)) {
		v, err := json.Marshal(in.Metadata[k])
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %s: %s\n", k, cut(string(v), 100))
	}
	for _, g := range in.Globals {
		fmt.Fprintf(w, "global: %s\n", printable(g))
	}
	for _, s := range in.Warnings {
		fmt.Fprintf(w, "warning: %s\n", s)
	}
	return err
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

func plural[N int | int64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (in *inspection) hasInferred() bool {
	for _, t := range in.Tensors {
		if t.ShapeInferred {
			return true
		}
	}
	return false
}

func (in *inspection) writeModules(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "MODULE\tLAYER\tDTYPE\tPARAMETERS\tBUFFERS")
	paths := make([]string, len(in.Modules))
	for i, m := range in.Modules {
		paths[i] = m.Module
	}
	parts := partsOf(paths)
	// A file may hold the tensors of a part in several places.
	of := map[string][]*moduleInfo{}
	var order []string
	for i := range in.Modules {
		if of[parts[i]] == nil {
			order = append(order, parts[i])
		}
		of[parts[i]] = append(of[parts[i]], &in.Modules[i])
	}
	for _, part := range order {
		indent := ""
		if modules := of[part]; len(modules) > 1 {
			var learned, buffers int64
			for _, m := range modules {
				learned, buffers = learned+m.Parameters, buffers+m.Buffers
			}
			fmt.Fprintf(tw, "%s\t\t\t%d\t%d\n", printable(part), learned, buffers)
			indent = "  "
		}
		for _, m := range of[part] {
			fmt.Fprintf(tw, "%s%s\t%s\t%s\t%d\t%d\n", indent, m.title(), m.summary(), m.dtypes(), m.Parameters, m.Buffers)
		}
	}
	return tw.Flush()
}

// partsOf returns for each path the part of the network that it is in: one
// component more than all paths have in common.
func partsOf(paths []string) []string {
	common := 0
	for ; ; common++ {
		first, ok := "", true
		for i, p := range paths {
			c := strings.Split(p, ".")
			if len(c) <= common+1 || i > 0 && c[common] != first {
				ok = false
				break
			}
			first = c[common]
		}
		if !ok || len(paths) < 2 {
			break
		}
	}
	parts := make([]string, len(paths))
	for i, p := range paths {
		c := strings.Split(p, ".")
		parts[i] = strings.Join(c[:min(common+1, len(c))], ".")
	}
	return parts
}

func (m *moduleInfo) title() string {
	if m.Module == "" {
		return "(the file's own)"
	}
	return printable(m.Module)
}

// summary says which layer the module is, or what its tensors are.
func (m *moduleInfo) summary() string {
	if s := m.layer.String(); s != "" {
		for _, t := range m.tensors {
			if t.ShapeInferred && m.layer.Kind != weights.BatchNorm { // whose channels are counted
				return s + " ~"
			}
		}
		return s
	}
	var all []string
	for _, t := range m.tensors {
		field := printable(strings.TrimPrefix(strings.TrimPrefix(t.Name, m.Module), "."))
		all = append(all, strings.TrimSpace(field+" "+t.dims()))
	}
	if len(all) > 4 {
		return strings.Join(all[:4], ", ") + fmt.Sprintf(" and %d more", len(all)-4)
	}
	return strings.Join(all, ", ")
}

// dtypes names the types of the module's parameters, or of its buffers if it
// has no others.
func (m *moduleInfo) dtypes() string {
	var all []string
	for _, role := range []weights.Role{weights.Parameter, weights.Buffer} {
		for _, t := range m.tensors {
			if t.Role == role.String() && !strings.Contains(strings.Join(all, " "), t.DType) {
				all = append(all, t.DType)
			}
		}
		if len(all) > 0 {
			break
		}
	}
	return strings.Join(all, " ")
}

func (t *tensorInfo) dims() string {
	switch {
	case t.Shape == nil:
		return plural(int(t.Count), "value")
	case t.ShapeInferred:
		return weights.FormatDims(t.Shape) + " ~"
	}
	return weights.FormatDims(t.Shape)
}

// writeTensors aligns the columns over all modules, whose headings cross them.
func (in *inspection) writeTensors(w io.Writer) error {
	var rows bytes.Buffer
	tw := tabwriter.NewWriter(&rows, 0, 8, 2, ' ', 0)
	fmt.Fprintln(tw, "TENSOR\tSHAPE\tDTYPE\tROLE\tBYTES\tSHA256 (FLOAT32)")
	for _, m := range in.Modules {
		for _, t := range m.tensors {
			fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\t%d\t%.12s\n", printable(t.Name), t.dims(), t.DType, t.Role, t.Bytes, cmp.Or(t.SHA256F32, "-"))
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	lines := strings.SplitAfter(rows.String(), "\n")
	fmt.Fprint(w, lines[0])
	lines = lines[1:]
	for _, m := range in.Modules {
		heading := m.title()
		if s := m.layer.String(); s != "" {
			heading += ": " + s
		}
		if len(m.tensors) > 1 {
			heading += ", " + plural(int(m.Parameters), "parameter")
		}
		if heading != m.tensors[0].Name { // which stands alone
			fmt.Fprintln(w, heading)
		}
		fmt.Fprint(w, strings.Join(lines[:len(m.tensors)], ""))
		lines = lines[len(m.tensors):]
	}
	return nil
}
