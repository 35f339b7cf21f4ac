package zoo_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
)

// yoloTable is the state dict of a real class: of a detector with 80 classes,
// and what differs with other numbers; or of what must be refused.
type yoloTable struct {
	Family  string
	Variant *string // nil: must be refused
	Task    zoo.Task
	Classes int64
	What    string
	Tensors []struct {
		Name  string
		Count int64 // of what must be refused
		Shape []int64
	}
	ClassCounts []struct {
		Classes int64
		Shapes  map[string][]int64
	} `json:"class_counts"`
}

func yoloTables(t *testing.T) map[string]yoloTable {
	files, err := filepath.Glob("../../testdata/detect/yolo*.json")
	require.NoError(t, err)
	require.Greater(t, len(files), 60)
	all := map[string]yoloTable{}
	for _, f := range files {
		var tab yoloTable
		readJSON(t, f, &tab)
		require.NotEmpty(t, tab.Tensors, f)
		all[strings.TrimSuffix(filepath.Base(f), ".json")] = tab
	}
	return all
}

// entries are the table's tensors, with the given shapes in place of its own.
func (tab yoloTable) entries(other map[string][]int64) []weightstest.Tensor {
	var all []weightstest.Tensor
	for _, e := range tab.Tensors {
		x := weightstest.Tensor{Name: e.Name, Count: e.Count, Shape: e.Shape}
		if s, ok := other[e.Name]; ok {
			x.Shape = s
		}
		if x.Count == 0 {
			x.Count = 1
			for _, d := range x.Shape {
				x.Count *= d
			}
		}
		all = append(all, x)
	}
	return all
}

// Every size of the real classes is recognised with any number of classes, from
// counts alone and with shapes, and every relative is refused.
func TestDetectRealYOLO(t *testing.T) {
	for name, tab := range yoloTables(t) {
		t.Run(name, func(t *testing.T) {
			if tab.Variant == nil {
				for _, prefix := range []string{"", "module.", "model."} {
					_, err := zoo.Detect(weightstest.New("a.wts", rename("", prefix)(tab.entries(nil))))
					var unknown *zoo.UnknownError
					require.ErrorAs(t, err, &unknown, tab.What)
					require.Equal(t, fault.Unsupported, fault.Of(err))
					require.NotEmpty(t, unknown.Nearest[0].Tensor)
				}
				return
			}
			check := func(entries []weightstest.Tensor, classes int64) {
				for _, shapes := range []bool{true, false} {
					if !shapes {
						for i := range entries {
							entries[i].Shape = nil
						}
					}
					m, err := zoo.Detect(weightstest.New("a.wts", entries))
					require.NoError(t, err, classes)
					require.Equal(t, tab.Family, m.Family)
					require.Equal(t, *tab.Variant, m.Variant)
					require.Equal(t, tab.Task, m.Task)
					require.Equal(t, classes, m.Classes)
					require.Equal(t, zoo.Certain, m.Confidence)
				}
			}
			check(tab.entries(nil), tab.Classes)
			check(rename("", "model.")(tab.entries(nil)), tab.Classes)
			require.Len(t, tab.ClassCounts, 12)
			for _, c := range tab.ClassCounts {
				check(tab.entries(c.Shapes), c.Classes)
			}
		})
	}
}

// What the zoo makes up has the names, shapes and order of the real classes.
func TestSpecIsTheRealStateDict(t *testing.T) {
	for name, tab := range yoloTables(t) {
		if tab.Variant == nil || strings.Contains(name, "_") {
			continue
		}
		specs, err := zoo.Spec(name, tab.Classes)
		require.NoError(t, err)
		require.Len(t, specs, len(tab.Tensors), name)
		for i, e := range tab.Tensors {
			require.Equal(t, e.Name, specs[i].Name, name)
			require.Equal(t, e.Shape, specs[i].Shape, e.Name)
		}
	}
}
