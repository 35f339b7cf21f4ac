package wts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDecode8 tries every byte at every place, and random words.
func TestDecode8(t *testing.T) {
	check := func(s string) {
		t.Helper()
		var x uint64
		for i := range 8 {
			x = x<<8 | uint64(s[i])
		}
		want, err := strconv.ParseUint(s, 16, 32)
		got, bad := decode8(x)
		if s[0] == '+' || s[0] == '-' {
			err = strconv.ErrSyntax
		}
		require.Equal(t, err != nil, bad != 0, "%q", s)
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
	require.Equal(t, n, decodeCells(got, text))
	require.Equal(t, v, got)
	for i := range text {
		for _, c := range []byte{'x', 0, ' ', '/', ':', '@', 'G', '`', 'g', 0x10, 0x80, 0xff, '0'} {
			if c == ' ' == (i%cellLen == 0) && c != 'x' || c == '0' {
				continue
			}
			old := text[i]
			text[i] = c
			require.Equal(t, i/cellLen, decodeCells(got, text), "byte %d: %q", i, c)
			text[i] = old
		}
	}
}
