package zoo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
)

// Every real class is recognised, or refused, from counts alone and with
// shapes, whatever a wrapper put before its names.
func TestDetectRealClasses(t *testing.T) {
	for name, tab := range tables(t) {
		t.Run(name, func(t *testing.T) {
			for _, prefix := range []string{"", "module.", "model.", "module._orig_mod.", "state_dict.model.", "ema.module.", "model.model.", "backbone."} {
				for _, shapes := range []bool{false, true} {
					m, err := zoo.Detect(weightstest.New("a.wts", rename("", prefix)(tab.entries(shapes))))
					if tab.Variant == nil {
						var unknown *zoo.UnknownError
						require.ErrorAs(t, err, &unknown)
						require.Equal(t, fault.Unsupported, fault.Of(err))
						require.NotEmpty(t, unknown.Nearest[0].Tensor)
						continue
					}
					require.NoError(t, err)
					require.Equal(t, *tab.Variant, m.Variant)
					require.Equal(t, tab.Classes, m.Classes)
					require.Equal(t, zoo.Classify, m.Task)
					require.Equal(t, zoo.Certain, m.Confidence)
				}
			}
		})
	}
}

// The class count is read from the classifier, and nothing else depends on it.
func TestDetectClasses(t *testing.T) {
	for name, tab := range tables(t) {
		if tab.Variant == nil {
			continue
		}
		last := tab.Tensors[len(tab.Tensors)-2:] // weight and bias of the classifier
		features := last[0].Count / last[1].Count
		for _, classes := range []int64{1, 2, 3, 10, 13, 64, 100, 365, 1000, 21843} {
			m, err := zoo.Detect(tab.edit(func(e []weightstest.Tensor) []weightstest.Tensor {
				return recount(last[0].Name, classes*features)(recount(last[1].Name, classes)(e))
			}))
			require.NoError(t, err, name)
			require.Equal(t, *tab.Variant, m.Variant)
			require.Equal(t, classes, m.Classes)
		}
	}
}

// Counters that only training reads may be there or not.
func TestDetectWithoutCounters(t *testing.T) {
	m, err := zoo.Detect(readTable(t, "resnet50.json").edit(func(all []weightstest.Tensor) []weightstest.Tensor {
		var kept []weightstest.Tensor
		for _, e := range all {
			if !strings.HasSuffix(e.Name, "num_batches_tracked") {
				kept = append(kept, e)
			}
		}
		return append(kept, weightstest.Tensor{Name: "layer1.total_ops", Count: 1}, weightstest.Tensor{Name: "n_averaged", Count: 1})
	}))
	require.NoError(t, err)
	require.Equal(t, "resnet50", m.Variant)
}

func TestDetectEvidence(t *testing.T) {
	m, err := zoo.Detect(readTable(t, "resnext50_32x4d_classes37.json").edit(rename("", "module.")))
	require.NoError(t, err)
	require.Equal(t, []string{
		"all 320 tensors fit the names and sizes of a resnet, and none is missing",
		"conv1.weight has 9408 elements: a 7x7 stem of 64 filters over 3 channels",
		"layer1.0.conv3 exists: bottleneck blocks",
		"layer1.0.conv2.weight has 4608 elements between 128 and 128 channels: groups 32",
		"layer1 to layer4 have 3, 4, 6, 3 blocks",
		"fc.bias has 37 elements: 37 classes",
		`every name begins with "module.", which a wrapper added`,
	}, m.Evidence)
	b, err := json.Marshal(m)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(b, &fields))
	require.Equal(t, "resnet", fields["family"])
	require.Equal(t, "resnext50_32x4d", fields["variant"])
	require.Equal(t, "certain", fields["confidence"])
	require.Equal(t, []any{}, fields["nearest"])
	require.Contains(t, strings.Join(m.Notes, "\n"), "v1.5")
}

// Networks that follow the rules in a size of their own.
func TestDetectCustom(t *testing.T) {
	for _, c := range []struct {
		name  string
		table string
		edit  func([]weightstest.Tensor) []weightstest.Tensor
	}{
		{"one block less", "resnet18.json", without("layer4.1.")},
		{"gray images", "resnet18.json", recount("conv1.weight", 3136)},
		{"narrow inside one bottleneck", "resnet50.json", func(e []weightstest.Tensor) []weightstest.Tensor {
			for _, f := range []string{"weight", "bias", "running_mean", "running_var"} {
				e = recount("layer2.1.bn1."+f, 96)(e)
			}
			return recount("layer2.1.conv2.weight", 128*96*9)(recount("layer2.1.conv1.weight", 96*512)(e))
		}},
		{"more filters in a LeNet", "lenet5.json", func(e []weightstest.Tensor) []weightstest.Tensor {
			return recount("conv1.bias", 8)(recount("conv1.weight", 200)(recount("conv2.weight", 8*16*25)(e)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := zoo.Detect(readTable(t, c.table).edit(c.edit))
			require.NoError(t, err)
			require.Equal(t, zoo.Custom, m.Variant)
			require.Equal(t, zoo.Likely, m.Confidence)
		})
	}
}

func TestDetectLeNet(t *testing.T) {
	lenet := readTable(t, "lenet5.json")
	sequential := func(e []weightstest.Tensor) []weightstest.Tensor {
		for from, to := range map[string]string{"conv1.": "layer1.0.", "conv2.": "layer1.3.", "fc1.": "layer2.0.", "fc2.": "layer2.2.", "fc3.": "layer2.4."} {
			e = rename(from, to)(e)
		}
		return e
	}
	for name, edit := range map[string]func([]weightstest.Tensor) []weightstest.Tensor{
		"attributes": unchanged, "sequential": sequential,
		"colour": recount("conv1.weight", 450), "28x28": recount("fc1.weight", 120*256),
	} {
		m, err := zoo.Detect(lenet.edit(edit))
		require.NoError(t, err, name)
		require.Equal(t, "lenet5", m.Variant, name)
		require.Equal(t, int64(10), m.Classes, name)
	}
}

// The first tensor that does not fit is the one that was changed, against the
// variant that was meant.
func TestNearMiss(t *testing.T) {
	for _, c := range []struct {
		name, table string
		edit        func([]weightstest.Tensor) []weightstest.Tensor
		want        zoo.Near
	}{
		{"classifier cut off", "resnet50.json", without("fc."), zoo.Near{
			Variant: "resnet50", Tensor: "fc.weight", Problem: zoo.Absent, Expected: "2048000 elements [1000,2048]",
			Reason: "the classifier was cut off, so this is a feature extractor; only whole classifiers are supported",
		}},
		{"one count", "resnet50.json", recount("layer3.2.bn2.running_var", 255), zoo.Near{
			Variant: "resnet50", Tensor: "layer3.2.bn2.running_var", Problem: zoo.WrongCount, Expected: "256 elements [256]", Found: "255 elements",
		}},
		{"the count a width follows from", "resnet50.json", recount("layer3.2.bn2.weight", 255), zoo.Near{
			Variant: "resnet50", Tensor: "layer3.2.bn2.weight", Problem: zoo.WrongCount, Expected: "256 elements [256]", Found: "255 elements",
		}},
		{"an absurd count", "resnet18.json", recount("layer1.0.bn1.weight", 1<<62), zoo.Near{
			Variant: "resnet18", Tensor: "layer1.0.bn1.weight", Problem: zoo.WrongCount, Expected: "64 elements [64]", Found: "4611686018427387904 elements",
		}},
		{"groups of one block", "resnext101_32x8d.json", recount("layer2.3.conv2.weight", 512*512*9), zoo.Near{
			Variant: zoo.Custom, // the block is dense, which the rules allow
		}},
		{"a block in the middle", "resnet101.json", without("layer3.7."), zoo.Near{
			Variant: "resnet101", Tensor: "layer3.7.conv1.weight", Problem: zoo.Absent, Expected: "262144 elements [256,1024,1,1]",
		}},
		{"renamed", "resnet34.json", rename("layer2.3.conv1.", "layer2.3.conv01."), zoo.Near{
			Variant: "resnet34", Tensor: "layer2.3.conv1.weight", Problem: zoo.Absent, Expected: "147456 elements [128,128,3,3]",
		}},
		{"no downsample", "resnet18.json", without("layer3.0.downsample."), zoo.Near{
			Variant: "resnet18", Tensor: "layer3.0.downsample.0.weight", Problem: zoo.Absent, Expected: "32768 elements [256,128,1,1]",
		}},
		{"too much", "resnet18.json", func(e []weightstest.Tensor) []weightstest.Tensor {
			return append(e, weightstest.Tensor{Name: "head.weight", Count: 7})
		}, zoo.Near{Variant: "resnet18", Tensor: "head.weight", Problem: zoo.Unexpected, Found: "7 elements"}},
		{"stem for small images", "resnet18.json", recount("conv1.weight", 1728), zoo.Near{
			Variant: "resnet18", Tensor: "conv1.weight", Problem: zoo.WrongCount, Expected: "9408 elements [64,3,7,7]", Found: "1728 elements",
			Reason: "a stem other than one 7x7 convolution, as networks for small images have, is not supported",
		}},
		{"squeeze-and-excitation", "timm_seresnet50.json", unchanged, zoo.Near{
			Variant: "resnet50", Tensor: "layer1.0.se.fc1.weight", Problem: zoo.Unexpected, Found: "4096 elements",
			Reason: "squeeze-and-excitation or channel attention in the blocks is not supported",
		}},
		{"deep stem", "timm_resnet50d.json", unchanged, zoo.Near{
			Variant: "resnet50", Tensor: "conv1.weight", Problem: zoo.Absent, Expected: "9408 elements [64,3,7,7]",
			Reason: "the stem is several convolutions (timm's \"d\", \"s\" and \"t\" variants), which is not supported",
		}},
		{"LeNet for other images", "lenet5.json", recount("fc1.weight", 120*16*36), zoo.Near{
			Variant: "lenet5", Tensor: "fc1.weight", Problem: zoo.WrongCount, Expected: "48000 elements [120,400]", Found: "69120 elements",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := zoo.Detect(readTable(t, c.table).edit(c.edit))
			if c.want.Tensor == "" {
				require.NoError(t, err)
				require.Equal(t, c.want.Variant, m.Variant)
				return
			}
			var unknown *zoo.UnknownError
			require.ErrorAs(t, err, &unknown)
			got := unknown.Nearest[0]
			require.Contains(t, err.Error(), got.Tensor)
			got.Family, got.Name, got.Fit = "", "", 0
			require.Equal(t, c.want, got)
		})
	}
}

// A ResNet cut short after any tensor is never taken for a smaller network, and
// the refusal names the tensor that comes next.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"resnet18", "resnet50", "resnext50_32x4d", "lenet5"} {
		tab := readTable(t, name+".json")
		early := len(tab.Tensors) * 2 / 3
		for keep := range len(tab.Tensors) - 1 {
			if keep < early && keep%16 != 3 {
				continue
			}
			_, err := zoo.Detect(tab.edit(func(e []weightstest.Tensor) []weightstest.Tensor { return e[:keep] }))
			var unknown *zoo.UnknownError
			require.ErrorAs(t, err, &unknown, "%s, %d tensors", name, keep)
			if keep < early {
				continue // a smaller variant may be nearer
			}
			next := tab.Tensors[keep].Name
			if strings.HasSuffix(next, "num_batches_tracked") {
				next = tab.Tensors[keep+1].Name
			}
			require.Equal(t, name, unknown.Nearest[0].Variant)
			require.Equal(t, next, unknown.Nearest[0].Tensor)
		}
	}
}

func TestForeignFamiliesAreNamed(t *testing.T) {
	for file, want := range map[string]string{
		"mobilenet_v2": "MobileNet v2", "vgg11": "VGG", "alexnet": "AlexNet", "densenet121": "DenseNet", "mnasnet1_0": "MNASNet",
		"shufflenet_v2_x1_0": "ShuffleNet v2", "timm_resnetv2_50": "a pre-activation ResNet (timm's ResNetV2)",
		"timm_legacy_seresnet50": "SENet (timm's legacy names)",
		"fcn_resnet50":           "a segmentation or detection network on a ResNet backbone",
	} {
		_, err := zoo.Detect(readTable(t, file+".json").edit(unchanged))
		require.ErrorContains(t, err, "it looks like "+want+", which is not supported")
	}
}

func TestDetectEmpty(t *testing.T) {
	_, err := zoo.Detect(weightstest.New("a.wts", nil))
	require.ErrorContains(t, err, "the file: no network family fits its 0 tensors")
	require.Equal(t, fault.Unsupported, fault.Of(err))
}

// The shapes of a recognised network go by the names in the file.
func TestShapes(t *testing.T) {
	spec, err := zoo.Spec("resnet18", 7)
	require.NoError(t, err)
	entries := make([]weightstest.Tensor, len(spec))
	for i, s := range spec {
		entries[i] = weightstest.Tensor{Name: "module." + s.Name, Count: s.Count()}
	}
	m, err := zoo.Detect(weightstest.New("r18.wts", entries))
	require.NoError(t, err)
	shapes := m.Shapes()
	require.Len(t, shapes, 122)
	require.Equal(t, []int64{64, 3, 7, 7}, shapes["module.conv1.weight"])
	require.Equal(t, []int64{7, 512}, shapes["module.fc.weight"])
	require.Empty(t, shapes["module.bn1.num_batches_tracked"])
}
