package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/stats"
)

// width returns the columns of the terminal that the result goes to, 80 if it
// goes elsewhere.
func (a *app) width() int {
	if f, ok := a.Out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return 80
}

const summaryHeader = "MIN\tMAX\tABSMIN\tABSMAX\tSTD\tZEROS\tOVERFLOW\tSUBNORMAL\tFLUSHED\tFP16\tFLUSH\tBF16\tTF32\tINT8\tINT8/CH"

func writeSummary(w io.Writer, s *stats.Summary) {
	fmt.Fprintf(w, "%.4g\t%.4g\t%.3g\t%.4g\t%.3g\t%d\t%d\t%d\t%d\t%v\t%v\t%v\t%v\t%v\t%v",
		s.Min, s.Max, s.AbsMinNonzero, s.AbsMax, s.Std, s.Zeros, s.FP16.Overflow, s.FP16.Subnormal, s.FP16.Flushed,
		s.FP16.SQNR, s.FP16.SQNRFlush, s.BF16.SQNR, s.TF32.SQNR, s.INT8.PerTensor, s.INT8.PerChannel)
}

func shapeText(t *stats.Tensor) string {
	if t.Shape == nil {
		return fmt.Sprintf("(%d)", t.Count)
	}
	return weights.FormatDims(t.Shape)
}

// worstText names the channel that keeps least, and how much.
func worstText(t *stats.Tensor) string {
	if c := t.FP16.WorstChannel; c != nil {
		return fmt.Sprintf("%v at %d", c.SQNRFlush, c.Index)
	}
	return "-"
}

func riskText(r stats.Risk) string {
	if r == stats.RiskNone {
		return "-"
	}
	return string(r)
}

func (r *rangesResult) table(w io.Writer, channels bool) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	if channels {
		fmt.Fprintln(tw, "TENSOR\tCHANNEL\t"+summaryHeader)
	} else {
		fmt.Fprintln(tw, "TENSOR\tSHAPE\tRISK\tWORST CHANNEL\t"+summaryHeader)
	}
	for i := range r.Tensors {
		t := &r.Tensors[i]
		switch {
		case t.Skipped != "":
			fmt.Fprintf(tw, "%s\t%s\t%s\n", printable(t.Name), shapeText(t), t.Skipped)
		case channels:
			writeChannels(tw, printable(t.Name), t.Channels)
		default:
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t", printable(t.Name), shapeText(t), riskText(t.Risk), worstText(t))
			writeSummary(tw, &t.Summary)
			fmt.Fprintln(tw)
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return r.conclude(w, r.Tensors)
}

func writeChannels(w io.Writer, name string, channels []stats.Channel) {
	for i := range channels {
		fmt.Fprintf(w, "%s\t%d\t", name, channels[i].Index)
		writeSummary(w, &channels[i].Summary)
		fmt.Fprintln(w)
	}
}

// conclude says how many tensors are at which risk.
func (r *rangesResult) conclude(w io.Writer, tensors []stats.Tensor) error {
	var count int64
	at := map[stats.Risk]int{}
	for i := range tensors {
		count += tensors[i].Count
		at[tensors[i].Risk]++
	}
	var said []string
	for _, k := range []struct {
		risk stats.Risk
		text string
	}{
		{stats.RiskNotFinite, "with NaN or infinity"},
		{stats.RiskOverflow, "over the range of FP16"},
		{stats.RiskLoss, fmt.Sprintf("with a channel below %s dB in FP16", stats.LeastSQNR.Text(0))},
		{stats.RiskFlush, fmt.Sprintf("with one below %s dB where subnormals are flushed", stats.LeastSQNR.Text(0))},
		{stats.RiskUnknown, "not measured"},
	} {
		if at[k.risk] > 0 {
			said = append(said, fmt.Sprintf("%d %s", at[k.risk], k.text))
		}
	}
	if said == nil {
		said = []string{"FP16 holds them all"}
	}
	_, err := fmt.Fprintf(w, "\n%s, %s: %s\n", plural(len(tensors), "tensor"), plural(int(count), "value"), strings.Join(said, ", "))
	return err
}

func (r *rangesResult) foldedTable(w io.Writer, channels bool) error {
	if len(r.Folded) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nWith BatchNorm folded, as the engine of %s will hold them:\n\n", r.Network)
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	if channels {
		fmt.Fprintln(tw, "LAYER\tCHANNEL\t"+summaryHeader)
	} else {
		fmt.Fprintln(tw, "LAYER\tFROM\tSHAPE\tRISK\tBEFORE\tWORST CHANNEL\tBEFORE\t"+summaryHeader)
	}
	all := make([]stats.Tensor, len(r.Folded))
	for i := range r.Folded {
		f := &r.Folded[i]
		all[i] = f.Tensor
		if channels {
			writeChannels(tw, f.Name, f.Channels)
			continue
		}
		risk, worst := "-", "-"
		if f.Before != nil {
			risk, worst = riskText(f.Before.Risk), f.Before.SQNRFlush.String()
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t", f.Name, f.From, shapeText(&f.Tensor), riskText(f.Risk), risk, worstText(&f.Tensor), worst)
		writeSummary(tw, &f.Summary)
		fmt.Fprintln(tw)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return r.conclude(w, all)
}

// worstShown is how many channels the detail of a tensor lists.
const worstShown = 5

// writeDetail writes all about one tensor.
func writeDetail(w io.Writer, t *stats.Tensor, width int) error {
	fmt.Fprintf(w, "%s: %v %s, %s\n", printable(t.Name), t.Type, shapeText(t), t.Role)
	if t.Skipped != "" {
		_, err := fmt.Fprintln(w, t.Skipped)
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(what, format string, args ...any) { fmt.Fprintf(tw, what+"\t"+format+"\n", args...) }
	row("values", "%d, of them %d zero, %d NaN, %d infinite", t.Count, t.Zeros, t.NaN, t.Inf)
	row("range", "%.9g to %.9g", t.Min, t.Max)
	row("magnitudes", "%.9g to %.9g, zeros apart", t.AbsMinNonzero, t.AbsMax)
	row("mean, std", "%.9g, %.9g", t.Mean, t.Std)
	row("FP16", "%d overflow, %d subnormal, %d flushed to zero; risk: %s", t.FP16.Overflow, t.FP16.Subnormal, t.FP16.Flushed, t.Risk)
	row("SQNR in dB", "FP16 %v, FP16 without subnormals %v, BF16 %v, TF32 %v, INT8 %v, INT8 by channel %v",
		t.FP16.SQNR, t.FP16.SQNRFlush, t.BF16.SQNR, t.TF32.SQNR, t.INT8.PerTensor, t.INT8.PerChannel)
	if err := tw.Flush(); err != nil {
		return err
	}
	if len(t.Channels) > 1 {
		fmt.Fprintf(w, "\nworst of %d channels in FP16:\n", len(t.Channels))
		worst := slices.Clone(t.Channels)
		slices.SortStableFunc(worst, stats.ByLoss)
		fmt.Fprintln(tw, "CHANNEL\t"+summaryHeader)
		for i := range worst[:min(len(worst), worstShown)] {
			fmt.Fprintf(tw, "%d\t", worst[i].Index)
			writeSummary(tw, &worst[i].Summary)
			fmt.Fprintln(tw)
		}
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	if t.AbsMax == 0 { // nothing to draw
		return nil
	}
	if err := writeLinear(w, t, width); err != nil {
		return err
	}
	return writeLog2(w, t, width)
}
