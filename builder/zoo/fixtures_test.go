package zoo_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
)

// table is the names and sizes of a real model class, in state-dict order.
type table struct {
	Variant    *string // nil: must be refused
	Classes    int64
	Parameters int64
	Tensors    []struct {
		Name  string
		Count int64
		Shape []int64
	}
}

func readTable(t *testing.T, file string) table {
	var tab table
	readJSON(t, filepath.Join("../../testdata/detect", file), &tab)
	require.NotEmpty(t, tab.Tensors, file)
	return tab
}

// tables are those of classifiers.
func tables(t *testing.T) map[string]table {
	files, err := filepath.Glob("../../testdata/detect/*.json")
	require.NoError(t, err)
	all := map[string]table{}
	for _, f := range files {
		if base := filepath.Base(f); !strings.HasPrefix(base, "yolo") {
			all[strings.TrimSuffix(base, ".json")] = readTable(t, base)
		}
	}
	require.Greater(t, len(all), 30)
	return all
}

func readJSON(t *testing.T, path string, into any) {
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, into))
}

// entries are the table's tensors as a file holds them.
func (tab table) entries(shapes bool) []weightstest.Tensor {
	var all []weightstest.Tensor
	for _, e := range tab.Tensors {
		x := weightstest.Tensor{Name: e.Name, Count: e.Count}
		if shapes {
			x.Shape = e.Shape
		}
		all = append(all, x)
	}
	return all
}

// edit returns the table's map after f has changed its entries.
func (tab table) edit(f func([]weightstest.Tensor) []weightstest.Tensor) weights.Map {
	return weightstest.New("a.wts", f(tab.entries(false)))
}

func unchanged(e []weightstest.Tensor) []weightstest.Tensor { return e }

// without drops the entries whose names have the prefix.
func without(prefix string) func([]weightstest.Tensor) []weightstest.Tensor {
	return func(all []weightstest.Tensor) []weightstest.Tensor {
		var kept []weightstest.Tensor
		for _, e := range all {
			if !strings.HasPrefix(e.Name, prefix) {
				kept = append(kept, e)
			}
		}
		return kept
	}
}

// recount gives an entry another count.
func recount(name string, count int64) func([]weightstest.Tensor) []weightstest.Tensor {
	return func(all []weightstest.Tensor) []weightstest.Tensor {
		for i := range all {
			if all[i].Name == name {
				all[i].Count = count
			}
		}
		return all
	}
}

// rename replaces a prefix of names.
func rename(from, to string) func([]weightstest.Tensor) []weightstest.Tensor {
	return func(all []weightstest.Tensor) []weightstest.Tensor {
		for i, e := range all {
			if rest, ok := strings.CutPrefix(e.Name, from); ok {
				all[i].Name = to + rest
			}
		}
		return all
	}
}
