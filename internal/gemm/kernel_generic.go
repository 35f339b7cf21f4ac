//go:build !goexperiment.simd || !amd64 || !go1.26 || go1.27

package gemm

func kernels[T Float]() []kernel[T] { return []kernel[T]{portable[T]()} }

func kernelOf[T Float]() kernel[T] { return portable[T]() }
