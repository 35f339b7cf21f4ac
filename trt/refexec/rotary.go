package refexec

import "github.com/trtbuild/trtbuild/trt"

// rotary turns the pairs of each head. positions is nil when the tables are in
// the order of the sequence.
func (r *runner) rotary(op trt.RotaryEmbedding, x, cos, sin, positions *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	copy(y.Floats, x.Floats)
	heads, sequence, size := int(x.Dims[1]), int(x.Dims[2]), int(x.Dims[3])
	half := int(cos.Dims[len(cos.Dims)-1])
	rows := make([]int, int(x.Dims[0])*sequence) // of the tables
	for i := range rows {
		rows[i] = i
		if positions != nil {
			for _, table := range []*trt.Value{cos, sin} {
				var err error
				if rows[i], err = index(positions, i, int(table.Dims[0])); err != nil {
					return nil, err
				}
			}
		}
	}
	r.each(volume(x.Dims[:3]), func(from, to int) {
		for i := from; i < to; i++ {
			row := rows[i/sequence/heads*sequence+i%sequence] * half
			for p := range half {
				a, b := i*size+p, i*size+half+p
				if op.Interleaved {
					a, b = i*size+2*p, i*size+2*p+1
				}
				c, s := float64(cos.Floats[row+p]), float64(sin.Floats[row+p])
				u, v := float64(x.Floats[a]), float64(x.Floats[b])
				y.Floats[a], y.Floats[b] = float32(u*c-v*s), float32(u*s+v*c)
			}
		}
	})
	return y, nil
}
