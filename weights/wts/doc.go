// Package wts reads and writes .wts files, the text dump of a PyTorch state
// dict that C++ programs over TensorRT have used since 2019:
//
//	2
//	conv1.weight 3  3f800000 bf800000 00000000
//	conv1.bias 1  40490fdb
//
// Line one is the number of tensors. Each tensor is its name, its number of
// elements, and the bits of each element as a big-endian float32 in
// hexadecimal. Most writers put two blanks after the count, some put one; both
// are read, and anything else that the grammar allows: any white space between
// tokens, CRLF, a byte-order mark, upper case, leading zeros left out, 0x before
// values.
//
// Two relatives from NVIDIA's TensorRT samples are read as well: lines with a
// type (0 float32, 1 float16) before the count, and .wts2, whose lines are name,
// type, shape and raw little-endian bytes. Which of the three a file is, all of
// its lines together decide, as a short one can fit two. A file compressed by
// gzip or zstd is unpacked to a temporary file first, to 100 times its size and
// 64 MiB at most.
//
// Text records no shapes. Open takes them from a sidecar, NAME.wts.json, if
// there is one:
//
//	{"schema":"trtbuild.shapes/1","shapes":{"conv1.weight":[3,1,1,1],"conv1.bias":[1]}}
//
// What the usual reader (an iostream loop) takes in silence is an error here:
// a file that was cut short, a count that does not fit, digits that are none,
// a name that comes twice.
//
// Open makes an index only. As every element takes nine bytes in files as the
// usual writers make them, that means reading one header, jumping over the
// values and checking that a line ends there. A file that departs from that
// anywhere is scanned token by token, once, and positions are noted so that
// its tensors can still be read from any element on. Values are decoded when
// they are asked for, by positioned reads, and every byte of them is checked
// then; a file that shrinks under a running program is an error.
package wts
