package refexec_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Every shape that the packing of patches tells apart, against the definition.
func TestConvolutionsAgainstTheDefinition(t *testing.T) {
	for i, c := range []struct {
		batch, in, out, groups, h, w int64
		kernel, stride, pre, dil     [2]int64
	}{
		{1, 3, 5, 1, 9, 40, [2]int64{3, 3}, [2]int64{1, 1}, [2]int64{1, 1}, [2]int64{1, 1}},
		{2, 4, 6, 2, 11, 150, [2]int64{3, 3}, [2]int64{2, 2}, [2]int64{1, 1}, [2]int64{1, 1}},
		{1, 3, 4, 1, 30, 31, [2]int64{7, 7}, [2]int64{2, 2}, [2]int64{3, 3}, [2]int64{1, 1}},
		{1, 2, 4, 1, 9, 9, [2]int64{1, 1}, [2]int64{2, 2}, [2]int64{0, 0}, [2]int64{1, 1}},
		{3, 5, 4, 1, 7, 7, [2]int64{1, 1}, [2]int64{1, 1}, [2]int64{0, 0}, [2]int64{1, 1}},
		{1, 2, 3, 1, 13, 17, [2]int64{2, 3}, [2]int64{3, 4}, [2]int64{1, 2}, [2]int64{2, 3}},
		{1, 70, 33, 1, 5, 6, [2]int64{3, 3}, [2]int64{1, 1}, [2]int64{2, 2}, [2]int64{2, 2}},
		{2, 6, 6, 6, 10, 37, [2]int64{3, 3}, [2]int64{1, 1}, [2]int64{1, 1}, [2]int64{1, 1}},
		{1, 4, 8, 4, 12, 21, [2]int64{5, 5}, [2]int64{2, 2}, [2]int64{2, 2}, [2]int64{1, 1}},
		{1, 3, 3, 3, 6, 4, [2]int64{3, 1}, [2]int64{1, 3}, [2]int64{0, 0}, [2]int64{1, 1}},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			weight, bias := filled(trt.Dims{c.out, c.in / c.groups, c.kernel[0], c.kernel[1]}), filled(trt.Dims{c.out})
			x := filled(trt.Dims{c.batch, c.in, c.h, c.w})
			n := trt.NewNetwork("n", trt.Target{})
			y := n.AddConvolution("conv", n.AddInput("x", dtype.Float32, x.Dims), trt.Convolution{
				OutChannels: c.out, Groups: c.groups, Kernel: c.kernel[:], Stride: c.stride[:], PrePadding: c.pre[:], PostPadding: c.pre[:], Dilation: c.dil[:],
				Weight: trt.NewWeights(weight.Dims, trt.Float32s(weight.Floats)), Bias: trt.NewWeights(bias.Dims, trt.Float32s(bias.Floats)),
			})
			n.MarkOutput(y, "y")
			require.NoError(t, n.Err())
			at := func(v *trt.Value, c ...int64) float64 {
				i := int64(0)
				for axis, e := range v.Dims {
					if c[axis] < 0 || c[axis] >= e {
						return 0
					}
					i = i*e + c[axis]
				}
				return float64(v.Floats[i])
			}
			var results []*trt.Value
			for _, o := range []refexec.Options{{Workers: 1}, {Workers: 3}, {Float64: true}} {
				out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": x}, o)
				require.NoError(t, err)
				results = append(results, out["y"])
			}
			require.Equal(t, results[0], results[1], "workers must not change results")
			for i, got := range results[0].Floats {
				rest := int64(i)
				ow := rest % y.Dims[3]
				rest /= y.Dims[3]
				oh := rest % y.Dims[2]
				rest /= y.Dims[2]
				o, b := rest%c.out, rest/c.out
				sum := at(bias, o)
				for ch := range c.in / c.groups {
					for kh := range c.kernel[0] {
						for kw := range c.kernel[1] {
							sum += at(weight, o, ch, kh, kw) * at(x, b, o/(c.out/c.groups)*(c.in/c.groups)+ch, oh*c.stride[0]-c.pre[0]+kh*c.dil[0], ow*c.stride[1]-c.pre[1]+kw*c.dil[1])
						}
					}
				}
				require.InDelta(t, sum, float64(got), 2e-5)
				require.InDelta(t, sum, float64(results[2].Floats[i]), 1e-6)
			}
		})
	}
}
