package trt

import (
	"cmp"
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindNMS names NMS.
const KindNMS Kind = "nms"

// BoxFormat says what the four numbers of a box are.
type BoxFormat string

// The formats of boxes.
const (
	BoxCorners BoxFormat = "corner_pairs" // x1, y1, x2, y2: any two opposite corners
	BoxCenter  BoxFormat = "center_sizes" // x, y of the centre, width, height
)

// maxBoxLimit is the most candidates of a batch entry that TensorRT considers.
const maxBoxLimit = 5000

// NMS selects boxes by non-maximum suppression for each batch entry and class,
// in falling order of score: a box is kept if its score is greater than
// ScoreThreshold, its overlap (intersection over union) with each box kept
// before is not greater than IoUThreshold, and fewer than MaxPerClass were kept.
// Only the BoxLimit greatest scores of a batch entry, all classes together, are
// considered. It is ONNX's NonMaxSuppression with other corners, but rows are
// ordered by batch entry and falling score, and ONNX has no limit.
type NMS struct {
	noWeights
	Format         BoxFormat  `json:"format"` // "" means BoxCorners
	MaxPerClass    int64      `json:"max_per_class"`
	IoUThreshold   float32    `json:"iou_threshold"`
	ScoreThreshold float32    `json:"score_threshold"`
	BoxLimit       int64      `json:"box_limit"`  // 0: 5000, the most there can be
	IndexType      dtype.Type `json:"index_type"` // int32 when it is not given
}

// AddNMS adds a non-maximum suppression of boxes [N,S,4], or [N,S,C,4] where
// each class has its own, by scores [N,S,C]: rows of batch entry, class and box,
// and their number.
func (n *Network) AddNMS(name string, boxes, scores *Tensor, op NMS) (selected, count *Tensor) {
	return n.addTwo(name, op, boxes, scores)
}

// Kind returns KindNMS.
func (op NMS) Kind() Kind { return KindNMS }

// Operands names boxes and scores.
func (op NMS) Operands(n int) []string { return named(n, "boxes", "scores") }

func (op NMS) outputCount() int { return 2 }

// WithWeights returns op: it holds none.
func (op NMS) WithWeights([]*Weights) Op { return op }

func (op NMS) withDefaults([]Info) Op {
	op.Format = cmp.Or(op.Format, BoxCorners)
	op.IndexType = indexType(op.IndexType)
	if op.BoxLimit == 0 {
		op.BoxLimit = maxBoxLimit
	}
	return op
}

// Infer returns rows of three of the index type, of which only the elements
// tell how many there are, and an int32 scalar.
func (op NMS) Infer(in []Info, t Target) ([]Info, error) {
	boxes, scores := in[0], in[1]
	if err := wantFloat("boxes", boxes); err != nil {
		return nil, err
	}
	if err := wantSameType("boxes", "scores", boxes, scores); err != nil {
		return nil, err
	}
	if err := op.check(); err != nil {
		return nil, err
	}
	b, s := boxes.Dims, scores.Dims
	if len(b) != 3 && len(b) != 4 || b[len(b)-1] != 4 {
		return nil, &Error{Operand: "boxes", Msg: "must be [N,S,4] or [N,S,C,4]", Found: b.String()}
	}
	fits := len(s) == 3
	for i := 0; fits && i < len(b)-1; i++ {
		_, fits = unify(b[i], s[i])
	}
	if !fits {
		return nil, &Error{Operand: "scores", Msg: "must be [N,S,C] and agree with the boxes", Expected: b.String(), Found: s.String()}
	}
	return []Info{{Type: indexType(op.IndexType), Dims: Dims{Dynamic, 3}}, {Type: dtype.Int32, Dims: Dims{}}}, wantGPUBuilder(t)
}

func (op NMS) check() error {
	if err := wantIndexType(op.IndexType); err != nil {
		return err
	}
	if err := wantOneOf("format", op.Format, BoxCorners, BoxCenter); err != nil {
		return err
	}
	if op.MaxPerClass < 1 || op.MaxPerClass > maxExtent {
		return &Error{Operand: "boxes per class", Msg: "must be positive", Found: fmt.Sprint(op.MaxPerClass)}
	}
	if op.BoxLimit < 0 || op.BoxLimit > maxBoxLimit {
		return &Error{Operand: "box limit", Msg: "is out of range", Expected: fmt.Sprintf("1 to %d", maxBoxLimit), Found: fmt.Sprint(op.BoxLimit)}
	}
	for i, v := range []float64{float64(op.IoUThreshold), float64(op.ScoreThreshold)} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &Error{Operand: []string{"IoU", "score"}[i] + " threshold", Msg: "is not a finite number", Found: fmt.Sprint(v)}
		}
	}
	return nil
}
