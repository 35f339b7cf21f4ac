// Package sdk knows where the parts of NVIDIA's that this project may not carry
// are kept on this machine, and fetches the TensorRT-RTX library there.
package sdk
