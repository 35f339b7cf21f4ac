package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/trtbuild/trtbuild/weights/stats"
)

// Channels shown of a tensor at risk, and of any other.
const (
	worstAtRisk = 16
	worstSound  = 4
)

// section is one table.
type section struct {
	ID, Heading string
	Facts       []fact
	Risks       []riskCount
	Rows        []row
}

// fact is a number with a name.
type fact struct{ Name, Value, Note string }

// riskCount is how many tensors have a risk.
type riskCount struct {
	Risk  risk
	Count string
}

// risk is a stats.Risk in words.
type risk struct {
	Class       stats.Risk
	Name, Means string
}

// risks returns the risks, worst first.
func risks() []risk {
	return []risk{
		{stats.RiskNotFinite, "not finite", "hold NaN or infinity"},
		{stats.RiskOverflow, "overflow", "have a value that FP16 makes infinite"},
		{stats.RiskLoss, "loss", "have a channel that keeps less than " + stats.LeastSQNR.String() + " dB in FP16"},
		{stats.RiskFlush, "flush", "have such a channel only where subnormals are flushed"},
		{stats.RiskNone, "none", "fit FP16"},
		{stats.RiskUnknown, "not measured", "were not measured"},
	}
}

func riskOf(r stats.Risk) risk {
	all := risks()
	for _, v := range all {
		if v.Class == r {
			return v
		}
	}
	return all[len(all)-1]
}

// row is one tensor.
type row struct {
	ID       string
	T        *stats.Tensor
	Measured bool
	Risk     risk
	About    string // shape, type, role
	Verdict  string
	Mini     string // path of the small plot
	MiniText string
	Linear   plot
	Log2     plot
	Facts    []fact
	Channels []channel
	Of       string // how many channels there are
}

// plot is one large histogram.
type plot struct {
	Title, Text   string
	Bars          string // path
	Step          string // width of a bar
	Counts        string
	Least, Most   string // of the axis, for the script
	Highest       string
	From, To, Mid string // labels of a linear axis
	Scale         scale  // of a log2 axis
	Shared        bool   // it is the one of most plots
	Bins          int
}

// channel is one of the worst.
type channel struct {
	*stats.Channel
	Range string // path from the smallest to the largest magnitude
}

func newSection(id, heading string, tensors []stats.Tensor) section {
	sorted := slices.Clone(tensors)
	slices.SortStableFunc(sorted, stats.ByRisk)
	s := section{ID: id, Heading: heading, Facts: totals(tensors)}
	for _, r := range risks() {
		n := 0
		for i := range sorted {
			if riskOf(sorted[i].Risk) == r {
				n++
			}
		}
		if n > 0 {
			s.Risks = append(s.Risks, riskCount{r, integer(int64(n))})
		}
	}
	for i := range sorted {
		s.Rows = append(s.Rows, newRow(id[:1]+strconv.Itoa(i), &sorted[i]))
	}
	return s
}

// totals are the numbers on top.
func totals(tensors []stats.Tensor) []fact {
	var values, nonfinite, overflow, subnormal, flush int64
	for i := range tensors {
		s := &tensors[i].Summary
		values += s.Count
		nonfinite += s.NaN + s.Inf
		overflow += s.FP16.Overflow
		subnormal += s.FP16.Subnormal
		flush += s.FP16.Flushed
	}
	return []fact{
		{"Tensors", integer(int64(len(tensors))), ""},
		{"Values", integer(values), ""},
		{"NaN or infinite", integer(nonfinite), ""},
		{"Overflow FP16", integer(overflow), "beyond 65504"},
		{"Flushed to zero", integer(flush), of(flush, values)},
		{"Subnormal in FP16", integer(subnormal), of(subnormal, values)},
	}
}

// of is the share as a note, none where there is nothing.
func of(n, all int64) string {
	if n == 0 {
		return ""
	}
	return share(n, all)
}

func newRow(id string, t *stats.Tensor) row {
	about := shape(t.Shape) + " · " + t.Type.String()
	if t.Role != "" {
		about += " · " + t.Role
	}
	r := row{ID: id, T: t, Measured: t.Skipped == "", Risk: riskOf(t.Risk), About: about, Verdict: verdict(t)}
	if !r.Measured {
		return r
	}
	h := &t.Histogram
	r.Mini = bars(onAxis(h, axisFrom, axisTo), miniStep, miniHeight)
	r.MiniText = magnitudes(t)
	r.Linear, r.Log2 = linear(t), log2(t)
	r.Facts = facts(t)
	if len(t.Channels) > 1 {
		r.channels(t)
	}
	return r
}

// verdict is the line below a tensor's numbers.
func verdict(t *stats.Tensor) string {
	w := t.FP16.WorstChannel
	if w == nil || len(t.Channels) < 2 {
		w = &stats.WorstChannel{Index: -1, AbsMax: t.AbsMax, SQNR: t.FP16.SQNR, SQNRFlush: t.FP16.SQNRFlush}
	}
	who, in := "The tensor", ""
	if w.Index >= 0 {
		who = "Channel " + strconv.Itoa(w.Index)
		in = ", in channel " + strconv.Itoa(w.Index)
	}
	switch {
	case t.Skipped != "":
		return "Not measured: " + t.Skipped
	case t.NaN+t.Inf > 0:
		return count(t.NaN, "NaN", "NaN") + ", " + count(t.Inf, "infinity", "infinities")
	case t.FP16.Overflow > 0:
		return count(t.FP16.Overflow, "value overflows", "values overflow") + " FP16; the largest magnitude is " + number(t.AbsMax)
	case t.Count == 0:
		return "Empty"
	case t.AbsMax == 0:
		return "All values are zero"
	case t.Risk == stats.RiskLoss:
		return who + " keeps " + decibels(w.SQNR) + " dB in FP16, " + decibels(w.SQNRFlush) + " dB where subnormals are flushed"
	case t.Risk == stats.RiskFlush:
		return who + " keeps " + decibels(w.SQNRFlush) + " dB where subnormals are flushed, " + decibels(w.SQNR) + " dB where not"
	case math.IsInf(float64(w.SQNRFlush), 1):
		return "FP16 keeps every value"
	}
	return "FP16 keeps at least " + decibels(w.SQNRFlush) + " dB" + in
}

// magnitudes says in words what the histograms show.
func magnitudes(t *stats.Tensor) string {
	if t.AbsMax == 0 {
		return "all finite values are zero"
	}
	return "magnitudes from " + number(t.AbsMinNonzero) + " to " + number(t.AbsMax)
}

func linear(t *stats.Tensor) plot {
	counts := t.Histogram.Linear[:]
	highest := slices.Max(counts)
	return plot{
		Title:   "Magnitudes, linear",
		Text:    "100 bins of equal width from 0 to " + number(t.AbsMax) + "; the fullest, number " + strconv.Itoa(slices.Index(counts, highest)+1) + ", holds " + count(highest, "value", "values"),
		Bars:    bars(counts, plotWidth/stats.LinearBins, plotHeight),
		Step:    "5",
		Counts:  list(counts),
		Least:   "0",
		Most:    strconv.FormatFloat(float64(t.AbsMax), 'g', 6, 32),
		Highest: count(highest, "value", "values"),
		From:    "0",
		Mid:     number(t.AbsMax / 2),
		To:      number(t.AbsMax),
		Bins:    len(counts),
	}
}

func log2(t *stats.Tensor) plot {
	axis := stretched(&t.Histogram)
	from, to := axis.from, axis.to
	counts := onAxis(&t.Histogram, from, to)
	highest := slices.Max(counts)
	step := float64(plotWidth) / float64(to-from)
	text := "no value but zero"
	if highest > 0 {
		k := from + slices.Index(counts, highest)
		text = "one bin for each power of two, " + magnitudes(t) + "; the fullest, from 2^" + strconv.Itoa(k) + " to 2^" + strconv.Itoa(k+1) + ", holds " + count(highest, "value", "values")
	}
	return plot{
		Title:   "Magnitudes, by powers of two",
		Text:    text,
		Bars:    bars(counts, step, plotHeight),
		Step:    coordinate(step * 0.82),
		Counts:  list(counts),
		Least:   strconv.Itoa(from),
		Most:    strconv.Itoa(to),
		Highest: count(highest, "value", "values"),
		Scale:   axis,
		Shared:  axis == largeAxis(),
		Bins:    len(counts),
	}
}

func facts(t *stats.Tensor) []fact {
	return []fact{
		{"Values", integer(t.Count), ""},
		{"Zeros", integer(t.Zeros), of(t.Zeros, t.Count)},
		{"Minimum", number(t.Min), ""},
		{"Maximum", number(t.Max), ""},
		{"Smallest magnitude", number(t.AbsMinNonzero), "non-zero"},
		{"Largest magnitude", number(t.AbsMax), ""},
		{"Mean", number(t.Mean), ""},
		{"Standard deviation", number(t.Std), ""},
		{"NaN", integer(t.NaN), ""},
		{"Infinite", integer(t.Inf), ""},
		{"Overflow FP16", integer(t.FP16.Overflow), of(t.FP16.Overflow, t.Count)},
		{"Flushed by FP16", integer(t.FP16.Flushed), of(t.FP16.Flushed, t.Count)},
		{"Subnormal in FP16", integer(t.FP16.Subnormal), of(t.FP16.Subnormal, t.Count)},
		{"SQNR FP16", decibels(t.FP16.SQNR) + " dB", ""},
		{"SQNR FP16, flushing", decibels(t.FP16.SQNRFlush) + " dB", ""},
		{"SQNR BF16", decibels(t.BF16.SQNR) + " dB", ""},
		{"SQNR TF32", decibels(t.TF32.SQNR) + " dB", ""},
		{"SQNR INT8, one scale", decibels(t.INT8.PerTensor) + " dB", ""},
		{"SQNR INT8, per channel", decibels(t.INT8.PerChannel) + " dB", ""},
	}
}

// channels adds the worst channels, as stats.ByRisk orders tensors.
func (r *row) channels(t *stats.Tensor) {
	worst := make([]*stats.Channel, len(t.Channels))
	for i := range t.Channels {
		worst[i] = &t.Channels[i]
	}
	slices.SortStableFunc(worst, func(a, b *stats.Channel) int {
		return cmp.Or(
			cmp.Compare(b.NaN+b.Inf, a.NaN+a.Inf),
			cmp.Compare(b.FP16.Overflow, a.FP16.Overflow),
			cmp.Compare(a.FP16.SQNRFlush, b.FP16.SQNRFlush),
			cmp.Compare(a.FP16.SQNR, b.FP16.SQNR),
		)
	})
	most := worstAtRisk
	if t.Risk == stats.RiskNone {
		most = worstSound
	}
	worst = worst[:min(most, len(worst))]
	axis := smallAxis()
	for _, c := range worst {
		path := ""
		if c.AbsMinNonzero > 0 {
			path = axis.segment(c.AbsMinNonzero, c.AbsMax)
		}
		r.Channels = append(r.Channels, channel{c, path})
	}
	r.Of = integer(int64(len(t.Channels)))
}

// NotFinite counts what is no number or too large for any.
func (c channel) NotFinite() int64 { return c.NaN + c.Inf }
