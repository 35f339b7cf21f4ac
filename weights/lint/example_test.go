package lint_test

import (
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights/lint"
)

// Real files come from weights/load.
func ExampleCheck() {
	m := weightstest.New("model.pth", []weightstest.Tensor{
		{Name: "fc.weight", Count: 6, Shape: []int64{3, 2}, Values: []float32{0.1, 0.2, 0, 0, 1e5, 0.3}},
		{Name: "bn.running_mean", Count: 2, Shape: []int64{2}, Values: []float32{0.5, 0.25}},
		{Name: "bn.running_var", Count: 2, Shape: []int64{2}, Values: []float32{1.5, -1}},
	})
	found, err := lint.Check(context.Background(), m)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range found {
		fmt.Printf("%s %s %s: %s\n", f.Code, f.Severity, f.Tensor, f.Message)
	}
	// Output:
	// WL003 error bn.running_var: 1 of 2 variances are negative, that of channel 1 is -1
	// WL006 warning fc.weight: 1 of 3 output channels have only zero weights, the first is channel 1
	// WL012 warning fc.weight: 1 of 6 values overflow FP16; the largest magnitude is 100000
}
