package zoo

import (
	"fmt"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

// recordedEps returns the eps of the BatchNorms as a file records them, each
// once: a pickled module does, a state dict does not.
func recordedEps(w weights.Map) []float64 {
	d, ok := w.(weights.Describer)
	if !ok {
		return nil
	}
	var all []float64
	list, _ := d.Metadata()["bn_eps"].([]any)
	for _, v := range list {
		if eps, ok := v.(float64); ok {
			all = append(all, eps)
		}
	}
	return all
}

// epsNote says what eps is, and where that is from.
func epsNote(recorded []float64, family string) string {
	switch len(recorded) {
	case 0:
		return "BatchNorm eps is not in the weights: " + family
	case 1:
		return fmt.Sprintf("BatchNorm eps is %g, as the file records it", recorded[0])
	}
	return "BatchNorm eps differs by layer: the file records " + words(recorded)
}

// epsOf returns the options' eps or that of the file, 0 if neither says one.
func (o Options) epsOf(w weights.Map) (float64, error) {
	recorded := recordedEps(w)
	switch {
	case o.Eps != 0 || len(recorded) == 0:
		return o.Eps, nil
	case len(recorded) == 1:
		return recorded[0], nil
	}
	return 0, fault.New(fault.Unsupported, "say by --bn-eps which one is to be taken for all", "BatchNorm eps: expected one for all layers, the file records %s", words(recorded))
}

func words(eps []float64) string {
	var all []string
	for _, v := range eps {
		all = append(all, fmt.Sprintf("%g", v))
	}
	return strings.Join(all, ", ")
}
