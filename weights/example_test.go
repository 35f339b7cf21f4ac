package weights_test

import (
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/internal/chanstat"
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
