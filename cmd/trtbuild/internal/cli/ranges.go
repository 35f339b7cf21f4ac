package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/report"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/atomicfile"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/glob"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/load"
	"github.com/trtbuild/trtbuild/weights/stats"
)

type rangesResult struct {
	Schema   string         `json:"schema"`
	File     string         `json:"file"`
	Format   string         `json:"format"`
	Network  string         `json:"network,omitempty"` // recognised
	Tensors  []stats.Tensor `json:"tensors"`
	Folded   []foldedTensor `json:"folded,omitempty"`
	Warnings []string       `json:"warnings,omitempty"`
}

// foldedTensor is what a layer holds once BatchNorm is folded into it.
type foldedTensor struct {
	From   string  `json:"from"` // the tensor of the file
	Before *before `json:"before"`
	stats.Tensor
}

// before is what FP16 would make of the tensor of the file.
type before struct {
	Risk      stats.Risk     `json:"risk"`
	SQNR      stats.Decibels `json:"worst_sqnr_db"` // of the channel that has the lowest
	SQNRFlush stats.Decibels `json:"worst_sqnr_flush_db"`
}

// rangesOptions are the flags of ranges.
type rangesOptions struct {
	format   tableFormat
	load     load.Options
	selected []string
	tensor   string
	channels bool
	folded   bool
	sort     string
	html     string
	board    string
}

func newRanges(a *app) *cobra.Command {
	var o rangesOptions
	cmd := &cobra.Command{
		Use:   "ranges FILE",
		Short: "measure the values of a weight file, and what FP16, BF16, TF32 and INT8 make of them",
		Long: `Measures every tensor and every output channel: extremes, mean, deviation, zeros,
NaN and infinities; what overflows FP16, is subnormal there or becomes zero; and
the ratio of signal to rounding noise (SQNR) in each type, in decibels.
docs/ranges.md says what each column means; --html writes a page of it.

Tensors come most at risk in FP16 first: NaN and infinities, then what overflows,
then by the channel that keeps least. --tensor draws the histograms of one tensor.

The channels of .wts files, which hold no shapes, are known where the network is
recognised. --folded measures what the engine will hold as well: the kernels with
BatchNorm folded into them.`,
		Example: `  trtbuild ranges resnet50.pth
  trtbuild ranges resnet50.pth --tensor layer1.0.conv1.weight
  trtbuild ranges resnet50.wts --folded --html resnet50.html
  trtbuild ranges best.pt --select '*.weight' --channels --format csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"risk", "file", "name"}, o.sort) {
				return usagef(cmd, "--sort %q: expected risk, file or name", o.sort)
			}
			if o.html != "" {
				if err := keepWeights(cmd, args[0], "html", o.html); err != nil {
					return err
				}
			}
			if o.tensor != "" && len(o.selected) > 0 {
				return usagef(cmd, "--tensor and --select both choose tensors; give one")
			}
			return a.ranges(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.selected, "select", nil, "measure only tensors whose names fit `GLOB`, or with ! in front only the others; may be repeated")
	f.StringVar(&o.tensor, "tensor", "", "all about the tensor of this `NAME`, with histograms")
	f.BoolVar(&o.channels, "channels", false, "every output channel of each tensor")
	f.BoolVar(&o.folded, "folded", false, "also the weights of the layers with BatchNorm folded, where the network is recognised")
	f.StringVar(&o.sort, "sort", "risk", "order of tensors: risk, file or name")
	f.StringVar(&o.html, "html", "", "also write a page that shows all of it to this `FILE`")
	f.StringVar(&o.board, "tensorboard", "", "also write histograms and scalars for TensorBoard into this `DIR`")
	o.format = "text"
	f.Var(&o.format, "format", "how the result is printed")
	keyFlag(cmd, &o.load.Key)
	return cmd
}

func (a *app) ranges(ctx context.Context, file string, o rangesOptions) error {
	var page *atomicfile.File
	if o.html != "" { // before the work that it is for
		var err error
		if page, err = a.files.Create(o.html); err != nil {
			return err
		}
		defer page.Abort()
	}
	r, err := measureRanges(ctx, file, o)
	if err != nil {
		return err
	}
	if o.tensor != "" {
		r.only(o.tensor)
	}
	if o.board != "" {
		if err := report.WriteTensorBoard(o.board, r.report(file)); err != nil {
			return err
		}
	}
	if page != nil {
		if err := report.WriteHTML(page, r.report(file)); err != nil {
			return err
		}
		if err := page.Commit(ctx, 0o644); err != nil {
			return err
		}
	}
	o.order(r)
	switch o.format {
	case "csv":
		return r.csv(a.Out, o.channels)
	case "json":
		if !o.channels && o.tensor == "" {
			r.dropChannels()
		}
		return a.print("json", r, nil)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(a.Err, "trtbuild: %s\n", w)
	}
	return r.text(a.Out, o, a.width())
}

func measureRanges(ctx context.Context, file string, o rangesOptions) (*rangesResult, error) {
	m, err := load.OpenWith(file, o.load)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	r := &rangesResult{Schema: "trtbuild.ranges/1", File: filepath.Base(file), Format: m.Format()}
	if w, ok := m.(weights.Warner); ok {
		r.Warnings = w.Warnings()
	}
	shaped := m
	if match, err := zoo.Detect(m); err == nil {
		r.Network = match.Name()
		shaped = weights.WithShapes(m, match.Shapes())
	}
	names := o.selected
	if o.tensor != "" {
		if names, err = o.named(m); err != nil {
			return nil, err
		}
	}
	if !o.folded {
		r.Tensors, err = stats.Measure(ctx, shaped, stats.Options{Select: names})
		return r, err
	}
	folded, err := builder.FoldWeights(m, zoo.Options{})
	if err != nil {
		return nil, err
	}
	return r, r.measureFolded(ctx, shaped, folded, names)
}

// named returns a glob that fits the one tensor; only leaves out what else it may
// fit, as names can have any characters.
func (o rangesOptions) named(m weights.Map) ([]string, error) {
	if _, ok := m.Tensor(o.tensor); !ok {
		return nil, fault.New(fault.Usage, "trtbuild inspect --tensors lists the names", "no tensor is named %q", o.tensor)
	}
	if rest, ok := strings.CutPrefix(o.tensor, "!"); ok {
		return []string{"?" + rest}, nil
	}
	return []string{o.tensor}, nil
}

func (r *rangesResult) only(name string) {
	r.Tensors = slices.DeleteFunc(r.Tensors, func(t stats.Tensor) bool { return t.Name != name })
	r.Folded = slices.DeleteFunc(r.Folded, func(f foldedTensor) bool { return f.From != name })
}

// measureFolded measures both what the file holds and what the layers will. The
// globs may name either.
func (r *rangesResult) measureFolded(ctx context.Context, m weights.Map, folded *builder.Folded, globs []string) error {
	all, err := stats.Measure(ctx, m, stats.Options{})
	if err != nil {
		return err
	}
	after, err := stats.Measure(ctx, folded, stats.Options{})
	if err != nil {
		return err
	}
	chosen := glob.Parse(globs)
	if g, unused := chosen.Unused(slices.Concat(m.Names(), folded.Names())); unused {
		return fault.New(fault.Usage, "trtbuild ranges --folded lists the names", "no tensor or layer fits %q", g)
	}
	raw := map[string]*stats.Tensor{}
	for i := range all {
		raw[all[i].Name] = &all[i]
		if chosen.Takes(all[i].Name) {
			r.Tensors = append(r.Tensors, all[i])
		}
	}
	for _, t := range after {
		f := foldedTensor{From: folded.From(t.Name), Tensor: t}
		if b := raw[f.From]; b != nil {
			kept, flushed := b.WorstSQNR()
			f.Before = &before{b.Risk, kept, flushed}
		}
		if chosen.Takes(t.Name) || len(globs) > 0 && chosen.Takes(f.From) {
			r.Folded = append(r.Folded, f)
		}
	}
	return nil
}

// report returns what a page shows; tensors must be in file order.
func (r *rangesResult) report(file string) report.Ranges {
	p := report.Ranges{Title: r.Network, File: filepath.Base(file), Format: r.Format, Tensors: slices.Clone(r.Tensors)}
	for _, f := range r.Folded {
		p.Folded = append(p.Folded, f.Tensor)
	}
	return p
}

// order sorts the tensors as --sort says.
func (o rangesOptions) order(r *rangesResult) {
	switch o.sort {
	case "risk":
		slices.SortStableFunc(r.Tensors, stats.ByRisk)
		slices.SortStableFunc(r.Folded, func(a, b foldedTensor) int { return stats.ByRisk(a.Tensor, b.Tensor) })
	case "name":
		slices.SortStableFunc(r.Tensors, func(a, b stats.Tensor) int { return strings.Compare(a.Name, b.Name) })
		slices.SortStableFunc(r.Folded, func(a, b foldedTensor) int { return strings.Compare(a.Name, b.Name) })
	}
}

// dropChannels leaves out what makes the JSON of a network tens of megabytes.
func (r *rangesResult) dropChannels() {
	for i := range r.Tensors {
		r.Tensors[i].Channels = nil
	}
	for i := range r.Folded {
		r.Folded[i].Channels = nil
	}
}

func (r *rangesResult) text(w io.Writer, o rangesOptions, width int) error {
	if o.tensor != "" {
		for i := range r.Tensors {
			if err := writeDetail(w, &r.Tensors[i], width); err != nil {
				return err
			}
		}
		for i := range r.Folded {
			fmt.Fprintf(w, "\nWith BatchNorm folded:\n\n")
			if err := writeDetail(w, &r.Folded[i].Tensor, width); err != nil {
				return err
			}
		}
		return nil
	}
	if err := r.table(w, o.channels); err != nil {
		return err
	}
	return r.foldedTable(w, o.channels)
}
