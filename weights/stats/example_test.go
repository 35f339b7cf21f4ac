package stats_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights/stats"
)

// Which tensors would FP16 harm, and where?
func ExampleMeasure() {
	m := weightstest.New("net.safetensors", []weightstest.Tensor{ // or load.Open
		{Name: "fc.weight", Shape: []int64{2, 2}, Values: []float32{0.51, -0.26, 0.13, 0.7}},
		{Name: "conv.weight", Shape: []int64{2, 2}, Values: []float32{0.3, -0.2, 2e-10, -1e-10}},
	})
	tensors, err := stats.Measure(context.Background(), m, stats.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	slices.SortStableFunc(tensors, stats.ByRisk)
	for _, t := range tensors {
		w := t.FP16.WorstChannel
		fmt.Printf("%s: %s; %d of %d flush to zero; channel %d keeps %v dB\n", t.Name, t.Risk, t.FP16.Flushed, t.Count, w.Index, w.SQNR)
	}
	// Output:
	// conv.weight: loss; 2 of 4 flush to zero; channel 1 keeps 0.0 dB
	// fc.weight: none; 0 of 4 flush to zero; channel 0 keeps 67.7 dB
}
