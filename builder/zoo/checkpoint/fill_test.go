package checkpoint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// vector is a tensor that the NumPy twin made; regenerate with
// python3 testdata/gen/checkpoint.py.
type vector struct {
	Kind   string    `json:"kind"`
	Name   string    `json:"name"`
	Seed   string    `json:"seed"`
	FanIn  int64     `json:"fan_in"`
	Count  int64     `json:"count"`
	First  []float32 `json:"first"`
	Last   float32   `json:"last"`
	SHA256 string    `json:"sha256"`
}

func (v vector) tensor(t *testing.T) (Tensor, uint64) {
	seed, err := strconv.ParseUint(v.Seed, 10, 64)
	require.NoError(t, err)
	for k, name := range kindNames {
		if name == v.Kind {
			return Tensor{Name: v.Name, Shape: []int64{v.Count}, Kind: Kind(k), FanIn: v.FanIn}, seed
		}
	}
	require.Fail(t, "unknown kind", v.Kind)
	return Tensor{}, 0
}

func readVectors(t *testing.T) []vector {
	raw, err := os.ReadFile("../../../testdata/checkpoint/vectors.json")
	require.NoError(t, err)
	var vectors []vector
	require.NoError(t, json.Unmarshal(raw, &vectors))
	return vectors
}

func TestFillMatchesNumPy(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range readVectors(t) {
		seen[v.Kind] = true
		t.Run(fmt.Sprintf("%s seed %s", v.Name, v.Seed), func(t *testing.T) {
			tensor, seed := v.tensor(t)
			got := make([]float32, tensor.Count())
			Fill(tensor, seed, 0, got)
			require.Equal(t, v.First, got[:min(4, len(got))])
			require.Equal(t, v.Last, got[len(got)-1])

			var raw []byte
			for _, x := range got {
				raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
			}
			sum := sha256.Sum256(raw)
			require.Equal(t, v.SHA256, hex.EncodeToString(sum[:]))
		})
	}
	require.Len(t, seen, len(kindNames)-1, "every kind but Constant has a vector")
}

func TestConstantsRepeat(t *testing.T) {
	dst := make([]float32, 4)
	Fill(Tensor{Name: "dfl", Shape: []int64{6}, Kind: Constant, Values: []float32{7, 8, 9}}, 5, 2, dst)
	require.Equal(t, []float32{9, 7, 8, 9}, dst)
}

func TestFillOfAnyRangeIsThatRangeOfTheWhole(t *testing.T) {
	for k := range kindNames {
		tensor := Tensor{Name: "x", Shape: []int64{1000}, Kind: Kind(k), FanIn: 64, Values: []float32{1, 2, 3}}
		whole := make([]float32, 1000)
		Fill(tensor, 5, 0, whole)
		part := make([]float32, 300)
		Fill(tensor, 5, 417, part)
		require.Equal(t, whole[417:717], part, Kind(k))
	}
}

func TestFillDependsOnSeedAndName(t *testing.T) {
	fill := func(name string, seed uint64) []float32 {
		dst := make([]float32, 8)
		Fill(Tensor{Name: name, Kind: Bias}, seed, 0, dst)
		return dst
	}
	require.NotEqual(t, fill("a", 1), fill("a", 2))
	require.NotEqual(t, fill("a", 1), fill("b", 1))
}

func TestDistributionsAreAsDocumented(t *testing.T) {
	bellStd := math.Exp2(16) / math.Sqrt(3)
	uniformStd := 1.5 / math.Sqrt(12)
	for _, c := range []struct {
		kind                Kind
		fanIn               int64
		mean, std, min, max float64
	}{
		{ConvWeight, 64, 0, bellStd * 0x1p-20, -0x1p-3, 0x1p-3},
		{ConvWeight, 576, 0, bellStd * 0x1p-22, -0x1p-5, 0x1p-5},
		{LinearWeight, 2048, 0, bellStd * 0x1p-21, -0x1p-4, 0x1p-4},
		{Bias, 0, 0, bellStd * 0x1p-18, -0.5, 0.5},
		{BNBeta, 0, 0, bellStd * 0x1p-18, -0.5, 0.5},
		{BNGamma, 0, 1, bellStd * 0x1p-18, 0.5, 1.5},
		{BNGammaLast, 0, 0.25, bellStd * 0x1p-20, 0.125, 0.375},
		{BNMean, 0, 0, bellStd * 0x1p-20, -0x1p-3, 0x1p-3},
		{BNVar, 64, 1.25 / 16, uniformStd / 16, 0.5 / 16, 2. / 16},
		{BNVar, 147, 1.25 / 32, uniformStd / 32, 0.5 / 32, 2. / 32},
		{BNTracked, 0, 512.5, 1024 / math.Sqrt(12), 1, 1024},
		{Input, 0, 0, bellStd * 0x1p-15, -4, 4},
		{SiLUConvWeight, 576, 0, math.Sqrt(23./192/576) * 1.001, -0.06, 0.06},
		{SiLUConvWeight, 41, 0, math.Sqrt(23. / 192 / 41), -0.2, 0.2},
		{SiLUFusedConvWeight, 288, 0, math.Sqrt(23. / 12 / 288), -0.3, 0.3},
		{SiLUBNBeta, 0, 0, bellStd * 0x1p-16, -2, 2},
		{SiLUBNVar, 64, 1.25 * 15 / 256, uniformStd * 15 / 256, 0.5 * 15 / 256, 2. * 15 / 256},
		{Image, 0, 0.5, 1 / math.Sqrt(12), 0, 1},
		{ScoreBias, 0, -2, bellStd * 0x1p-17, -3, -1},
	} {
		const n = 100_000
		dst := make([]float32, n)
		Fill(Tensor{Name: "w", Kind: c.kind, FanIn: c.fanIn}, 3, 0, dst)
		require.GreaterOrEqual(t, float64(slices.Min(dst)), c.min, c.kind)
		require.LessOrEqual(t, float64(slices.Max(dst)), c.max, c.kind)
		var sum, sq float64
		for _, v := range dst {
			sum += float64(v)
			sq += (float64(v) - c.mean) * (float64(v) - c.mean)
		}
		require.InDelta(t, c.mean, sum/n, 5*c.std/math.Sqrt(n), c.kind)
		require.InEpsilon(t, c.std, math.Sqrt(sq/n), 0.01, c.kind)
	}
}

func BenchmarkFill(b *testing.B) {
	dst := make([]float32, 1<<20)
	b.SetBytes(int64(4 * len(dst)))
	for b.Loop() {
		Fill(Tensor{Name: "w", Kind: ConvWeight, FanIn: 576}, 1, 0, dst)
	}
}
