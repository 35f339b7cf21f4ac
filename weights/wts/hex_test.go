package wts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEightDigits tries every byte at every place, and random words.
func TestEightDigits(t *testing.T) {
	d := newDecoder()
	check := func(s string) {
		t.Helper()
		want, err := strconv.ParseUint(s, 16, 32)
		got, ok := d.eight((*[8]byte)([]byte(s)))
		if s[0] == '+' || s[0] == '-' {
			err = strconv.ErrSyntax
		}
		require.Equal(t, err == nil, ok != 0, "%q", s)
		if err == nil {
			require.Equal(t, uint32(want), got, "%q", s)
		}
	}
	for place := range 8 {
		for c := range 256 {
			s := []byte("09afAF5c")
			s[place] = byte(c)
			check(string(s))
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		check(fmt.Sprintf("%08x", r.Uint32()))
		check(fmt.Sprintf("%08X", r.Uint32()))
	}
}

func TestEncodeCells(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, 1000)
	want := ""
	for i := range v {
		v[i] = math.Float32frombits(r.Uint32())
		want += fmt.Sprintf(" %08x", math.Float32bits(v[i]))
	}
	text := make([]byte, cellLen*len(v))
	encodeCells(text, v)
	require.Equal(t, want, string(text))
}

// TestDecodeCellsStopsAtBadCells plants one bad byte at every place of a run.
func TestDecodeCellsStopsAtBadCells(t *testing.T) {
	const n = 40
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(i)
	}
	text := make([]byte, cellLen*n)
	encodeCells(text, v)
	got := make([]float32, n)
	d := newDecoder()
	require.Equal(t, n, d.cells(got, text))
	require.Equal(t, v, got)
	for i := range text {
		for _, c := range []byte{'x', 0, ' ', '/', ':', '@', 'G', '`', 'g', 0x10, 0x80, 0xff, '0'} {
			if c == ' ' == (i%cellLen == 0) && c != 'x' || c == '0' {
				continue
			}
			old := text[i]
			text[i] = c
			require.Equal(t, i/cellLen, d.cells(got, text), "byte %d: %q", i, c)
			text[i] = old
		}
	}
}

// TestDecodeTwins decodes every place and byte with vectors, where the build
// has them, and without.
func TestDecodeTwins(t *testing.T) {
	const n = 27
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, n)
	for i := range v {
		v[i] = math.Float32frombits(r.Uint32())
	}
	text := make([]byte, cellLen*n)
	encodeCells(text, v)
	a, b := make([]float32, n), make([]float32, n)
	d := newDecoder()
	for i, old := range text {
		for c := range 256 {
			text[i] = byte(c)
			want := d.cellsPortable(a, text)
			require.Equal(t, want, d.cells(b, text), "byte %d: %q", i, c)
			for k := range want {
				require.Equal(t, math.Float32bits(a[k]), math.Float32bits(b[k]))
			}
		}
		text[i] = old
	}
	for k := range n { // every length
		require.Equal(t, k, d.cells(b[:k], text[:cellLen*k]))
	}
}

func BenchmarkDecodeCells(b *testing.B) {
	v := make([]float32, 32<<10)
	for i := range v {
		v[i] = float32(i) * 1e-3
	}
	text := make([]byte, cellLen*len(v))
	encodeCells(text, v)
	d := newDecoder()
	for name, decode := range map[string]func([]float32, []byte) int{"portable": d.cellsPortable, "built": d.cells} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				decode(v, text)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(v)), "ns/value")
		})
	}
}

func BenchmarkEncodeCells(b *testing.B) {
	v := make([]float32, 32<<10)
	text := make([]byte, cellLen*len(v))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		encodeCells(text, v)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(v)), "ns/value")
}
