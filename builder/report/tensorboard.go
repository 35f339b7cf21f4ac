package report

import (
	"bufio"
	"context"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/trtbuild/trtbuild/internal/atomicfile"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/tfevents"
	"github.com/trtbuild/trtbuild/weights/stats"
)

// EventFile is the name of the event files that WriteTensorBoard writes.
// TensorBoard reads files with "tfevents" in their names.
const EventFile = "events.out.tfevents.0.trtbuild"

// WriteTensorBoard writes r below dir, which is made when it is not there, as
// event files of one run each: stored, and folded where r has it. Each tensor
// has the histograms abs/NAME (100 bins of equal width) and log2_abs/NAME (of
// log2 |x|, one bin for each power of two) and scalars such as absmax/NAME, all
// at step 0; fp16_flushed_share and its like are shares of 1. Sums that were not
// measured are those of the bins' middles. A file of the same name is replaced whole or not at all; other
// files are left alone.
func WriteTensorBoard(dir string, r Ranges) error {
	runs := []struct {
		name    string
		tensors []stats.Tensor
	}{{"stored", r.Tensors}, {"folded", r.Folded}}
	var set atomicfile.Set
	defer set.Abort()
	for i, run := range runs {
		if i > 0 && run.tensors == nil {
			continue
		}
		if err := writeRun(&set, filepath.Join(dir, run.name), run.tensors); err != nil {
			return err
		}
	}
	return nil
}

func writeRun(set *atomicfile.Set, dir string, tensors []stats.Tensor) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fault.New(fault.Resources, "choose another place with --tensorboard", "cannot make the directory: %w", err)
	}
	f, err := set.Create(filepath.Join(dir, EventFile))
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	if err := writeEvents(b, tensors); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return f.Commit(context.Background(), 0o644)
}

func writeEvents(w io.Writer, tensors []stats.Tensor) error {
	e := tfevents.NewWriter(w)
	for i := range tensors {
		t := &tensors[i]
		if t.Skipped != "" {
			continue
		}
		if t.Count > t.NaN+t.Inf {
			if err := e.Histogram("abs/"+t.Name, linearEvents(t)); err != nil {
				return err
			}
		}
		if len(t.Histogram.Log2) > 0 {
			if err := e.Histogram("log2_abs/"+t.Name, log2Events(t)); err != nil {
				return err
			}
		}
		for _, s := range scalars(t) {
			if err := e.Scalar(s.tag+"/"+t.Name, float32(s.value)); err != nil {
				return err
			}
		}
	}
	return nil
}

type scalar struct {
	tag   string
	value float64
}

func scalars(t *stats.Tensor) []scalar {
	all := float64(max(t.Count, 1))
	return []scalar{
		{"absmax", float64(t.AbsMax)},
		{"absmin_nonzero", float64(t.AbsMinNonzero)},
		{"mean", t.Mean},
		{"std", t.Std},
		{"zeros_share", float64(t.Zeros) / all},
		{"not_finite", float64(t.NaN + t.Inf)},
		{"fp16_overflow", float64(t.FP16.Overflow)},
		{"fp16_subnormal_share", float64(t.FP16.Subnormal) / all},
		{"fp16_flushed_share", float64(t.FP16.Flushed) / all},
		{"fp16_sqnr_db", float64(t.FP16.SQNR)},
		{"fp16_sqnr_flush_db", float64(t.FP16.SQNRFlush)},
		{"bf16_sqnr_db", float64(t.BF16.SQNR)},
		{"tf32_sqnr_db", float64(t.TF32.SQNR)},
		{"int8_sqnr_db", float64(t.INT8.PerTensor)},
		{"int8_sqnr_per_channel_db", float64(t.INT8.PerChannel)},
	}
}

// linearEvents is the linear histogram. Its squares are those of the values,
// which the standard deviation and the mean give; a tensor of zeros has one bin
// of no width.
func linearEvents(t *stats.Tensor) tfevents.Histogram {
	finite := float64(t.Count - t.NaN - t.Inf)
	h := tfevents.Histogram{Max: float64(t.AbsMax), Num: finite, SumSquares: finite * (t.Std*t.Std + t.Mean*t.Mean)}
	if t.Zeros == 0 {
		h.Min = float64(t.AbsMinNonzero)
	}
	width := float64(t.AbsMax) / stats.LinearBins
	for i, n := range t.Histogram.Linear {
		h.Limits = append(h.Limits, width*float64(i+1))
		h.Counts = append(h.Counts, float64(n))
		h.Sum += width * (float64(i) + 0.5) * float64(n)
	}
	return h
}

// log2Events is the histogram of the values' binary logarithms.
func log2Events(t *stats.Tensor) tfevents.Histogram {
	h := tfevents.Histogram{Min: math.Log2(float64(t.AbsMinNonzero)), Max: math.Log2(float64(t.AbsMax))}
	for i, n := range t.Histogram.Log2 {
		from := float64(t.Histogram.Log2From + i)
		h.Limits = append(h.Limits, from+1)
		h.Counts = append(h.Counts, float64(n))
		h.Num += float64(n)
		h.Sum += (from + 0.5) * float64(n)
		h.SumSquares += (from + 0.5) * (from + 0.5) * float64(n)
	}
	return h
}
