//go:build !(goexperiment.simd && amd64 && go1.26 && !go1.27)

package half

// Each returns how many values from the start it has converted.

func toFloat16sVector([]uint16, []float32) int    { return 0 }
func fromFloat16sVector([]float32, []uint16) int  { return 0 }
func toBFloat16sVector([]uint16, []float32) int   { return 0 }
func fromBFloat16sVector([]float32, []uint16) int { return 0 }
func roundFloat16sVector([]float32) int           { return 0 }
func roundBFloat16sVector([]float32) int          { return 0 }
