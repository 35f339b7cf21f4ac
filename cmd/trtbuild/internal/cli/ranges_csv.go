package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/trtbuild/trtbuild/weights/stats"
)

var summaryColumns = []string{
	"count", "min", "max", "absmin_nonzero", "absmax", "mean", "std", "zeros", "nan", "inf",
	"fp16_overflow", "fp16_subnormal", "fp16_flushed", "fp16_sqnr_db", "fp16_sqnr_flush_db",
	"bf16_overflow", "bf16_sqnr_db", "tf32_overflow", "tf32_sqnr_db", "int8_sqnr_db", "int8_sqnr_per_channel_db",
}

func summaryRecord(s *stats.Summary) []string {
	single := func(x float32) string { return strconv.FormatFloat(float64(x), 'g', -1, 32) }
	double := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	db := func(d stats.Decibels) string { return d.Text(3) }
	return []string{
		count(s.Count), single(s.Min), single(s.Max), single(s.AbsMinNonzero), single(s.AbsMax), double(s.Mean), double(s.Std),
		count(s.Zeros), count(s.NaN), count(s.Inf),
		count(s.FP16.Overflow), count(s.FP16.Subnormal), count(s.FP16.Flushed), db(s.FP16.SQNR), db(s.FP16.SQNRFlush),
		count(s.BF16.Overflow), db(s.BF16.SQNR), count(s.TF32.Overflow), db(s.TF32.SQNR), db(s.INT8.PerTensor), db(s.INT8.PerChannel),
	}
}

// csv writes one row a tensor, or a channel. Folded ones follow those of the
// file and name in from what they were made of.
func (r *rangesResult) csv(w io.Writer, channels bool) error {
	c := csv.NewWriter(w)
	head := []string{"name", "from", "dtype", "shape", "role"}
	if channels {
		head = append(head, "channel")
	} else {
		head = append(head, "risk", "worst_channel", "worst_channel_sqnr_db", "worst_channel_sqnr_flush_db")
	}
	if err := c.Write(append(head, summaryColumns...)); err != nil {
		return err
	}
	for i := range r.Tensors {
		if err := writeRecords(c, &r.Tensors[i], "", channels); err != nil {
			return err
		}
	}
	for i := range r.Folded {
		if err := writeRecords(c, &r.Folded[i].Tensor, r.Folded[i].From, channels); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func writeRecords(c *csv.Writer, t *stats.Tensor, from string, channels bool) error {
	if t.Skipped != "" {
		return nil
	}
	shape := ""
	if t.Shape != nil {
		shape = shapeText(t)
	}
	head := []string{t.Name, from, t.Type.String(), shape, t.Role}
	head = head[:len(head):len(head)]
	if channels {
		for i := range t.Channels {
			record := append(append(head, strconv.Itoa(t.Channels[i].Index)), summaryRecord(&t.Channels[i].Summary)...)
			if err := c.Write(record); err != nil {
				return err
			}
		}
		return nil
	}
	worst := []string{"", "", ""}
	if w := t.FP16.WorstChannel; w != nil {
		worst = []string{fmt.Sprint(w.Index), w.SQNR.Text(3), w.SQNRFlush.Text(3)}
	}
	record := append(append(append(head, string(t.Risk)), worst...), summaryRecord(&t.Summary)...)
	return c.Write(record)
}
