package lint

import (
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/weights"
)

// duplicates looks for tensors of the same values. Those of equal shape and
// statistics are compared value by value.
func (c *checker) duplicates() error {
	candidates := map[chanstat.Stats][]*weights.Tensor{}
	for _, t := range c.tensors {
		s := c.stats[t]
		if s == nil || t.Count < SmallestDuplicate || s.total.Min == s.total.Max {
			continue
		}
		same := candidates[s.total]
		duplicate := false
		for _, first := range same {
			if !slices.Equal(first.Shape, t.Shape) {
				continue
			}
			equal, err := c.equal(first, t)
			if err != nil {
				return err
			}
			if !equal {
				continue
			}
			duplicate = true
			f := found(SameValues, t.Name, "the same %d values as %s", t.Count, first.Name)
			if first.File == t.File && first.Offset == t.Offset {
				f = found(SharedStorage, t.Name, "at the same place as %s, byte %d", first.Name, t.Offset)
			}
			f.Other = first.Name
			c.add(f)
			break
		}
		if !duplicate {
			candidates[s.total] = append(same, t)
		}
	}
	return nil
}

func (c *checker) equal(a, b *weights.Tensor) (bool, error) {
	x, y := make([]float32, min(weights.ChunkLen, a.Count)), make([]float32, min(weights.ChunkLen, a.Count))
	for from := int64(0); from < a.Count; from += weights.ChunkLen {
		if err := c.ctx.Err(); err != nil {
			return false, err
		}
		n := min(weights.ChunkLen, a.Count-from)
		if err := a.ReadFloat32(x[:n], from); err != nil {
			return false, err
		}
		if err := b.ReadFloat32(y[:n], from); err != nil {
			return false, err
		}
		for i, v := range x[:n] {
			if math.Float32bits(v) != math.Float32bits(y[i]) {
				return false, nil
			}
		}
	}
	return true, nil
}
