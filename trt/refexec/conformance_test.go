package refexec_test

import (
	"cmp"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
	"github.com/trtbuild/trtbuild/trt/refexec"
)

// Whatever the recorder accepts can be executed, in every type and with dynamic
// dimensions at the profile's upper end, and has the inferred type and
// dimensions. Ones are in the domain of every function and the range of every
// index.
func TestEveryAcceptedLayerRuns(t *testing.T) {
	for _, c := range backendtest.Cases() {
		if c.Want == nil {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			n := c.Network(c.Target())
			require.NoError(t, n.Validate())
			in := map[string]*trt.Value{}
			for i, x := range c.Inputs {
				if c.Constant(i) != nil {
					continue
				}
				in[c.InputName(i)] = full(at(x, cmp.Or(c.Extents[2], 4)), 1)
				if v := c.Values[i]; v != nil {
					in[c.InputName(i)].Ints = v
				}
			}
			out, err := refexec.Run(context.Background(), n, in, refexec.Options{})
			require.NoError(t, err)
			for _, y := range n.Outputs() {
				got := out[y.Name]
				require.Equal(t, y.Type, got.Type)
				requireFits(t, y.Dims, got.Dims)
				require.Equal(t, got.Dims.Count(), int64(max(len(got.Floats), len(got.Ints))))
				require.Equal(t, y.Type.IsFloat(), got.Ints == nil)
			}
		})
	}
}

func at(i trt.Info, extent int64) trt.Info {
	i.Dims = i.Dims.Clone()
	for axis := range i.Dims {
		if i.Dims[axis] == trt.Dynamic {
			i.Dims[axis] = extent
		}
	}
	return i
}

func full(i trt.Info, v float32) *trt.Value {
	x := &trt.Value{Type: i.Type, Dims: i.Dims}
	for range i.Dims.Count() {
		if i.Type.IsFloat() {
			x.Floats = append(x.Floats, v)
		} else {
			x.Ints = append(x.Ints, int64(v))
		}
	}
	return x
}
