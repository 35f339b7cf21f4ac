//go:build !(goexperiment.simd && amd64 && go1.26 && !go1.27)

package chanstat

// addVector adds what whole vectors cover and returns how many values that is.
func addVector(*lanes, *Stats, []float32) int { return 0 }

// addVector adds what whole vectors cover and returns how many values that is.
func (k *constants) addVector(*sums, []float32) int { return 0 }

// countVector counts what whole vectors cover and returns how many values that is.
func (*tables) countVector([]float32, float64) int { return 0 }
