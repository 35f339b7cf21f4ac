package lint

import (
	"strings"

	"github.com/trtbuild/trtbuild/weights"
)

// batchNorms judges what belongs together in a BatchNorm.
func (c *checker) batchNorms() error {
	var untouched, unbatched group
	for i := range c.modules {
		m := &c.modules[i]
		if m.Layer.Kind != weights.BatchNorm {
			if t := m.Tensor("weight"); t != nil && m.Layer.Kind == weights.Norm && namedBatchNorm(m.Path) {
				c.add(found(IncompleteNorm, t.Name, "%s is named like a BatchNorm and has neither running_mean nor running_var", m.Path))
			}
			continue
		}
		mean, variance := m.Statistics()
		if !c.complete(m, mean, variance) {
			continue
		}
		if c.stats[variance] == nil || c.stats[mean] == nil {
			continue
		}
		if err := c.variance(variance, m.Tensor("scale_factor")); err != nil {
			return err
		}
		if err := c.scale(m.Tensor("weight")); err != nil {
			return err
		}
		means, variances := c.stats[mean].total, c.stats[variance].total
		if means.Zeros == means.Count && variances.Min == 1 && variances.Max == 1 {
			untouched.add(m.Path, variance.Name)
		}
		if t := m.Tensor("num_batches_tracked"); c.stats[t] != nil && c.stats[t].total.Zeros == t.Count {
			unbatched.add(m.Path, t.Name)
		}
		untouched.of++
		unbatched.of++
	}
	for _, g := range []struct {
		group
		code Code
		what string
	}{
		{untouched, DefaultStatistics, "have statistics as initialised, mean 0 and variance 1"},
		{unbatched, NoBatches, "count no batch"},
	} {
		if g.n == 0 {
			continue
		}
		c.add(found(g.code, g.tensor, "%d of %d BatchNorms %s, the first is %s", g.n, g.of, g.what, g.first).share(g.n, g.of))
	}
	return nil
}

// group counts modules and keeps the first.
type group struct {
	n, of         int64
	first, tensor string
}

func (g *group) add(path, tensor string) {
	if g.n == 0 {
		g.first, g.tensor = path, tensor
	}
	g.n++
}

// complete reports whether a BatchNorm has both statistics, in the lengths of
// its other tensors.
func (c *checker) complete(m *weights.Module, mean, variance *weights.Tensor) bool {
	switch {
	case mean == nil:
		c.add(found(IncompleteNorm, variance.Name, "%s has no mean", m.Path))
		return false
	case variance == nil:
		c.add(found(IncompleteNorm, mean.Name, "%s has no variance", m.Path))
		return false
	}
	if w, b := m.Tensor("weight"), m.Tensor("bias"); (w == nil) != (b == nil) {
		has, lacks := w, "bias"
		if w == nil {
			has, lacks = b, "weight"
		}
		c.add(found(IncompleteNorm, has.Name, "%s has no %s", m.Path, lacks))
		return false
	}
	for _, field := range []string{"running_var", "variance", "weight", "bias"} {
		if t := m.Tensor(field); t != nil && t.Count != mean.Count {
			c.add(found(IncompleteNorm, t.Name, "%d channels, the mean has %d", t.Count, mean.Count).share(t.Count, mean.Count))
			return false
		}
	}
	return true
}

// namedBatchNorm reports whether the last part of a path is bn, bn1 or holds
// batchnorm.
func namedBatchNorm(path string) bool {
	last := strings.ToLower(path[strings.LastIndexByte(path, '.')+1:])
	return strings.TrimRight(last, "0123456789") == "bn" || strings.Contains(strings.ReplaceAll(last, "_", ""), "batchnorm")
}

// variance judges the variances in t, which Caffe stores multiplied by a factor.
func (c *checker) variance(t, factor *weights.Tensor) error {
	limit := float32(TinyVarianceLimit)
	if factor != nil && c.stats[factor] != nil {
		limit *= c.stats[factor].total.Max
	}
	var negative, tiny tally
	var lowest, smallest float32
	err := c.scan(t, func(i int64, x float32) bool {
		switch {
		case x < 0:
			if negative.n == 0 || x < lowest {
				negative.first, lowest = i, x
			}
			negative.n++
		case x < limit:
			if tiny.n == 0 || x < smallest {
				tiny.first, smallest = i, x
			}
			tiny.n++
		}
		return true
	})
	if negative.n > 0 {
		c.add(found(NegativeVariance, t.Name, "%d of %d variances are negative, that of channel %d is %.3g", negative.n, t.Count, negative.first, lowest).
			share(negative.n, t.Count).in(negative.first).at(negative.first, float64(lowest)))
	}
	if tiny.n > 0 {
		c.add(found(TinyVariance, t.Name, "%d of %d variances are below 1e-08, that of channel %d is %.3g", tiny.n, t.Count, tiny.first, smallest).
			share(tiny.n, t.Count).in(tiny.first).at(tiny.first, float64(smallest)))
	}
	return err
}

// scale looks for channels that a BatchNorm makes constant.
func (c *checker) scale(t *weights.Tensor) error {
	if t == nil || c.stats[t] == nil || c.stats[t].total.Zeros == 0 {
		return nil
	}
	var zero tally
	err := c.scan(t, func(i int64, x float32) bool {
		if x == 0 {
			zero.add(i)
		}
		return true
	})
	c.add(found(DeadChannels, t.Name, "%d of %d channels have the scale zero, the first is channel %d", zero.n, t.Count, zero.first).share(zero.n, t.Count).in(zero.first))
	return err
}
