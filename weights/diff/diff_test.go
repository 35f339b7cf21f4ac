package diff_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/diff"
	"github.com/trtbuild/trtbuild/weights/load"
	"github.com/trtbuild/trtbuild/weights/stats"
)

func compareFixtures(t *testing.T, o diff.Options) map[string]diff.Tensor {
	var maps [2]weights.Map
	for i, name := range []string{"a", "b"} {
		m, err := load.Open("testdata/" + name + ".safetensors")
		require.NoError(t, err)
		t.Cleanup(func() { m.Close() })
		maps[i] = m
	}
	r, err := diff.Compare(context.Background(), maps[0], maps[1], o)
	require.NoError(t, err)
	got := map[string]diff.Tensor{}
	for _, d := range r.Tensors {
		got[d.Name] = d
	}
	return got
}

// want is what NumPy says of the fixtures; gen.py writes it.
type want struct {
	Atol    float64
	Rtol    float64
	Tensors map[string]struct {
		MaxAbs    float64 `json:"max_abs"`
		MaxAbsAt  []int64 `json:"max_abs_at"`
		MaxRel    float64 `json:"max_rel"`
		SQNR      any     `json:"sqnr_db"`
		Differing int64
		Beyond    int64
		Nonfinite int64
	}
}

func TestCompareAgreesWithNumPy(t *testing.T) {
	raw, err := os.ReadFile("testdata/want.json")
	require.NoError(t, err)
	var w want
	require.NoError(t, json.Unmarshal(raw, &w))
	got := compareFixtures(t, diff.Options{Atol: w.Atol, Rtol: w.Rtol})
	require.Len(t, w.Tensors, 10)
	for name, n := range w.Tensors {
		t.Run(name, func(t *testing.T) {
			e := got[name].Errors
			require.NotNil(t, e)
			require.Equal(t, n.MaxAbs, e.MaxAbs)
			if n.MaxAbs > 0 {
				require.Equal(t, n.MaxAbsAt, e.MaxAbsAt)
			} else {
				require.Nil(t, e.MaxAbsAt)
			}
			require.Equal(t, n.MaxRel, e.MaxRel)
			require.Equal(t, n.Beyond, e.Beyond)
			require.Equal(t, n.Nonfinite, e.Nonfinite)
			require.Equal(t, n.Differing, e.Differing)
			switch n.SQNR {
			case "inf":
				require.True(t, math.IsInf(float64(e.SQNR), 1))
			case "-inf":
				require.True(t, math.IsInf(float64(e.SQNR), -1))
			default:
				require.InDelta(t, n.SQNR, float64(e.SQNR), 1e-9)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	got := map[string]diff.Status{}
	for name, d := range compareFixtures(t, diff.Options{Atol: 1e-9}) {
		got[name] = d.Status
	}
	require.Equal(t, map[string]diff.Status{
		"conv.weight": diff.Beyond, "long": diff.Beyond, "same": diff.Same, "halved": diff.Beyond,
		"wide":    diff.Within, // by less than float32 can tell
		"counter": diff.Beyond, // by one, at 2^53
		"far":     diff.Beyond,
		"holes":   diff.Within, // -0 and 0
		"broken":  diff.Beyond, "from_zero": diff.Beyond, "pair": diff.Beyond,
		"gone": diff.Missing, "bent": diff.Shape, "cut": diff.Shape, "new": diff.Extra,
	}, got)
}

func TestTypesOfOneValue(t *testing.T) {
	d := compareFixtures(t, diff.Options{Rtol: 1e-2})["halved"]
	require.Equal(t, diff.Within, d.Status)
	require.True(t, d.Retyped())
	require.False(t, d.Failed())
}

func file(name string, tensors ...weightstest.Tensor) weights.Map {
	return weightstest.New(name, tensors)
}

func scalar(name string, v float32) weightstest.Tensor {
	return weightstest.Tensor{Name: name, Count: 1, Values: []float32{v}}
}

func TestPrefixes(t *testing.T) {
	plain := file("a", scalar("conv.w", 1), scalar("fc.w", 2))
	for _, c := range []struct {
		name    string
		a, b    weights.Map
		pa, pb  string
		failing int
	}{
		{"none", plain, plain, "", "", 0},
		{"b is wrapped", plain, file("b", scalar("module.model.conv.w", 1), scalar("module.model.fc.w", 2)), "", "module.model.", 0},
		{"a is wrapped", file("b", scalar("model.conv.w", 1), scalar("model.fc.w", 2)), plain, "model.", "", 0},
		{"one name meets", plain, file("b", scalar("fc.w", 2), scalar("x.conv.w", 1)), "", "", 2},
		{"nothing in common", plain, file("b", scalar("m.x", 2), scalar("m.y", 1)), "", "", 4},
		{"empty", plain, file("b"), "", "", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := diff.Compare(context.Background(), c.a, c.b, diff.Options{})
			require.NoError(t, err)
			require.Equal(t, []string{c.pa, c.pb}, []string{r.PrefixA, r.PrefixB})
			require.Equal(t, c.failing, r.Failed())
		})
	}
}

func TestSelectAndOrder(t *testing.T) {
	a := file("a", scalar("ok", 1), scalar("near", 1), scalar("far", 1), scalar("gone", 1), scalar("skipped", 1))
	b := file("b", scalar("ok", 1), scalar("near", 1.001), scalar("far", 2), scalar("skipped too", 1))
	r, err := diff.Compare(context.Background(), a, b, diff.Options{
		Select: func(name string) bool { return !strings.HasPrefix(name, "skipped") },
	})
	require.NoError(t, err)
	var names []string
	for _, d := range r.WorstFirst() {
		names = append(names, d.Name)
	}
	require.Equal(t, []string{"gone", "far", "near", "ok"}, names)
	require.Equal(t, 3, r.Failed())
	require.Equal(t, []int64{0}, r.WorstFirst()[1].Errors.MaxAbsAt)
	require.Equal(t, stats.Decibels(0), r.WorstFirst()[1].Errors.SQNR)
}

func TestRename(t *testing.T) {
	a := file("a", scalar("net.conv", 1), scalar("head", 2))
	b := file("b", scalar("conv", 1), scalar("head", 2))
	rename := func(name string) string { return strings.TrimPrefix(name, "net.") }
	r, err := diff.Compare(context.Background(), a, b, diff.Options{Rename: rename})
	require.NoError(t, err)
	require.Equal(t, 2, r.Count(diff.Same))
	_, err = diff.Compare(context.Background(), a, b, diff.Options{Rename: func(string) string { return "x" }})
	require.ErrorContains(t, err, `a: "net.conv" and "head" are both called "x"`)
	require.Equal(t, fault.Usage, fault.Of(err))
}

type broken struct{ error }

func (b broken) ReadFloat32(*weights.Tensor, []float32, int64) error { return b.error }

func TestErrors(t *testing.T) {
	a := file("a", scalar("x", 1))
	for _, o := range []diff.Options{{Atol: -1}, {Rtol: math.NaN()}} {
		_, err := diff.Compare(context.Background(), a, a, o)
		require.Equal(t, fault.Usage, fault.Of(err))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := diff.Compare(ctx, a, a, diff.Options{})
	require.ErrorIs(t, err, context.Canceled)

	torn := errors.New("torn")
	b := file("b", scalar("x", 1))
	x, _ := b.Tensor("x")
	x.Source = broken{torn}
	for _, maps := range [][]weights.Map{{a, b}, {b, a}} {
		_, err = diff.Compare(context.Background(), maps[0], maps[1], diff.Options{})
		require.ErrorIs(t, err, torn)
	}
}

// Sums do not depend on how chunks fall to workers.
func TestReproducible(t *testing.T) {
	values := make([]float32, 5*weights.ChunkLen+7)
	for i := range values {
		values[i] = float32(math.Sin(float64(i)))
	}
	other := slices.Clone(values)
	for i := range other {
		other[i] += 1e-3 * float32(math.Cos(float64(3*i)))
	}
	a := file("a", weightstest.Tensor{Name: "x", Count: int64(len(values)), Values: values})
	b := file("b", weightstest.Tensor{Name: "x", Count: int64(len(values)), Values: other})
	first, err := diff.Compare(context.Background(), a, b, diff.Options{})
	require.NoError(t, err)
	for range 5 {
		again, err := diff.Compare(context.Background(), a, b, diff.Options{})
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}

// ramp yields its element numbers, without storing them.
type ramp struct{}

func (ramp) ReadFloat32(_ *weights.Tensor, dst []float32, from int64) error {
	for i := range dst {
		dst[i] = float32(from + int64(i))
	}
	return nil
}

// Files of 64 MiB each are compared in a few chunks' memory.
func TestMemory(t *testing.T) {
	large := func(name string) weights.Map {
		m := file(name, weightstest.Tensor{Name: "x", Count: 16 << 20})
		x, _ := m.Tensor("x")
		x.Source = ramp{}
		return m
	}
	a, b := large("a"), large("b")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := diff.Compare(context.Background(), a, b, diff.Options{})
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Equal(t, 1, r.Count(diff.Same))
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20+runtime.GOMAXPROCS(0)<<20))
}
