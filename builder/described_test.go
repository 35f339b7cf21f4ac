package builder

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
)

type described struct {
	weights.Map
	says map[string]any
}

func (d described) Metadata() map[string]any { return d.says }

func saying(says map[string]any) weights.Map {
	return described{weightstest.New("a.pt", nil), says}
}

func TestClassNames(t *testing.T) {
	list := []any{"person", "bicycle"}
	require.Equal(t, []string{"person", "bicycle"}, classNames(saying(map[string]any{"names": list}), 2))
	require.Equal(t, []string{"person", "bicycle"}, classNames(saying(map[string]any{"names": map[string]any{"1": "bicycle", "0": "person"}}), 2))
	for name, says := range map[string]any{
		"another count":  []any{"person"},
		"no names":       []any{"person", int64(2)},
		"numbers missed": map[string]any{"1": "person", "2": "bicycle"},
		"text":           "person",
		"nothing":        nil,
	} {
		require.Nil(t, classNames(saying(map[string]any{"names": says}), 2), name)
	}
	require.Nil(t, classNames(weightstest.New("a.wts", nil), 2))
}

func TestTrainedSize(t *testing.T) {
	imgsz := func(v any) map[string]any { return map[string]any{"imgsz": v} }
	size := func(says map[string]any) [2]int64 {
		h, w := trainedSize(saying(says))
		return [2]int64{h, w}
	}
	require.Equal(t, [2]int64{320, 320}, size(map[string]any{"args": imgsz(int64(320))}))
	require.Equal(t, [2]int64{256, 320}, size(map[string]any{"args": imgsz([]any{int64(256), int64(320)})}))
	require.Equal(t, [2]int64{416, 416}, size(map[string]any{"args": imgsz(int64(640)), "train_args": imgsz(int64(416))}))
	for _, odd := range []any{nil, int64(0), int64(-1), "320", []any{int64(320)}, []any{int64(320), "x"}, []any{int64(320), int64(0)}} {
		require.Equal(t, [2]int64{}, size(map[string]any{"train_args": imgsz(odd)}), "%v", odd)
	}
	require.Equal(t, [2]int64{}, size(nil))
}
