package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/convert"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/load"
	"github.com/trtbuild/trtbuild/weights/wts"
)

type conversion struct {
	Schema string `json:"schema"`
	Input  string `json:"input"`
	Source string `json:"source"` // format of the input
	Output string `json:"output"`
	*convert.Result
	// Network is what shapes that the input does not record are inferred from.
	Network  string   `json:"shapes_inferred_from,omitempty"`
	Sidecar  string   `json:"sidecar,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

type convertOptions struct {
	in, out, key, dialect string
	rules                 []string
	convert.Options
}

func newConvert(a *app) *cobra.Command {
	var (
		f format
		o convertOptions
	)
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "write any weight file as .wts, .wts2 or .safetensors",
		Long: `Writes the tensors of a weight file as .wts, .wts2 or .safetensors, as the name of
OUT ends, in their order. The shapes, which .wts has no place for, go to OUT.json,
where they are found when OUT is read.

Nothing is lost in silence: a number that the new type does not hold is an error
that names it.`,
		Example: `  trtbuild convert yolov5s.pt yolov5s.wts
  trtbuild convert resnet50.wts resnet50.safetensors --rename 's/^module\.//'
  trtbuild convert net.pth net.wts --select '!*.num_batches_tracked'
  trtbuild convert net.pth net.wts --dialect a2
  trtbuild convert net.pth net.wts2 --half`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.in, o.out = args[0], args[1]
			if err := o.complete(cmd); err != nil {
				return err
			}
			c, err := a.convert(cmd.Context(), cmd, o)
			if err != nil {
				return err
			}
			return a.print(f, c, c.text)
		},
	}
	formatFlag(cmd, &f)
	keyFlag(cmd, &o.key)
	flags := cmd.Flags()
	flags.StringVar(&o.dialect, "dialect", "", "of .wts: a1 (two blanks after the count, the default), a2 (one), a3 (0x, no leading zeros), b (with types) or wts2")
	flags.StringArrayVar(&o.rules, "rename", nil, "`s/PATTERN/NAME/` as of sed, on each name; may be repeated")
	flags.StringArrayVar(&o.Select, "select", nil, "tensors to take, by `GLOB` of their names, or to leave out if it starts with !; may be repeated")
	flags.BoolVar(&o.Half, "half", false, "floating-point values as float16; .safetensors, .wts2 and the dialect b have it")
	flags.BoolVar(&o.AllowRounding, "allow-rounding", false, "let integers and float64 values become the nearest float32")
	return cmd
}

// complete chooses the format by the name of the output and parses the rules.
func (o *convertOptions) complete(cmd *cobra.Command) error {
	switch ext := strings.ToLower(filepath.Ext(o.out)); {
	case o.dialect != "":
		if _, err := wts.ParseDialect(o.dialect); err != nil {
			return usagef(cmd, "--dialect: %v", err)
		}
		if ext == ".safetensors" {
			return usagef(cmd, "--dialect is of .wts, and the output is %s", o.out)
		}
		o.Format = convert.Format(o.dialect)
	case ext == ".wts":
		o.Format = convert.WTS
	case ext == ".wts2":
		o.Format = convert.WTS2
	case ext == ".safetensors":
		o.Format = convert.SafeTensors
	default:
		return usagef(cmd, "%s: the output's name says the format: .wts, .wts2 or .safetensors; or give --dialect", o.out)
	}
	for _, s := range o.rules {
		r, err := convert.ParseRule(s)
		if err != nil {
			return usagef(cmd, "--rename: %v", err)
		}
		o.Rename = append(o.Rename, r)
	}
	return nil
}

func (a *app) convert(ctx context.Context, cmd *cobra.Command, o convertOptions) (*conversion, error) {
	m, err := load.OpenWith(o.in, load.Options{Key: o.key})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	side := wts.SidecarPath(o.out)
	for _, in := range files(o.in, m) {
		for _, out := range []string{o.out, side} {
			if same(in, out) {
				return nil, usagef(cmd, "%s would overwrite the weight file %s", out, in)
			}
		}
	}
	file, err := a.files.Create(o.out)
	if err != nil {
		return nil, err
	}
	defer file.Abort()
	c := &conversion{Schema: "trtbuild.convert/1", Input: o.in, Source: m.Format(), Output: o.out}
	shaped := m
	if o.Format == convert.WTS2 || o.Format == convert.SafeTensors {
		shaped, c.Network = inferShapes(m)
	}
	res, err := convert.Convert(ctx, shaped, file, o.Options)
	if err != nil {
		return nil, err
	}
	c.Result = res
	if w, ok := m.(weights.Warner); ok {
		c.Warnings = w.Warnings()
	}
	if res.Flat > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("the shapes of %d tensors are not known: they have one dimension now", res.Flat))
	}
	// A sidecar of before is another file's from here on; it goes first, so that
	// none ever lies beside a file that it does not fit.
	if res.Shapes != nil {
		if err := os.Remove(side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.Resources, "", "cannot replace the shapes of before: %w", err)
		}
	}
	if len(res.Shapes) == 0 {
		return c, file.Commit(ctx, 0o644)
	}
	shapes, err := a.files.Create(side)
	if err != nil {
		return nil, err
	}
	defer shapes.Abort()
	if err := res.Shapes.Encode(shapes); err != nil {
		return nil, err
	}
	if err := file.Commit(ctx, 0o644); err != nil {
		return nil, err
	}
	c.Sidecar = side
	return c, shapes.Commit(context.WithoutCancel(ctx), 0o644) // a file has its shapes
}

// inferShapes adds the shapes that a file does not record where its network is
// recognised, and returns its name.
func inferShapes(m weights.Map) (weights.Map, string) {
	if !slices.ContainsFunc(weights.All(m), func(t *weights.Tensor) bool { return t.Shape == nil }) {
		return m, ""
	}
	match, err := zoo.Detect(m)
	if err != nil {
		return m, ""
	}
	return weights.WithShapes(m, match.Shapes()), match.Name()
}

// files returns the files that m is read from.
func files(path string, m weights.Map) []string {
	all := []string{path}
	seen := map[string]bool{}
	for _, name := range m.Names() {
		t, _ := m.Tensor(name)
		if !seen[t.File] {
			seen[t.File] = true
			all = append(all, filepath.Join(filepath.Dir(path), t.File))
		}
	}
	return all
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func (c *conversion) text(w io.Writer) error {
	if n := len(c.Renamed); n > 0 {
		fmt.Fprintf(w, "renamed %s, such as %s to %s\n", plural(n, "tensor"), c.Renamed[0].From, c.Renamed[0].To)
	}
	const listed = 8
	switch n := len(c.Dropped); {
	case n > listed:
		fmt.Fprintf(w, "left out %s: %s and %d more\n", plural(n, "tensor"), strings.Join(c.Dropped[:listed], ", "), n-listed)
	case n > 0:
		fmt.Fprintf(w, "left out %s: %s\n", plural(n, "tensor"), strings.Join(c.Dropped, ", "))
	}
	c.textRounded(w)
	for _, s := range c.Warnings {
		fmt.Fprintf(w, "warning: %s\n", s)
	}
	if c.Network != "" {
		fmt.Fprintf(w, "shapes inferred from the network, %s\n", c.Network)
	}
	if c.Sidecar != "" {
		fmt.Fprintf(w, "%s: the shapes\n", c.Sidecar)
	}
	_, err := fmt.Fprintf(w, "%s: %s, %s, %s, %s, from %s\n", c.Output, c.Format, plural(c.Tensors, "tensor"), plural(c.Values, "value"), humanBytes(c.Bytes), c.Source)
	return err
}

// textRounded sums up what was rounded, a line for each pair of types.
func (c *conversion) textRounded(w io.Writer) {
	type pair struct{ from, to dtype.Type }
	type sum struct{ tensors, changed, flushed int64 }
	var order []pair
	sums := map[pair]sum{}
	for _, l := range c.Rounded {
		p := pair{l.From, l.To}
		s := sums[p]
		if s.tensors == 0 {
			order = append(order, p)
		}
		sums[p] = sum{s.tensors + 1, s.changed + l.Count, s.flushed + l.Flushed}
	}
	for _, p := range order {
		s := sums[p]
		fmt.Fprintf(w, "rounded %s of %s from %v to %v, %d of them to zero\n", plural(s.changed, "value"), plural(s.tensors, "tensor"), p.from, p.to, s.flushed)
	}
}
