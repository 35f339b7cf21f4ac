// Package oracle holds the CPU reference against ONNX Runtime. It writes
// recorded networks as ONNX models, runs them there, and its tests compare layer
// by layer and network by network what both compute, and how fast.
//
// The library is fetched by `make oracle` into the user's cache.
package oracle
