// Package safetensors reads and writes .safetensors files, single ones and
// those that a *.safetensors.index.json names:
//
//	8 bytes: length of the header, little-endian
//	{"__metadata__":{"format":"pt"},"conv1.weight":{"dtype":"F32","shape":[64,3,7,7],"data_offsets":[0,37632]}}
//	the values, little-endian, row-major, one tensor behind the other
//
// What the reference implementation refuses is refused here, and what its text
// disallows but its code lets pass: a header of more than 100 MB or longer than
// the file, text that is no UTF-8 or begins otherwise than with '{', keys that
// come twice, shapes whose size overflows or differs from that of the values,
// tensors that overlap, holes between them, bytes behind the last one. No number
// of the file is trusted for an allocation before it is held against the file's
// size.
//
// Names are in the order of the header. Files of this package's writer keep the
// order they were given there, while the values lie by descending element size,
// so that each tensor is aligned to its elements; the reference implementation
// reads them, and orders by where the values lie.
//
// The format: https://github.com/huggingface/safetensors#format.
package safetensors
