package zoo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
)

// FuzzDetect changes the count of one tensor, drops one and moves another's
// name, in real state dicts. Whatever is still recognised is built with every
// tensor in its place; all else is refused, naming a tensor.
func FuzzDetect(f *testing.F) {
	files := []string{"lenet5.json", "resnet18.json", "resnet50.json", "timm_seresnet50.json"}
	detectors := []string{"yolov8n", "yolov5n", "yolov5s-v5.0"}
	f.Add(uint8(0), uint16(0), int64(450), uint16(999), uint16(999), "")
	f.Add(uint8(1), uint16(0), int64(3136), uint16(999), uint16(999), "")
	f.Add(uint8(1), uint16(7), int64(1)<<62, uint16(999), uint16(3), "fc.weight")
	f.Add(uint8(2), uint16(21), int64(0), uint16(18), uint16(40), "layer4.99999999.conv1.weight")
	f.Add(uint8(3), uint16(999), int64(0), uint16(999), uint16(5), "module.")
	f.Add(uint8(4), uint16(354), int64(8), uint16(999), uint16(999), "")
	f.Add(uint8(4), uint16(999), int64(0), uint16(354), uint16(999), "")
	f.Add(uint8(5), uint16(342), int64(36), uint16(999), uint16(999), "")
	f.Add(uint8(5), uint16(344), int64(1)<<62, uint16(342), uint16(0), "model.0.conv.conv.weight")
	f.Add(uint8(6), uint16(1), int64(1)<<20, uint16(999), uint16(999), "")
	f.Fuzz(func(t *testing.T, file uint8, at uint16, count int64, drop, name uint16, to string) {
		var all []weightstest.Tensor
		if i := int(file) % (len(files) + len(detectors)); i < len(files) {
			all = readTable(t, files[i]).entries(false)
		} else {
			all = entriesOf(t, detectors[i-len(files)], 0)
		}
		if int(at) < len(all) {
			all[at].Count = max(count, 0)
		}
		if int(name) < len(all) {
			all[name].Name = to
		}
		if int(drop) < len(all) {
			all = append(all[:drop], all[drop+1:]...)
		}
		seen := map[string]bool{}
		for _, e := range all {
			if seen[e.Name] {
				return // no format opens a file with two tensors of one name
			}
			seen[e.Name] = true
		}
		m := weightstest.New("a.wts", all)
		match, err := zoo.Detect(m)
		if err != nil {
			var unknown *zoo.UnknownError
			require.ErrorAs(t, err, &unknown)
			require.NotEmpty(t, unknown.Nearest[0].Tensor)
			return
		}
		built, err := match.Build(m, trt.Target{}, zoo.Options{})
		require.NoError(t, err)
		require.Equal(t, len(all), len(built.Weights.Used)+len(built.Weights.Skipped))
	})
}
