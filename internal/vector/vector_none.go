//go:build !goexperiment.simd || !amd64 || !go1.26 || go1.27

package vector

// These say how many elements they have done.

func reLU(_, _ []float32) int { return 0 }

func sigmoid(_, _ []float32) int { return 0 }

func mulAdd(_, _ []float32, _ float32) int { return 0 }
