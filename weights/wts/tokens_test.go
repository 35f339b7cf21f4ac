package wts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRunStopsBeforeWhatIsOdd plants bytes at every place of values of all
// widths: what a run takes, the slow way takes too, with the same bits.
func TestRunStopsBeforeWhatIsOdd(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var text []byte
	for i := range 24 {
		text = append(text, " \t\n\r"[i%4])
		if i%3 == 0 {
			text = append(text, "0x"...)
		}
		text = fmt.Appendf(text, "%x", r.Uint32()>>(4*(i%8)))
	}
	text = append(text, " 0 0 0 0 0 0\n"...)
	d := newDecoder()
	const n = 30
	for _, digits := range []int{maxDigits, halfDigits} {
		for at, old := range text {
			for _, c := range []byte("0\x009afgxXL \n+\x80") {
				text[at] = c
				got := make([]float32, n)
				k, used, short := d.run(got, text, n, digits)
				kk, uu, ss := d.run(nil, text, n, digits)
				require.Equal(t, []any{k, used, short}, []any{kk, uu, ss})
				s := newScanner(nil, int64(len(text)), 0)
				s.buf = text
				var count int64
				for i := range k {
					bits, width, err := d.value(s, column{count: n, digits: digits}, int64(i))
					require.NoError(t, err, "%q", text)
					require.Equal(t, bits, math.Float32bits(got[i]), "%q", text)
					if width < digits {
						count++
					}
				}
				require.Equal(t, s.pos, used)
				require.Equal(t, count, short.count)
			}
			text[at] = old
		}
	}
	k, _, _ := d.run(nil, text, n, maxDigits)
	require.Greater(t, k, 20)
}

func BenchmarkRun(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	const n = 16 << 10
	var text []byte
	for range n {
		text = fmt.Appendf(text, " %#x", r.Uint32())
	}
	text = append(text, " 0 0 0 0 0 0 0 0\n"...)
	d := newDecoder()
	dst := make([]float32, n)
	for b.Loop() {
		if k, _, _ := d.run(dst, text, n, maxDigits); k < n {
			b.Fatal(k)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/value")
}
