//go:build !goexperiment.simd || !amd64 || !go1.26 || go1.27

package gemm

func kernelOf[T Float]() kernel[T] { return portable[T] }
