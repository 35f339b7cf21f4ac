package agree

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// spoil changes one thing of a configuration, be it for the worse or not.
func (g *gen) spoil(c *Config) {
	say := func(format string, args ...any) { c.Spoilt = append(c.Spoilt, fmt.Sprintf(format, args...)) }
	weights := c.Op.Weights()
	switch g.IntN(5) {
	case 0:
		if len(c.Inputs) > 0 {
			i := g.IntN(len(c.Inputs))
			c.Inputs[i].Type = pick(g, anyType...)
			say("type of input %d", i)
			return
		}
	case 1, 2:
		if len(c.Inputs) > 0 {
			i := g.IntN(len(c.Inputs))
			c.Inputs[i].Dims = g.otherDims(c.Inputs[i].Dims)
			if i < len(c.Ranges) {
				c.Ranges[i] = g.ranges(c.Inputs[i].Dims)
			}
			say("dims of input %d", i)
			return
		}
	case 3:
		if len(weights) > 0 {
			i := g.IntN(len(weights))
			all := make([]*trt.Weights, len(weights))
			for j, o := range weights {
				all[j] = o.Weights
			}
			all[i] = g.otherWeights(all[i])
			c.Op = c.Op.WithWeights(all)
			say("%s weights", weights[i].Name)
			return
		}
	}
	op := reflect.New(reflect.TypeOf(c.Op)).Elem()
	op.Set(reflect.ValueOf(c.Op))
	if name := g.spoilField(op); name != "" {
		c.Op = op.Interface().(trt.Op)
		say("%s", name)
	}
}

// spoilField changes a field of a struct and returns its name.
func (g *gen) spoilField(s reflect.Value) string {
	var fields []int
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if f.IsExported() && !f.Anonymous && f.Type != reflect.TypeFor[*trt.Weights]() {
			fields = append(fields, i)
		}
	}
	if len(fields) == 0 {
		return ""
	}
	i := pick(g, fields...)
	g.spoilValue(s.Field(i))
	return s.Type().Field(i).Name
}

func (g *gen) spoilValue(v reflect.Value) {
	switch v.Interface().(type) {
	case *float32:
		v.Set(reflect.ValueOf(new(pick[float32](g, 0, -1, 0.5, 1, 2, 1.5))))
		return
	case dtype.Type:
		v.Set(reflect.ValueOf(pick(g, anyType...)))
		return
	case trt.Dims:
		v.Set(reflect.ValueOf(g.otherList(v.Interface().(trt.Dims))))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(g.otherNumber(v.Int()))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(pick(g, 0, -1, 0.5, 1, 2, 1.5))
	case reflect.String:
		if all := spellings()[v.Type()]; len(all) > 0 {
			v.SetString(pick(g, all...))
		}
	case reflect.Slice:
		g.spoilSlice(v)
	case reflect.Struct:
		g.spoilField(v)
	}
}

// spoilSlice changes an element, or the length.
func (g *gen) spoilSlice(v reflect.Value) {
	clone := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(clone, v)
	switch n := v.Len(); {
	case n > 0 && g.chance(60):
		g.spoilValue(clone.Index(g.IntN(n)))
	case n > 0 && g.coin():
		clone = clone.Slice(0, n-1)
	default:
		e := reflect.New(v.Type().Elem()).Elem()
		if n > 0 {
			e.Set(clone.Index(n - 1))
		}
		g.spoilValue(e)
		clone = reflect.Append(clone, e)
	}
	v.Set(clone)
}

func (g *gen) otherNumber(n int64) int64 { return pick(g, 0, -1, 1, 2, 3, 7, n+1, n-1, -n, 2*n) }

// otherList changes a list of numbers, one for a dimension.
func (g *gen) otherList(d trt.Dims) trt.Dims {
	d = d.Clone()
	switch n := len(d); {
	case n > 0 && g.chance(70):
		i := g.IntN(n)
		d[i] = g.otherNumber(d[i])
	case n > 0 && g.coin():
		d = d[:n-1]
	case n < trt.MaxDims:
		d = append(d, g.extent())
	}
	return d
}

// otherDims changes the dimensions of a tensor.
func (g *gen) otherDims(d trt.Dims) trt.Dims {
	d = d.Clone()
	switch n := len(d); {
	case n > 0 && g.chance(60):
		i := g.IntN(n)
		d[i] = pick(g, 0, 1, 1, 2, 3, 5, 7, 13, trt.Dynamic, trt.Dynamic, trt.Dynamic-1, d[i]+1, max(1, d[i]-1))
	case n > 0 && g.coin():
		i := g.IntN(n)
		d = slices.Delete(d, i, i+1)
	case n < trt.MaxDims:
		d = slices.Insert(d, g.IntN(n+1), pick[int64](g, 1, 1, g.extent()))
	default:
		return g.dims(g.IntN(trt.MaxDims + 1))
	}
	return d
}

// ranges gives each dynamic extent one, the same one.
func (g *gen) ranges(d trt.Dims) trt.Range {
	at := d.Clone()
	e := g.extent()
	for i := range at {
		if at[i] == trt.Dynamic {
			at[i] = e
		}
	}
	return trt.Range{Min: at, Opt: at, Max: at}
}

// otherWeights changes the count or the type.
func (g *gen) otherWeights(w *trt.Weights) *trt.Weights {
	if w == nil {
		return weights(dtype.Float32, g.extent())
	}
	switch g.IntN(5) {
	case 0, 1:
		return weights(pick(g, allTypes...), max(1, w.Count()))
	case 2:
		return nil
	}
	return weights(w.Type, max(1, w.Count()+pick[int64](g, -1, 1, 2)))
}

// spellings are the values of each type of choice that the conformance suite
// knows.
var spellings = sync.OnceValue(func() map[reflect.Type][]string {
	all := map[reflect.Type][]string{}
	for _, cases := range table() {
		for _, c := range cases {
			collect(reflect.ValueOf(c.Op), all)
		}
	}
	for t := range all {
		slices.Sort(all[t])
		all[t] = slices.Compact(all[t])
	}
	return all
})

func spellingsOf[T ~string]() []string { return spellings()[reflect.TypeFor[T]()] }

func collect(v reflect.Value, all map[reflect.Type][]string) {
	switch v.Kind() {
	case reflect.String:
		all[v.Type()] = append(all[v.Type()], v.String())
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				collect(v.Field(i), all)
			}
		}
	}
}
