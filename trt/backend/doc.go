// Package backend chooses a trt.Backend by name and finds the library it needs.
//
// "auto" takes the first TensorRT library that can make a builder on this
// machine, looking, in this order, at
//
//   - the library that the caller names, else TRTBUILD_TENSORRT_LIB; a library
//     that a person names is taken or refused, nothing else is tried;
//   - TENSORRT_ROOT/lib;
//   - the system loader's path: TensorRT 11, TensorRT 10, TensorRT-RTX;
//   - what `trtbuild sdk install` or `make sdk` put into the user's cache.
//
// "rtx" and "tensorrt" look for that product only. The mock is never chosen: it
// must be asked for by name. Where no library serves, *NotFound says of each
// candidate why, and what mends it.
package backend
