package transform

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// StatisticsError says which value of a batch normalization cannot be: a
// negative or infinite variance, a NaN anywhere.
type StatisticsError struct {
	File    string // base name of the weight file; empty when unknown
	Tensor  string // name in the file, or the operand's name when unknown
	Layer   string // the batch normalization
	Channel int    // index into the tensor
	Value   float32
	Eps     float64
	Problem string
}

// Error returns one line: file, tensor, channel, problem, layer.
func (e *StatisticsError) Error() string {
	file := ""
	if e.File != "" {
		file = e.File + ": "
	}
	return fmt.Sprintf("%stensor %q: channel %d: %s: found %v (batch normalization %s, eps %g); the file is damaged or is no finished training, write it again from the framework",
		file, e.Tensor, e.Channel, e.Problem, e.Value, e.Layer, e.Eps)
}

// FaultKind is BadInput.
func (e *StatisticsError) FaultKind() fault.Kind { return fault.BadInput }

func statisticsError(l *trt.Layer, operand string, w *trt.Weights, channel int, v float32, problem string) error {
	e := &StatisticsError{Tensor: operand, Layer: l.Name, Channel: channel, Value: v, Problem: problem}
	if len(w.Origins) > 0 {
		e.File, e.Tensor = w.Origins[0].File, w.Origins[0].Tensor
	}
	if bn, ok := l.Op.(trt.BatchNorm); ok {
		e.Eps = bn.Eps
	}
	return e
}
