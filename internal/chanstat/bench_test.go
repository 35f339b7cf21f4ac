package chanstat_test

import (
	"math/rand/v2"
	"testing"

	"github.com/trtbuild/trtbuild/internal/chanstat"
)

func BenchmarkAdd(b *testing.B) {
	x := make([]float32, 32<<10)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range x {
		x[i] = float32(r.NormFloat64() * 0.02)
	}
	for name, run := range map[string]int{"run=9": 9, "run=64": 64, "run=576": 576, "run=4608": 4608, "run=32768": 32768} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(4 * len(x)))
			for b.Loop() {
				for i := 0; i < len(x); i += run {
					var s chanstat.Stats
					s.Add(x[i:min(i+run, len(x))])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/value")
		})
	}
}
