package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/glob"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/convert"
	"github.com/trtbuild/trtbuild/weights/diff"
	"github.com/trtbuild/trtbuild/weights/load"
)

type difference struct {
	Schema string `json:"schema"`
	A      string `json:"a"`
	B      string `json:"b"`
	Within bool   `json:"within"` // every tensor is the same within the tolerance
	Failed int    `json:"failed"`
	*diff.Report
	Warnings []string `json:"warnings,omitempty"` // the readers', each with its file
}

func newDiff(a *app) *cobra.Command {
	var (
		f      format
		o      diff.Options
		chosen []string
		rules  []string
		key    string
	)
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "compare two weight files of any formats, tensor by tensor",
		Long: `Holds B against A: tensors that are missing or extra, shapes and types that
changed, and for each other tensor the largest absolute and relative error and
the ratio of signal to error in decibels (SQNR), the worst first.

An element passes when |b-a| <= atol + rtol*|a|; without tolerances, only equal
values do. NaN equals NaN. A change of type alone is no failure. When no name is
in both files, a prefix that all names of one of them have is taken off.

The exit code is 0 when every tensor passes and 8 when one does not.`,
		Example: `  trtbuild diff best.pt best.wts
  trtbuild diff fp32.safetensors fp16.safetensors --rtol 1e-3 --atol 1e-6
  trtbuild diff a.pth b.wts --select '!*.num_batches_tracked' --format json`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Rename, err = renamer(cmd, rules); err != nil {
				return err
			}
			o.Select = glob.Parse(chosen).Takes
			return a.diff(cmd.Context(), args[0], args[1], key, o, f)
		},
	}
	cmd.Flags().Float64Var(&o.Atol, "atol", 0, "absolute error that passes")
	cmd.Flags().Float64Var(&o.Rtol, "rtol", 0, "error relative to A's value that passes")
	cmd.Flags().StringArrayVar(&rules, "rename", nil, "`s/PATTERN/NAME/` as of sed, on the names of both files; may be repeated")
	selectFlag(cmd, &chosen)
	keyFlag(cmd, &key)
	formatFlag(cmd, &f)
	return cmd
}

func (a *app) diff(ctx context.Context, pathA, pathB, key string, o diff.Options, f format) error {
	ma, mb, err := openTwo(pathA, pathB, key)
	if err != nil {
		return err
	}
	defer ma.Close()
	defer mb.Close()
	r, err := diff.Compare(ctx, ma, mb, o)
	if err != nil {
		return err
	}
	d := difference{"trtbuild.diff/1", pathA, pathB, r.Failed() == 0, r.Failed(), r, nil}
	for _, s := range warningsOf(ma) {
		d.Warnings = append(d.Warnings, pathA+": "+s)
	}
	for _, s := range warningsOf(mb) {
		d.Warnings = append(d.Warnings, pathB+": "+s)
	}
	if len(r.Tensors) == 0 {
		return fault.New(fault.Usage, "trtbuild inspect lists the names", "%s and %s: nothing to compare", pathA, pathB)
	}
	if err := a.print(f, d, d.text); err != nil || d.Within {
		return err
	}
	return fault.New(fault.Verification, "", "%s and %s: %d of %s differ beyond the tolerance", pathA, pathB, d.Failed, plural(len(r.Tensors), "tensor"))
}

// renamer returns what the rules make of a name, nil for no rules.
func renamer(cmd *cobra.Command, rules []string) (func(name string) string, error) {
	var parsed []convert.Rule
	for _, s := range rules {
		r, err := convert.ParseRule(s)
		if err != nil {
			return nil, usagef(cmd, "--rename: %v", err)
		}
		parsed = append(parsed, r)
	}
	if len(parsed) == 0 {
		return nil, nil
	}
	return func(name string) string {
		for _, r := range parsed {
			name = r.Apply(name)
		}
		return name
	}, nil
}

// openTwo opens both files; the key is for those of them that are PyTorch's.
func openTwo(pathA, pathB, key string) (ma, mb weights.Map, err error) {
	open := func(path string) (weights.Map, error) {
		m, err := load.OpenWith(path, load.Options{Key: key})
		if key != "" && fault.Of(err) == fault.Usage {
			return load.Open(path)
		}
		return m, err
	}
	if ma, err = open(pathA); err != nil {
		return nil, nil, err
	}
	if mb, err = open(pathB); err != nil {
		ma.Close()
		return nil, nil, err
	}
	return ma, mb, nil
}

func (d difference) text(w io.Writer) error {
	for _, side := range [...]struct{ file, prefix string }{{d.A, d.PrefixA}, {d.B, d.PrefixB}} {
		if side.prefix != "" {
			fmt.Fprintf(w, "%q is taken off the names of %s\n\n", side.prefix, side.file)
		}
	}
	if len(d.Tensors) > d.Count(diff.Same) {
		tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
		fmt.Fprintln(tw, "TENSOR\tOUTCOME\tBEYOND\tMAX ABS\tAT\tMAX REL\tSQNR DB\tCHANGE")
		for _, t := range d.WorstFirst() {
			if t.Status != diff.Same {
				writeDifference(tw, t)
			}
		}
		if err := tw.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	_, err := fmt.Fprintf(w, "%s and %s: %s, %d the same, %d within atol %g, rtol %g, %d beyond, %d of another shape, %d missing, %d extra\n",
		d.A, d.B, plural(len(d.Tensors), "tensor"), d.Count(diff.Same), d.Count(diff.Within), d.Atol, d.Rtol,
		d.Count(diff.Beyond), d.Count(diff.Shape), d.Count(diff.Missing), d.Count(diff.Extra))
	for _, s := range d.Warnings {
		fmt.Fprintf(w, "warning: %s\n", s)
	}
	return err
}

func writeDifference(w io.Writer, t diff.Tensor) {
	fmt.Fprintf(w, "%s\t%s\t", printable(t.Name), t.Status)
	switch e := t.Errors; {
	case e == nil:
		fmt.Fprint(w, "-\t-\t-\t-\t-\t")
	case e.MaxAbsAt == nil: // nothing to measure: signs of zero, NaN, complex
		fmt.Fprintf(w, "%d of %d\t-\t-\t-\t%s\t", e.Beyond, t.A.Count, decibels(float64(e.SQNR)))
	default:
		at := strings.ReplaceAll(fmt.Sprint(e.MaxAbsAt), " ", ",")
		fmt.Fprintf(w, "%d of %d\t%.3g\t%s\t%.3g\t%s\t", e.Beyond, t.A.Count, e.MaxAbs, at, e.MaxRel, decibels(float64(e.SQNR)))
	}
	fmt.Fprintln(w, change(t))
}

func decibels(v float64) string {
	if math.IsInf(v, 0) {
		return strings.ToLower(strings.TrimPrefix(fmt.Sprint(v), "+"))
	}
	return fmt.Sprintf("%.1f", v)
}

// change says what else the two files do not say alike.
func change(t diff.Tensor) string {
	side := func(d *diff.Described) string {
		if d.Shape == nil {
			return fmt.Sprintf("%v of %s", d.Type, plural(int(d.Count), "value"))
		}
		return fmt.Sprintf("%v %s", d.Type, weights.FormatDims(d.Shape))
	}
	var all []string
	switch {
	case t.B == nil:
		return side(t.A)
	case t.A == nil:
		return side(t.B)
	case t.Status == diff.Shape:
		return side(t.A) + " to " + side(t.B)
	case t.Retyped():
		all = append(all, fmt.Sprintf("%v to %v", t.A.Type, t.B.Type))
	}
	if t.Errors.Nonfinite > 0 {
		all = append(all, fmt.Sprintf("%d NaN or infinite in one", t.Errors.Nonfinite))
	}
	return cmp.Or(strings.Join(all, ", "), "-")
}
