package stats_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/stats"
)

func TestDecibelsInJSON(t *testing.T) {
	want := []stats.Decibels{73.25, stats.Decibels(math.Inf(1)), stats.Decibels(math.Inf(-1))}
	b, err := json.Marshal(want)
	require.NoError(t, err)
	require.JSONEq(t, `[73.25, "inf", "-inf"]`, string(b))
	var got []stats.Decibels
	require.NoError(t, json.Unmarshal(b, &got))
	require.Equal(t, want, got)
	require.Error(t, json.Unmarshal([]byte(`["much"]`), &got))
}
