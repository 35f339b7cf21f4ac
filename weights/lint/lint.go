package lint

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/trtbuild/trtbuild/internal/chanstat"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Finding is one rule that a tensor, or the file, breaks.
type Finding struct {
	Code     Code     `json:"code"`
	Name     string   `json:"name"` // of the rule
	Severity Severity `json:"severity"`
	Tensor   string   `json:"tensor"`            // empty: the file as a whole
	Other    string   `json:"other,omitempty"`   // the tensor that it is a duplicate of
	Channel  *int64   `json:"channel,omitempty"` // the first or the worst that is meant
	Index    *int64   `json:"index,omitempty"`   // position of the element that is meant
	Value    *float64 `json:"value,omitempty"`   // there, where JSON has the number
	Count    int64    `json:"count,omitempty"`   // elements, channels or tensors that are meant
	Of       int64    `json:"of,omitempty"`      // out of so many
	Message  string   `json:"message"`           // what was found
	Next     string   `json:"next"`              // what the person can do
}

func found(c Code, tensor, format string, args ...any) Finding {
	r := ruleOf(c)
	return Finding{Code: c, Name: r.Name, Severity: r.Severity, Tensor: tensor, Message: fmt.Sprintf(format, args...), Next: r.Next}
}

func (f Finding) share(count, of int64) Finding {
	f.Count, f.Of = count, of
	return f
}

func (f Finding) at(index int64, value float64) Finding {
	f.Index = &index
	if value-value == 0 {
		f.Value = &value
	}
	return f
}

func (f Finding) in(channel int64) Finding {
	f.Channel = &channel
	return f
}

// Check reads all of m and returns what it finds, the gravest first and in file
// order among equals. The error is a file's that cannot be read, or the
// context's; findings are no error.
func Check(ctx context.Context, m weights.Map) ([]Finding, error) {
	c := &checker{ctx: ctx, tensors: weights.All(m), found: []Finding{}}
	c.modules = weights.Modules(c.tensors)
	if err := c.measure(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{c.values, c.channels, c.batchNorms, c.duplicates, c.halves} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	place := map[string]int{"": -1}
	for i, t := range c.tensors {
		place[t.Name] = i
	}
	slices.SortStableFunc(c.found, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)),
			cmp.Compare(place[a.Tensor], place[b.Tensor]),
			cmp.Compare(a.Code, b.Code))
	})
	return c.found, nil
}

type checker struct {
	ctx     context.Context
	tensors []*weights.Tensor
	modules []weights.Module
	stats   map[*weights.Tensor]*measured // of all that can be measured
	longer  atomic.Bool                   // some float32 parameter has more bits than bfloat16
	found   []Finding
}

// measured are the statistics of a tensor.
type measured struct {
	channels []chanstat.Stats // one, if the tensor has no channels that are known
	total    chanstat.Stats
}

func (c *checker) add(f Finding) { c.found = append(c.found, f) }

// maxChannels bounds the memory for statistics; vocabularies are as large.
const maxChannels = 1 << 18

// layoutOf returns the channels of a layer's weight; one channel for all other
// tensors.
func layoutOf(t *weights.Tensor, l weights.Layer) chanstat.Layout {
	axis := l.ChannelAxis()
	if !hasChannels(t, l) {
		return chanstat.Layout{Channels: 1, Inner: t.Count}
	}
	inner := int64(1)
	for _, d := range t.Shape[axis+1:] {
		inner *= d
	}
	return chanstat.Layout{Channels: int(t.Shape[axis]), Inner: inner}
}

// hasChannels reports whether t is the weight of a layer of more than one axis,
// or has the four axes of a kernel and a name that says no layer, as in ONNX.
func hasChannels(t *weights.Tensor, l weights.Layer) bool {
	if axis := l.ChannelAxis(); len(t.Shape) <= axis || t.Shape[axis] > maxChannels {
		return false
	}
	switch l.Kind {
	case weights.UnknownLayer:
		return len(t.Shape) == 4
	case weights.Convolution, weights.DepthwiseConvolution, weights.TransposedConvolution, weights.Linear, weights.Attention:
		return len(t.Shape) > 1
	}
	return false
}

func (c *checker) measure() error {
	c.stats = map[*weights.Tensor]*measured{}
	collectors := map[*weights.Tensor]*chanstat.Collector{}
	var jobs []weights.Job
	for _, m := range c.modules {
		for _, t := range m.Tensors {
			if t.Type.IsComplex() || t.Count == 0 {
				continue
			}
			collector, err := chanstat.NewCollector(layoutOf(t, m.Layer), t.Count, weights.ChunkLen)
			if err != nil {
				return err
			}
			collectors[t] = collector
			jobs = append(jobs, weights.Job{Name: t.Name, Values: t, Count: t.Count, Visit: func(chunk []float32, from int64) error {
				if t.Role == weights.Parameter && t.Type == dtype.Float32 && !c.longer.Load() && !allBFloat16(chunk) {
					c.longer.Store(true)
				}
				return collector.Visit(chunk, from)
			}})
		}
	}
	if err := weights.Read(c.ctx, 0, jobs); err != nil {
		return err
	}
	for t, collector := range collectors {
		s := &measured{channels: collector.Channels()}
		for _, ch := range s.channels {
			s.total.Merge(ch)
		}
		c.stats[t] = s
	}
	return nil
}

// allBFloat16 reports whether the lower halves of all values are empty.
func allBFloat16(values []float32) bool {
	for _, x := range values {
		if math.Float32bits(x)&0xffff != 0 {
			return false
		}
	}
	return true
}

// scan calls visit for every value of a tensor in order, until it returns
// false.
func (c *checker) scan(t *weights.Tensor, visit func(i int64, x float32) bool) error {
	values := make([]float32, min(weights.ChunkLen, t.Count))
	for from := int64(0); from < t.Count; from += weights.ChunkLen {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		chunk := values[:min(weights.ChunkLen, t.Count-from)]
		if err := t.ReadFloat32(chunk, from); err != nil {
			return err
		}
		for i, x := range chunk {
			if !visit(from+int64(i), x) {
				return nil
			}
		}
	}
	return nil
}

// halves looks for files whose float32 hold less.
func (c *checker) halves() error {
	var count, varied int64
	fp16 := true
	for _, t := range c.tensors {
		s := c.stats[t]
		if s == nil || t.Role == weights.Buffer || t.Type != dtype.Float32 {
			continue
		}
		if s.total.NaN+s.total.Inf > 0 {
			return nil
		}
		count++
		if s.total.Min != s.total.Max {
			varied += t.Count
		}
		fp16 = fp16 && s.total.ErrFP16 == 0 && s.total.Overflow == 0
	}
	if varied < SmallestDuplicate { // ones and zeros are exact everywhere
		return nil
	}
	if !c.longer.Load() { // 8 significant bits are among the 11 of float16, so fp16 may be true as well
		c.add(found(BFloat16AsFloat32, "", "all %d float32 parameters hold nothing but bfloat16 values", count).share(count, count))
	} else if fp16 {
		c.add(found(Float16AsFloat32, "", "all %d float32 parameters hold nothing but float16 values", count).share(count, count))
	}
	return nil
}
