package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

type runReport struct {
	Schema        string             `json:"schema"`
	File          string             `json:"file"`
	Precision     string             `json:"precision"`
	Images        []string           `json:"images,omitempty"` // in the order of the batch
	Preprocessing *preprocess.Recipe `json:"preprocessing,omitempty"`
	Inputs        []runTensor        `json:"inputs"`
	Outputs       []runTensor        `json:"outputs"`
	Taps          []runTensor        `json:"taps,omitempty"`
	Repeat        int                `json:"repeat"`
	Seconds       runSeconds         `json:"seconds"`
	Layers        []layerTime        `json:"layers,omitempty"`
}

type runTensor struct {
	Name  string     `json:"name"`
	Shape trt.Dims   `json:"shape"`
	DType dtype.Type `json:"dtype"`
}

// runSeconds of several runs: Run is the median.
type runSeconds struct {
	Prepare float64 `json:"prepare"`
	Run     float64 `json:"run"`
	Min     float64 `json:"min"`
	Mean    float64 `json:"mean"`
}

// layerTime is the median over the runs.
type layerTime struct {
	Name    string   `json:"name"`
	Op      trt.Kind `json:"op"`
	Seconds float64  `json:"seconds"`
	Share   float64  `json:"share"` // of all layers
}

func newRunReport(o *runOptions) *runReport {
	return &runReport{Schema: "trtbuild.run/1", File: o.out, Precision: o.precision, Repeat: o.repeat}
}

func (s *runSeconds) summarize(runs []time.Duration) {
	sum := time.Duration(0)
	for _, d := range runs {
		sum += d
	}
	s.Min, s.Run = slices.Min(runs).Seconds(), median(runs).Seconds()
	s.Mean = sum.Seconds() / float64(len(runs))
}

func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// layerTimes collects what each layer took, run by run.
type layerTimes map[*trt.Layer][]time.Duration

func (t layerTimes) add(l *trt.Layer, d time.Duration) { t[l] = append(t[l], d) }

// sorted puts the longest first.
func (t layerTimes) sorted() []layerTime {
	total := 0.0
	all := make([]layerTime, 0, len(t))
	for l, d := range t {
		s := median(d).Seconds()
		total += s
		all = append(all, layerTime{Name: l.Name, Op: l.Op.Kind(), Seconds: s})
	}
	for i := range all {
		if total > 0 {
			all[i].Share = all[i].Seconds / total
		}
	}
	slices.SortFunc(all, func(a, b layerTime) int {
		return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.Name, b.Name))
	})
	return all
}

func (r *runReport) text(w io.Writer) error {
	for _, l := range [][]runTensor{r.Taps, r.Outputs} {
		for _, o := range l {
			fmt.Fprintf(w, "%s %v %v\n", o.Name, o.DType, o.Shape)
		}
	}
	if len(r.Layers) > 0 {
		tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
		for _, l := range r.Layers {
			fmt.Fprintf(tw, "%.3f ms\t%.1f %%\t  %s (%s)\n", 1e3*l.Seconds, 100*l.Share, l.Name, l.Op)
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	took := fmt.Sprintf("run in %.2f s", r.Seconds.Run)
	if r.Repeat > 1 {
		took = fmt.Sprintf("run %d times: minimum %.3f s, median %.3f s, mean %.3f s", r.Repeat, r.Seconds.Min, r.Seconds.Run, r.Seconds.Mean)
	}
	_, err := fmt.Fprintf(w, "%s written; prepared in %.2f s, %s\n", r.File, r.Seconds.Prepare, took)
	return err
}
