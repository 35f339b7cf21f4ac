package stats

import "cmp"

// Risk says in a word what storing a tensor in FP16 risks.
type Risk string

// The risks, worst first.
const (
	RiskNotFinite Risk = "not_finite" // holds NaN or infinity, whatever the type
	RiskOverflow  Risk = "overflow"   // a value becomes infinite
	RiskLoss      Risk = "loss"       // a channel keeps less than LeastSQNR
	RiskFlush     Risk = "flush"      // likewise, but only where the device flushes subnormals to zero
	RiskNone      Risk = "none"
	RiskUnknown   Risk = "unknown" // not measured
)

// LeastSQNR is the ratio below which a channel counts as lost: FP16 keeps about
// 74 dB of ordinary weights, networks in INT8 live at 30 to 40. It is the limit
// that the precision plan of a build has for weights.
const LeastSQNR Decibels = 40

// WorstSQNR returns the lowest ratios in FP16 of any channel or of the tensor,
// where subnormals are kept and where they are flushed to zero.
func (t *Tensor) WorstSQNR() (kept, flushed Decibels) {
	kept, flushed = t.FP16.SQNR, t.FP16.SQNRFlush
	for i := range t.Channels {
		kept, flushed = min(kept, t.Channels[i].FP16.SQNR), min(flushed, t.Channels[i].FP16.SQNRFlush)
	}
	return kept, flushed
}

func (t *Tensor) risk() Risk {
	kept, flushed := t.WorstSQNR()
	switch {
	case t.NaN+t.Inf > 0:
		return RiskNotFinite
	case t.FP16.Overflow > 0:
		return RiskOverflow
	case kept < LeastSQNR:
		return RiskLoss
	case flushed < LeastSQNR:
		return RiskFlush
	}
	return RiskNone
}

// ByRisk orders tensors for slices.SortStableFunc, most at risk first: those
// with more NaN and infinities, then those with more values that overflow FP16,
// then those whose worst channel has the lower ratio where subnormals are
// flushed to zero, then where they are not. What was skipped comes last.
func ByRisk(a, b Tensor) int {
	aKept, aFlushed := a.WorstSQNR()
	bKept, bFlushed := b.WorstSQNR()
	return cmp.Or(
		later(a.Skipped != "", b.Skipped != ""),
		cmp.Compare(b.NaN+b.Inf, a.NaN+a.Inf),
		cmp.Compare(b.FP16.Overflow, a.FP16.Overflow),
		cmp.Compare(aFlushed, bFlushed),
		cmp.Compare(aKept, bKept),
	)
}

// ByLoss orders channels by what FP16 keeps of them, least first: by SQNR where
// subnormals are flushed to zero, then where they are not.
func ByLoss(a, b Channel) int {
	return cmp.Or(cmp.Compare(a.FP16.SQNRFlush, b.FP16.SQNRFlush), cmp.Compare(a.FP16.SQNR, b.FP16.SQNR))
}

func later(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
