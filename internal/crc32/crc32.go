package crc32

import "hash/crc32"

// Checksum returns the CRC-32 of b.
func Checksum(b []byte) uint32 { return Update(0, b) }

// Update returns the CRC-32 of what crc is that of, followed by b.
func Update(crc uint32, b []byte) uint32 {
	crc, n := updateVector(crc, b)
	return crc32.Update(crc, crc32.IEEETable, b[n:])
}

// Combine returns the CRC-32 of two pieces behind each other, of which the
// second has n bytes: the first's is multiplied by x to the power of 8n, as in
// zlib's crc32_combine.
func Combine(first, second uint32, n int64) uint32 {
	return multiply(power(uint64(n), 3), first) ^ second
}
