package diff_test

import (
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights/diff"
)

// Real files come from weights/load.
func ExampleCompare() {
	a := weightstest.New("a.pth", []weightstest.Tensor{
		{Name: "conv.weight", Count: 4, Shape: []int64{2, 2}, Values: []float32{1, 2, 3, 4}},
		{Name: "conv.bias", Count: 2, Shape: []int64{2}, Values: []float32{0.5, 0.25}},
	})
	b := weightstest.New("b.pth", []weightstest.Tensor{
		{Name: "module.conv.weight", Count: 4, Shape: []int64{2, 2}, Values: []float32{1, 2, 3.5, 4}},
		{Name: "module.conv.bias", Count: 2, Shape: []int64{2}, Values: []float32{0.5, 0.25}},
	})
	r, err := diff.Compare(context.Background(), a, b, diff.Options{Rtol: 1e-3})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q taken off, %d of %d fail\n", r.PrefixB, r.Failed(), len(r.Tensors))
	worst := r.WorstFirst()[0]
	fmt.Printf("%s: %s, %g at %v, %.1f dB\n", worst.Name, worst.Status, worst.Errors.MaxAbs, worst.Errors.MaxAbsAt, float64(worst.Errors.SQNR))
	// Output:
	// "module." taken off, 1 of 2 fail
	// conv.weight: beyond, 0.5 at [1 0], 20.8 dB
}
