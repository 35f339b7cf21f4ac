package refexec

import (
	"cmp"
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// candidate is a box of a class.
type candidate struct {
	class, box int
	score      float32
}

// nms takes candidates of equal score in the order of class and box.
func (r *runner) nms(op trt.NMS, boxes, scores *trt.Value, out []trt.Info) ([]*trt.Value, error) {
	batch := int(scores.Dims[0])
	kept := make([][]candidate, batch)
	parallel.RangeContext(r.ctx, r.workers, batch, 1, func(from, to int) {
		for n := from; n < to; n++ {
			kept[n] = suppress(op, boxes, candidates(op, scores, n), n)
		}
	})
	rows := []int64{}
	for n, k := range kept {
		for _, c := range k {
			rows = append(rows, int64(n), int64(c.class), int64(c.box))
		}
	}
	count := int64(len(rows) / 3)
	return []*trt.Value{
		{Type: out[0].Type, Dims: trt.Dims{count, 3}, Ints: rows},
		{Type: out[1].Type, Dims: out[1].Dims, Ints: []int64{count}},
	}, nil
}

// candidates lists those of a batch entry that are considered, best first.
func candidates(op trt.NMS, scores *trt.Value, n int) []candidate {
	boxes, classes := int(scores.Dims[1]), int(scores.Dims[2])
	var all []candidate
	for c := range classes {
		for b := range boxes {
			if s := scores.Floats[(n*boxes+b)*classes+c]; s > op.ScoreThreshold {
				all = append(all, candidate{c, b, s})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	return all[:min(len(all), int(op.BoxLimit))]
}

func suppress(op trt.NMS, boxes *trt.Value, all []candidate, n int) []candidate {
	var kept []candidate
	ofClass := map[int]int64{}
	at := func(c candidate) []float32 {
		i := n*int(boxes.Dims[1]) + c.box
		if len(boxes.Dims) == 4 {
			i = i*int(boxes.Dims[2]) + c.class
		}
		return boxes.Floats[i*4 : i*4+4]
	}
	for _, c := range all {
		overlaps := func(k candidate) bool {
			return k.class == c.class && intersection(op.Format, at(k), at(c)) > float64(op.IoUThreshold)
		}
		if ofClass[c.class] < op.MaxPerClass && !slices.ContainsFunc(kept, overlaps) {
			kept = append(kept, c)
			ofClass[c.class]++
		}
	}
	return kept
}

// intersection is that of two boxes over their union, 0 when both are
// empty.
func intersection(format trt.BoxFormat, a, b []float32) float64 {
	shared, areaA, areaB := 1.0, 1.0, 1.0
	for axis := range 2 {
		lowA, highA := side(format, a, axis)
		lowB, highB := side(format, b, axis)
		shared *= max(0, min(highA, highB)-max(lowA, lowB))
		areaA *= highA - lowA
		areaB *= highB - lowB
	}
	if union := areaA + areaB - shared; union > 0 {
		return shared / union
	}
	return 0
}

// side returns the ends of a box along x or y.
func side(format trt.BoxFormat, box []float32, axis int) (low, high float64) {
	p, q := float64(box[axis]), float64(box[axis+2])
	if format == trt.BoxCenter {
		return p - q/2, p + q/2
	}
	return math.Min(p, q), math.Max(p, q)
}
