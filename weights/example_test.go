package weights_test

import (
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
)

// Values are decoded, and the statistics of two channels taken, in one pass.
func ExampleRead() {
	const count = 100_000
	stats, err := chanstat.NewCollector(chanstat.Layout{Channels: 2, Inner: count / 2}, count, weights.ChunkLen)
	if err != nil {
		fmt.Println(err)
		return
	}
	values := make([]float32, count)
	err = weights.Read(context.Background(), 0, []weights.Job{
		{Name: "conv1.weight", Values: ramp(0), Count: count, Dst: values, Visit: stats.Visit},
	})
	for i, s := range stats.Channels() {
		fmt.Printf("channel %d: %g to %g, %d values overflow float16\n", i, s.Min, s.Max, s.Overflow)
	}
	fmt.Println(err)
	// Output:
	// channel 0: 0 to 49999, 0 values overflow float16
	// channel 1: 50000 to 99999, 34480 values overflow float16
	// <nil>
}

// What a file holds, layer by layer. Real files come from weights/load.
func ExampleModules() {
	m := weightstest.New("resnet50.pth", []weightstest.Tensor{
		{Name: "conv1.weight", Count: 9408, Shape: []int64{64, 3, 7, 7}},
		{Name: "bn1.weight", Count: 64, Shape: []int64{64}},
		{Name: "bn1.bias", Count: 64, Shape: []int64{64}},
		{Name: "bn1.running_mean", Count: 64, Shape: []int64{64}},
		{Name: "bn1.running_var", Count: 64, Shape: []int64{64}},
		{Name: "fc.weight", Count: 2048000, Shape: []int64{1000, 2048}},
		{Name: "fc.bias", Count: 1000, Shape: []int64{1000}},
	})
	for _, module := range weights.Modules(weights.All(m)) {
		parameters, buffers := module.Parameters()
		fmt.Printf("%s: %v, %d parameters, %d values in buffers\n", module.Path, module.Layer, parameters, buffers)
	}
	// Output:
	// conv1: convolution 64x3x7x7, no bias, 9408 parameters, 0 values in buffers
	// bn1: batchnorm 64, 128 parameters, 128 values in buffers
	// fc: linear 1000x2048, bias, 2049000 parameters, 0 values in buffers
}

// The same weights have the same digest in every format.
func ExampleDigests() {
	m := weightstest.New("a.wts", []weightstest.Tensor{{Name: "one", Count: 1, Values: []float32{1}}})
	digests, err := weights.Digests(context.Background(), weights.All(m))
	fmt.Println(digests, err)
	// Output:
	// [e00e5eb9444182f352323374ef4e08ebcb784725fdd4fd612d7730540b3e0c8c] <nil>
}
