// Package plan knows what lies on disk after a build: the engine file, which
// it recognises and whose header it reads without a GPU, and the manifest
// beside it, which records how the engine was made.
//
// NVIDIA does not document the layout of a plan. What Read returns was checked
// against TensorRT-RTX 1.6.1 and 1.7.1; of other versions it gives the version
// only.
package plan
