// Package crc32 sums up bytes as hash/crc32 does with the IEEE polynomial, the
// checksum of zip members, at the speed of memory where the processor multiplies
// polynomials in vectors (AVX-512 with VPCLMULQDQ), and by hash/crc32 elsewhere.
package crc32
