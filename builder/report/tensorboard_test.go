package report_test

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/report"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/sdk"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
)

// run is what TensorBoard read of one run.
type run struct {
	Scalars    map[string][]string
	Histograms map[string][]struct {
		Min, Max, Num, Sum float64
		SumSquares         float64 `json:"sum_squares"`
		Limits, Counts     []float64
	}
	Tensors []string
	Steps   []int
}

// readByTensorBoard has the real TensorBoard read the runs below dir.
func readByTensorBoard(t *testing.T, dir string) map[string]run {
	t.Helper()
	root, err := sdk.Dir()
	require.NoError(t, err)
	packages := filepath.Join(root, "tensorboard")
	if _, err := os.Stat(packages); err != nil {
		sdktest.Missing(t, "%v; run `make viewers`", err)
	}
	cmd := exec.Command("python3", filepath.Join("testdata", "gen", "read_events.py"), dir)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+packages)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	require.NoError(t, err)
	var runs map[string]run
	require.NoError(t, json.Unmarshal(b, &runs))
	return runs
}

func TestTensorBoardReads(t *testing.T) {
	r := sample(t)
	r.Folded = r.Tensors[:1]
	dir := t.TempDir()
	require.NoError(t, report.WriteTensorBoard(dir, r))
	runs := readByTensorBoard(t, dir)
	require.Len(t, runs, 2)
	require.Len(t, runs["folded"].Histograms, 2)
	stored := runs["stored"]
	require.Empty(t, stored.Tensors)
	require.Equal(t, []int{0}, stored.Steps)
	for i := range r.Tensors {
		m := &r.Tensors[i]
		for tag, want := range map[string]float64{
			"absmax": float64(m.AbsMax), "absmin_nonzero": float64(m.AbsMinNonzero), "mean": m.Mean, "std": m.Std,
			"zeros_share": float64(m.Zeros) / math.Max(1, float64(m.Count)), "not_finite": float64(m.NaN + m.Inf),
			"fp16_overflow":            float64(m.FP16.Overflow),
			"fp16_subnormal_share":     float64(m.FP16.Subnormal) / math.Max(1, float64(m.Count)),
			"fp16_flushed_share":       float64(m.FP16.Flushed) / math.Max(1, float64(m.Count)),
			"fp16_sqnr_db":             float64(m.FP16.SQNR),
			"fp16_sqnr_flush_db":       float64(m.FP16.SQNRFlush),
			"bf16_sqnr_db":             float64(m.BF16.SQNR),
			"tf32_sqnr_db":             float64(m.TF32.SQNR),
			"int8_sqnr_db":             float64(m.INT8.PerTensor),
			"int8_sqnr_per_channel_db": float64(m.INT8.PerChannel),
		} {
			values := stored.Scalars[tag+"/"+m.Name]
			require.Len(t, values, 1, "%s of %s", tag, m.Name)
			got, err := strconv.ParseFloat(values[0], 64)
			require.NoError(t, err)
			require.Equal(t, float64(float32(want)), got, "%s of %s", tag, m.Name)
		}
		finite := m.Count - m.NaN - m.Inf
		linear := stored.Histograms["abs/"+m.Name]
		if finite == 0 {
			require.Empty(t, linear)
			continue
		}
		require.Len(t, linear, 1)
		h := linear[0]
		require.Equal(t, float64(m.AbsMax), h.Max)
		require.Equal(t, float64(finite), h.Num)
		require.Equal(t, counts(m.Histogram.Linear[:]), h.Counts)
		require.Len(t, h.Limits, 100)
		require.InDelta(t, float64(m.AbsMax), h.Limits[99], 1e-6*float64(m.AbsMax))

		logs := stored.Histograms["log2_abs/"+m.Name]
		if m.AbsMax == 0 {
			require.Empty(t, logs)
			continue
		}
		h = logs[0]
		require.Equal(t, float64(finite-m.Zeros), h.Num)
		require.Equal(t, counts(m.Histogram.Log2), h.Counts)
		require.Equal(t, float64(m.Histogram.Log2From+1), h.Limits[0])
		require.InDelta(t, math.Log2(float64(m.AbsMax)), h.Max, 1e-12)
		require.InDelta(t, math.Log2(float64(m.AbsMinNonzero)), h.Min, 1e-12)
	}
	// Of 1600 values 0.1 x |x|, x even over -1 to 1: the mean of |values| is 0.1/3,
	// of their squares 0.01/5.
	bell := stored.Histograms["abs/bell.weight"][0]
	require.InDelta(t, 1600*0.1/3, bell.Sum, 0.5)
	require.InDelta(t, 1600*0.01/5, bell.SumSquares, 0.01)
}

func counts(n []int64) []float64 {
	f := make([]float64, len(n))
	for i := range n {
		f[i] = float64(n[i])
	}
	return f
}

// A second report replaces the first whole and leaves other files alone.
func TestTensorBoardReplaces(t *testing.T) {
	r := sample(t)
	dir := filepath.Join(t.TempDir(), "deep", "er")
	require.NoError(t, report.WriteTensorBoard(dir, r))
	other := filepath.Join(dir, "stored", "events.out.tfevents.1.other")
	require.NoError(t, os.WriteFile(other, []byte("other"), 0o600))
	path := filepath.Join(dir, "stored", report.EventFile)
	first, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte("half"), 0o600))
	require.NoError(t, report.WriteTensorBoard(dir, r))
	second, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, first, second)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.NoDirExists(t, filepath.Join(dir, "folded"))
}

func TestTensorBoardNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	err := report.WriteTensorBoard(file, sample(t))
	require.Equal(t, fault.Resources, fault.Of(err))
	require.ErrorContains(t, err, file)
}
