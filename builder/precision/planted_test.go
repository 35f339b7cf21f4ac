package precision_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
)

// planted is a generated checkpoint in which the tensors of some names are
// multiplied by powers of two.
type planted struct {
	weights.Map
	factor map[string]float32
}

func (p planted) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := p.Map.Tensor(name)
	if f := p.factor[name]; ok && f != 0 {
		c := *t
		c.Source = times{t.Source, f}
		return &c, true
	}
	return t, ok
}

type times struct {
	weights.Source
	factor float32
}

func (s times) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	err := s.Source.ReadFloat32(t, dst, from)
	for i := range dst {
		dst[i] *= s.factor
	}
	return err
}

func generated(t testing.TB, variant string) weights.Map {
	specs, err := zoo.Spec(variant, 0)
	require.NoError(t, err)
	m, err := checkpoint.New(variant+".wts", 1, specs)
	require.NoError(t, err)
	return m
}

// decide runs the stages up to the plan.
func decide(t testing.TB, m weights.Map, o precision.Options) (*precision.Plan, *trt.Network) {
	return decideSized(t, m, zoo.Options{}, o)
}

func decideSized(t testing.TB, m weights.Map, size zoo.Options, o precision.Options) (*precision.Plan, *trt.Network) {
	match, err := zoo.Detect(m)
	require.NoError(t, err)
	built, err := match.Build(m, trt.Target{}, size)
	require.NoError(t, err)
	n, err := transform.FoldBatchNorm(built.Network)
	require.NoError(t, err)
	in := built.Input
	f, n, closer, err := ranges.Analyze(context.Background(), n, ranges.Options{Inputs: map[string]ranges.Input{
		in.Name: {Low: in.Lo, High: in.Hi, Mean: in.Mean, Std: in.Std},
	}})
	require.NoError(t, err)
	t.Cleanup(func() { closer.Close() })
	p, err := precision.Decide(n, f, o)
	require.NoError(t, err)
	return p, n
}

func pow2(k int) float32 { return float32(math.Ldexp(1, k)) }

// fixture is where an independent emulator, written against PyTorch, found FP16
// to fail: testdata/gen/precision.py.
type fixture struct {
	Block string
	First struct {
		A              int // a channel of A's weights keeps less than 40 dB
		AOutput        int `json:"a_output"`         // the whole output of A does
		AOutputChannel int `json:"a_output_channel"` // one channel of it does
	} `json:"first_k_below_40_db"`
	Rows []struct {
		K int
		B struct{ Overflow int }
	}
}

// TestPlantedFaults multiplies what batch normalization makes of a convolution
// A by 2^-k and the weights of the convolution B behind it by 2^k. The function
// stays the same. Weights must be found out exactly where the emulator finds
// that they fail, the tensors between A and B no earlier than their first
// channel fails and no later than the tensor as a whole does.
func TestPlantedFaults(t *testing.T) {
	for _, block := range []string{"layer2.1", "layer4.2"} {
		raw, err := os.ReadFile("../../testdata/precision/planted_resnet50_" + block + ".json")
		require.NoError(t, err)
		var want fixture
		require.NoError(t, json.Unmarshal(raw, &want))
		overflow := 0
		for want.Rows[overflow].B.Overflow == 0 {
			overflow++
		}
		path := strings.ReplaceAll(block, ".", "/")
		a, between, b := path+"/conv1", path+"/relu1", path+"/conv2"
		for _, k := range slices.Compact(slices.Sorted(slices.Values([]int{
			want.First.A - 1, want.First.A, want.First.AOutputChannel - 1, want.First.AOutput, overflow - 1, overflow, 40,
		}))) {
			t.Run(fmt.Sprint(block, " k=", k), func(t *testing.T) {
				p, n := decide(t, planted{generated(t, "resnet50"), map[string]float32{
					block + ".bn1.weight": pow2(-k), block + ".bn1.bias": pow2(-k), block + ".conv2.weight": pow2(k),
				}}, precision.Options{FP16: true})
				require.Equal(t, k >= want.First.A, has(t, p, a, precision.WeightUnderflow))
				require.Equal(t, k >= overflow, has(t, p, b, precision.WeightOverflow))
				tensor := has(t, p, between, precision.ActivationUnderflow)
				if k < want.First.AOutputChannel || k >= want.First.AOutput {
					require.Equal(t, k >= want.First.AOutput, tensor)
				}
				require.Equal(t, tensor, has(t, p, a, precision.ActivationUnderflow))
				require.Equal(t, tensor, has(t, p, b, precision.ActivationUnderflow))

				expected := 0
				for _, l := range []string{a, between, b} {
					if d, _ := p.Layer(l); len(d.Codes) > 0 {
						require.Equal(t, precision.FP32, d.Precision)
						expected++
					}
				}
				_, _, fp32 := p.Count()
				require.Equal(t, expected, fp32, "nothing else is FP32")
				typed, err := precision.Apply(n, p)
				require.NoError(t, err)
				casts := 0
				for _, l := range typed.Layers() {
					if l.Op.Kind() == trt.KindCast {
						casts++
					}
				}
				require.Equal(t, p.Casts, casts)
			})
		}
	}
}

func has(t *testing.T, p *precision.Plan, layer string, c precision.Code) bool {
	d, ok := p.Layer(layer)
	require.True(t, ok, layer)
	return slices.Contains(d.Codes, c)
}

// Generated checkpoints are healthy: no layer needs FP32.
func TestNoFalseAlarms(t *testing.T) {
	for _, variant := range []string{"lenet5", "resnet18", "resnet50", "resnet152", "resnext50_32x4d"} {
		p, _ := decide(t, generated(t, variant), precision.Options{FP16: true})
		for _, d := range p.Layers {
			require.Equal(t, precision.FP16, d.Precision, "%s: %s %s", variant, d.Name, d.Why)
			require.Empty(t, d.Codes)
			require.NotEmpty(t, d.Why)
		}
		require.Equal(t, 2, p.Casts, variant)
	}
}
