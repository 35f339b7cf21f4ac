package precision_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// values are weights whose elements a function makes from a seeded generator.
func values(seed uint64, count int64, f func(i int64, normal float64) float64) trt.Float32s {
	r := rand.New(rand.NewPCG(seed, 7))
	v := make(trt.Float32s, count)
	for i := range v {
		v[i] = float32(f(int64(i), r.NormFloat64()))
	}
	return v
}

func gaussian(std float64) func(int64, float64) float64 {
	return func(_ int64, z float64) float64 { return std * z }
}

func vector(n int64, x float64) *trt.Weights {
	return trt.NewWeights(trt.Dims{n}, values(0, n, func(int64, float64) float64 { return x }))
}

// kernel is a 3x3 kernel of 64 to 64 channels.
func kernel(f func(i int64, normal float64) float64) *trt.Weights {
	d := trt.Dims{64, 64, 3, 3}
	return trt.NewWeights(d, values(1, d.Count(), f), trt.Origin{File: "f.wts", Tensor: "conv.weight", Part: "kernel"})
}

func conv(n *trt.Network, name string, x *trt.Tensor, w, b *trt.Weights) *trt.Tensor {
	return n.AddConvolution(name, x, trt.Convolution{OutChannels: 64, Kernel: trt.Dims{3, 3}, PrePadding: trt.Dims{1, 1}, PostPadding: trt.Dims{1, 1}, Weight: w, Bias: b})
}

func relu(n *trt.Network, name string, x *trt.Tensor) *trt.Tensor {
	return n.AddActivation(name, x, trt.Activation{Type: trt.ReLU})
}

func image(n *trt.Network) *trt.Tensor {
	return n.AddInput("x", dtype.Float32, trt.Dims{1, 64, 16, 16})
}

// plan folds, analyses and decides a network, and types it.
func plan(t testing.TB, n *trt.Network, o precision.Options) (*precision.Plan, *trt.Network) {
	require.NoError(t, n.Validate())
	n, err := transform.FoldBatchNorm(n)
	require.NoError(t, err)
	f, n, closer, err := ranges.Analyze(context.Background(), n, ranges.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { closer.Close() })
	p, err := precision.Decide(n, f, o)
	require.NoError(t, err)
	typed, err := precision.Apply(n, p)
	require.NoError(t, err)
	return p, typed
}

// found lists the FP32 layers with their codes.
func found(p *precision.Plan) map[string][]precision.Code {
	out := map[string][]precision.Code{}
	for _, d := range p.Layers {
		if d.Precision == precision.FP32 {
			out[d.Name] = d.Codes
		}
	}
	return out
}

type codes = map[string][]precision.Code

const (
	wOvf = precision.WeightOverflow
	wSub = precision.WeightUnderflow
	aOvf = precision.ActivationOverflow
	aSub = precision.ActivationUnderflow
	cut  = precision.Cut
	user = precision.User
)

// The networks of the specification's test plan that concern these codes.
func TestHazards(t *testing.T) {
	batchNorm := func(variance, eps float64) trt.BatchNorm {
		return trt.BatchNorm{Eps: eps, Gamma: vector(64, 1), Beta: vector(64, 0), Mean: vector(64, 0), Var: vector(64, variance)}
	}
	for name, c := range map[string]struct {
		record func(n *trt.Network) *trt.Tensor
		want   codes
	}{
		"1a tiny weights, scaled up behind": {func(n *trt.Network) *trt.Tensor {
			y := conv(n, "conv", image(n), kernel(gaussian(1e-10)), nil)
			y = n.AddScale("scale", y, trt.Scale{Mode: trt.ScaleUniform, Scale: trt.NewWeights(trt.Dims{1}, trt.Float32s{1e9}, trt.Origin{Tensor: "scale"})})
			return relu(n, "relu", y)
		}, codes{"conv": {wSub, aSub}, "scale": {wOvf, aSub}, "relu": {cut}}},
		"1b tiny weights at the output": {func(n *trt.Network) *trt.Tensor {
			return conv(n, "conv", image(n), kernel(gaussian(1e-10)), nil)
		}, codes{"conv": {wSub, aSub}}},
		"1c tiny weights beside a bias": {func(n *trt.Network) *trt.Tensor {
			return relu(n, "relu", conv(n, "conv", image(n), kernel(gaussian(1e-10)), vector(64, 0.5)))
		}, codes{}},
		"1d tiny weights that folding makes large": {func(n *trt.Network) *trt.Tensor {
			return n.AddBatchNorm("bn", conv(n, "conv", image(n), kernel(gaussian(1e-10)), nil), batchNorm(5.8e-18, 1e-20))
		}, codes{}},
		"1e one tiny channel that is looked at": {func(n *trt.Network) *trt.Tensor {
			return conv(n, "conv", image(n), kernel(func(i int64, z float64) float64 {
				if i/576 == 37 {
					return 1e-7 * z
				}
				return 0.02 * z
			}), nil)
		}, codes{"conv": {wSub}}},
		"one dead channel that drowns": {func(n *trt.Network) *trt.Tensor {
			y := conv(n, "conv", image(n), kernel(func(i int64, z float64) float64 {
				if i/576 == 37 {
					return 1e-7 * z
				}
				return 0.02 * z
			}), nil)
			return conv(n, "next", relu(n, "relu", y), kernel(gaussian(0.05)), nil)
		}, codes{}},
		"one tiny channel that is scaled up again": {func(n *trt.Network) *trt.Tensor {
			y := conv(n, "conv", image(n), kernel(func(i int64, z float64) float64 {
				if i/576 == 37 {
					return 4e-7 * z
				}
				return 0.02 * z
			}), nil)
			return conv(n, "next", relu(n, "relu", y), kernel(func(i int64, z float64) float64 {
				if i/9%64 == 37 {
					return 5e3 * z
				}
				return 0.05 * z
			}), nil)
		}, codes{"conv": {wSub}}},
		"4a tiny variance, tame folding": {func(n *trt.Network) *trt.Tensor {
			return n.AddBatchNorm("bn", conv(n, "conv", image(n), kernel(gaussian(0.02)), nil), batchNorm(1e-12, 1e-5))
		}, codes{}},
		"4b tiny variance, folding overflows": {func(n *trt.Network) *trt.Tensor {
			return n.AddBatchNorm("bn", conv(n, "conv", image(n), kernel(func(int64, float64) float64 { return 0.1 }), nil), batchNorm(1e-12, 1e-12))
		}, codes{"conv": {wOvf}}},
		"8 one large weight": {func(n *trt.Network) *trt.Tensor {
			y := conv(n, "conv", image(n), kernel(func(i int64, z float64) float64 {
				if i == 4321 {
					return 7e4
				}
				return 1e-3 * z
			}), nil)
			y.Moments = &trt.Moments{Mean: []float64{0}, Std: []float64{1}}
			return relu(n, "relu", y) // the network's output is FP32, too
		}, codes{"conv": {wOvf}, "relu": {cut}}},
		"activations too large": {func(n *trt.Network) *trt.Tensor {
			y := conv(n, "conv", image(n), kernel(gaussian(200)), nil)
			y = relu(n, "relu", y)
			y = conv(n, "next", y, kernel(gaussian(1e-5)), nil)
			return relu(n, "last", y)
		}, codes{"conv": {aOvf}, "relu": {aOvf}, "next": {aOvf}, "last": {cut}}},
		"an input too large": {func(n *trt.Network) *trt.Tensor {
			x := image(n)
			x.Moments = &trt.Moments{Mean: []float64{5000}, Std: []float64{4000}}
			return conv(n, "conv", x, kernel(gaussian(1e-5)), nil)
		}, codes{"conv": {aOvf}}},
		"a bounded function of it": {func(n *trt.Network) *trt.Tensor {
			y := conv(n, "conv", image(n), kernel(gaussian(200)), nil)
			y = n.AddActivation("sigmoid", y, trt.Activation{Type: trt.Sigmoid})
			return conv(n, "next", y, kernel(gaussian(0.02)), nil)
		}, codes{"conv": {aOvf}, "sigmoid": {aOvf}}},
		"what lies between hazards": {func(n *trt.Network) *trt.Tensor {
			y := conv(n, "conv", image(n), kernel(gaussian(5e-7)), nil)
			y = relu(n, "relu", y)
			y = n.AddPooling("pool", y, trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{2, 2}, Stride: trt.Dims{2, 2}})
			y = conv(n, "next", y, kernel(func(i int64, z float64) float64 {
				if i == 0 {
					return 7e4
				}
				return z
			}), nil)
			y.Moments = &trt.Moments{Mean: []float64{0}, Std: []float64{1}}
			return conv(n, "last", y, kernel(gaussian(0.02)), nil)
		}, codes{"conv": {wSub}, "relu": {cut}, "pool": {cut}, "next": {wOvf}}},
		"a tiny scale": {func(n *trt.Network) *trt.Tensor {
			return n.AddScale("scale", image(n), trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: vector(64, 1.1e-7)})
		}, codes{"scale": {wSub, aSub}}},
		"a tiny scale of columns": {func(n *trt.Network) *trt.Tensor {
			return n.AddScale("scale", image(n), trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 3, Scale: vector(16, 1.1e-7)})
		}, codes{"scale": {wSub, aSub}}},
		"a tiny scale of elements": {func(n *trt.Network) *trt.Tensor {
			return n.AddScale("scale", image(n), trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 1, Scale: vector(64*256, 1.1e-7)})
		}, codes{"scale": {wSub, aSub}}},
		"a tiny scale beside a shift": {func(n *trt.Network) *trt.Tensor {
			return n.AddScale("scale", image(n), trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: vector(64, 1.1e-7), Shift: vector(64, 1)})
		}, codes{}},
		"a tiny shift": {func(n *trt.Network) *trt.Tensor {
			return n.AddScale("scale", image(n), trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Shift: vector(64, 1.1e-7)})
		}, codes{}},
		"a tiny factor": {func(n *trt.Network) *trt.Tensor {
			c := n.AddConstant("c", trt.NewWeights(trt.Dims{1, 64, 1, 1}, values(1, 64, func(int64, float64) float64 { return 1.1e-7 })))
			return n.AddElementWise("product", image(n), c, trt.Prod)
		}, codes{"c": {wSub}, "product": {wSub, aSub}}},
		"a cast of the network's own": {func(n *trt.Network) *trt.Tensor {
			y := conv(n, "conv", image(n), kernel(gaussian(0.05)), nil)
			y = n.AddCast("back", n.AddCast("int", y, dtype.Int32), dtype.Float32)
			return conv(n, "next", y, kernel(gaussian(0.05)), nil)
		}, codes{"back": {}, "int": {}}},
		"a matrix": {func(n *trt.Network) *trt.Tensor {
			x := n.AddInput("x", dtype.Float32, trt.Dims{1, 64})
			w := n.AddConstant("fc/weight", trt.NewWeights(trt.Dims{10, 64}, values(1, 640, gaussian(1e-8))))
			b := n.AddConstant("fc/bias", trt.NewWeights(trt.Dims{1, 10}, values(2, 10, gaussian(1))))
			y := n.AddMatrixMultiply("fc/product", x, trt.MatrixNone, w, trt.MatrixTranspose)
			y = n.AddElementWise("fc", y, b, trt.Sum)
			return n.AddSoftmax("softmax", y, 1)
		}, codes{}},
		"a matrix without bias": {func(n *trt.Network) *trt.Tensor {
			x := n.AddInput("x", dtype.Float32, trt.Dims{1, 64})
			w := n.AddConstant("fc/weight", trt.NewWeights(trt.Dims{10, 64}, values(1, 640, gaussian(1e-7))))
			return n.AddMatrixMultiply("fc", x, trt.MatrixNone, w, trt.MatrixTranspose)
		}, codes{"fc/weight": {wSub}, "fc": {wSub, aSub}}},
		"a matrix between tensors too large": {func(n *trt.Network) *trt.Tensor {
			x := n.AddInput("x", dtype.Float32, trt.Dims{1, 64})
			w := n.AddConstant("fc/weight", trt.NewWeights(trt.Dims{10, 64}, values(1, 640, gaussian(2e3))))
			return n.AddSoftmax("softmax", n.AddMatrixMultiply("fc", x, trt.MatrixNone, w, trt.MatrixTranspose), 1)
		}, codes{"fc/weight": {aOvf}, "fc": {aOvf}, "softmax": {aOvf}}},
		"a bias too large": {func(n *trt.Network) *trt.Tensor {
			x := n.AddInput("x", dtype.Float32, trt.Dims{1, 64})
			b := n.AddConstant("bias", trt.NewWeights(trt.Dims{1, 64}, values(2, 64, func(i int64, z float64) float64 { return z + 7e4*float64(i/63) })))
			return n.AddSoftmax("softmax", n.AddElementWise("sum", x, b, trt.Sum), 1)
		}, codes{"bias": {wOvf}, "sum": {wOvf, aOvf}, "softmax": {aOvf}}},
	} {
		t.Run(name, func(t *testing.T) {
			n := trt.NewNetwork("n", trt.Target{})
			n.MarkOutput(c.record(n), "y")
			p, _ := plan(t, n, precision.Options{FP16: true})
			require.Equal(t, c.want, found(p))
			for _, d := range p.Layers {
				require.NotEmpty(t, d.Why, d.Name)
				require.Equal(t, len(d.Codes) > 0 && d.Codes[0] != cut, len(d.Remedy) > 0, d.Name)
			}
		})
	}
}

// chain is two convolutions scaled by 2^-k and 2^k, with no batch
// normalization at all, in the middle of five. order permutes the channels
// between the two, sign flips weights, rename changes the names.
func chain(k int, sign float64, order func(c int64) int64, rename func(string) string) *trt.Network {
	n := trt.NewNetwork("n", trt.Target{})
	x := image(n)
	std := math.Sqrt(2. / 576)
	for i := range 5 {
		x = conv(n, rename(fmt.Sprint("conv", i)), x, kernel(func(e int64, _ float64) float64 {
			out, in, tap := e/576, e/9%64, e%9
			scale := sign * std
			switch i {
			case 2:
				out, scale = order(out), math.Ldexp(scale, -k)
			case 3:
				in, scale = order(in), math.Ldexp(scale, k)
			}
			return scale * rand.New(rand.NewPCG(uint64(i), uint64((out*64+in)*9+tap))).NormFloat64()
		}), nil)
		x = relu(n, rename(fmt.Sprint("relu", i)), x)
	}
	n.MarkOutput(x, "y")
	return n
}

func same(c int64) int64 { return c }

func name(s string) string { return s }

func TestPlantedWithoutBatchNorm(t *testing.T) {
	before := codes{}
	for k := 0; k <= 30; k += 2 {
		p, _ := plan(t, chain(k, 1, same, name), precision.Options{FP16: true})
		got := found(p)
		for l, c := range got {
			require.Contains(t, []string{"conv2", "relu2", "conv3"}, l, "k=%d", k)
			require.NotEmpty(t, c)
		}
		for l, c := range before { // a fault does not heal as it grows
			require.Subset(t, got[l], without(c, cut), "k=%d %s", k, l)
		}
		before = got
		// sigma is 0.059 2^-k: 40 dB are left at 1.7e-6, beyond k = 15.
		require.Equal(t, k >= 16, has(t, p, "conv2", wSub), "k=%d", k)
		// The largest of 36864 weights is 4.2 sigma: 0.25 2^k passes 65504 at k = 18.
		require.Equal(t, k >= 18, has(t, p, "conv3", wOvf), "k=%d", k)
		if k >= 22 {
			require.Equal(t, codes{"conv2": {wSub, aSub}, "relu2": {aSub}, "conv3": {wOvf, aSub}}, got)
		}
	}
	require.NotEmpty(t, before)
}

func without(all []precision.Code, c precision.Code) []precision.Code {
	var out []precision.Code
	for _, x := range all {
		if x != c {
			out = append(out, x)
		}
	}
	return out
}

// Decisions do not depend on names, on the order of channels, or on signs.
func TestInvariance(t *testing.T) {
	reverse := func(c int64) int64 { return 63 - c }
	odd := func(c int64) int64 { return (c*37 + 11) % 64 }
	prefixed := func(s string) string { return "zz/" + s }
	for _, k := range []int{0, 14, 16, 17, 18, 24} {
		p, _ := plan(t, chain(k, 1, same, name), precision.Options{FP16: true})
		want := found(p)
		for what, n := range map[string]*trt.Network{
			"reversed": chain(k, 1, reverse, name),
			"permuted": chain(k, 1, odd, name),
			"negative": chain(k, -1, same, name),
		} {
			p, _ := plan(t, n, precision.Options{FP16: true})
			require.Equal(t, want, found(p), "%s k=%d", what, k)
		}
		p, _ = plan(t, chain(k, 1, same, prefixed), precision.Options{FP16: true})
		renamed := codes{}
		for l, c := range want {
			renamed[prefixed(l)] = c
		}
		require.Equal(t, renamed, found(p), "renamed k=%d", k)
	}
}

func TestKeptByTheUser(t *testing.T) {
	p, typed := plan(t, chain(0, 1, same, name), precision.Options{FP16: true, KeepFP32: []string{"conv1", "*3"}})
	require.Equal(t, codes{"conv1": {user}, "conv3": {user}, "relu3": {user}}, found(p))
	d, _ := p.Layer("relu3")
	require.Equal(t, "USER kept in FP32 by *3", d.Why)
	require.Equal(t, 6, p.Casts)
	require.Len(t, typed.Layers(), 17, "10 layers, 6 casts and what holds conv1 in FP32 before its own")

	n := chain(0, 1, same, name)
	_, err := precision.Decide(n, &ranges.Facts{}, precision.Options{FP16: true, KeepFP32: []string{"conv9*"}})
	require.ErrorContains(t, err, `no layer of n fits "conv9*"`)
	require.Equal(t, fault.Usage, fault.Of(err))
}

func TestFP32IsWhatWasAskedFor(t *testing.T) {
	p, typed := plan(t, chain(20, 1, same, name), precision.Options{TF32: true})
	_, fp16, fp32 := p.Count()
	require.Equal(t, []int{0, 10}, []int{fp16, fp32})
	require.Len(t, typed.Layers(), 10)
	require.Zero(t, p.Casts)
	require.True(t, p.TF32)
	for _, d := range p.Layers {
		require.Empty(t, d.Codes)
		require.Equal(t, "FP16 was not asked for", d.Why)
	}
}
