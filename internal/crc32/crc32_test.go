package crc32_test

import (
	"hash/crc32"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	ours "github.com/trtbuild/trtbuild/internal/crc32"
)

func random(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestAgainstTheStandardLibrary(t *testing.T) {
	b := random(5000)
	for n := range 2100 {
		from := n % 67 // of any alignment
		piece := b[from : from+n]
		require.Equal(t, crc32.ChecksumIEEE(piece), ours.Checksum(piece), "%d bytes", n)
		require.Equal(t, crc32.Update(0xdeadbeef, crc32.IEEETable, piece), ours.Update(0xdeadbeef, piece), "%d bytes", n)
	}
	long := random(1<<20 + 77)
	require.Equal(t, crc32.ChecksumIEEE(long), ours.Checksum(long))
	require.Equal(t, crc32.ChecksumIEEE(make([]byte, 4096)), ours.Checksum(make([]byte, 4096)))
}

func TestCombine(t *testing.T) {
	b := random(70_000)
	whole := crc32.ChecksumIEEE(b)
	for _, at := range []int{0, 1, 2, 3, 255, 4096, 65_537, 69_999, 70_000} {
		require.Equal(t, whole, ours.Combine(crc32.ChecksumIEEE(b[:at]), crc32.ChecksumIEEE(b[at:]), int64(len(b)-at)), "split at %d", at)
	}
}

func BenchmarkChecksum(b *testing.B) {
	x := random(128 << 10)
	for name, sum := range map[string]func([]byte) uint32{"standard": crc32.ChecksumIEEE, "ours": ours.Checksum} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(x)))
			for b.Loop() {
				sum(x)
			}
		})
	}
}
