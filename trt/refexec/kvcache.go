package refexec

import "github.com/trtbuild/trtbuild/trt"

// kvCacheUpdate leaves its input as it is: in place is how TensorRT saves memory.
func (r *runner) kvCacheUpdate(cache, update, indices *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	copy(y.Floats, cache.Floats)
	heads, longest, size, sequence := int(cache.Dims[1]), cache.Dims[2], int(cache.Dims[3]), int(update.Dims[2])
	for i := range volume(update.Dims[:3]) {
		at := indices.Ints[i/sequence/heads] + int64(i%sequence)
		if at >= 0 && at < longest {
			copy(y.Floats[(i/sequence*int(longest)+int(at))*size:][:size], update.Floats[i*size:][:size])
		}
	}
	return y, nil
}
