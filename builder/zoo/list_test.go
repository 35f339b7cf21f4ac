package zoo_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/internal/fault"
)

// The checkpoints that are made up have the real classes' names, order and
// shapes.
func TestSpecIsTheStateDict(t *testing.T) {
	for name, tab := range tables(t) {
		if tab.Variant == nil {
			continue
		}
		specs, err := zoo.Spec(*tab.Variant, tab.Classes)
		require.NoError(t, err)
		require.Len(t, specs, len(tab.Tensors), name)
		for i, s := range specs {
			require.Equal(t, tab.Tensors[i].Name, s.Name, name)
			require.Equal(t, tab.Tensors[i].Shape, s.Shape, s.Name)
		}
	}
}

// The kinds and fan-ins are those of the generator script: all values of the
// checkpoint have the digest that PyTorch's state dict had.
func TestSpecValues(t *testing.T) {
	for _, name := range []string{"lenet5", "resnet18", "resnet50", "resnext50_32x4d"} {
		var want struct {
			Seed          uint64
			WeightsSHA256 string `json:"weights_sha256"`
		}
		readJSON(t, "../../testdata/zoo/"+name+".json", &want)
		specs, err := zoo.Spec(name, 0)
		require.NoError(t, err)
		require.Equal(t, want.WeightsSHA256, digest(specs, want.Seed), name)
	}
}

// digest is the SHA-256 of all values of a checkpoint, in the order of specs.
func digest(specs []checkpoint.Tensor, seed uint64) string {
	h := sha256.New()
	for _, s := range specs {
		v := make([]float32, s.Count())
		checkpoint.Fill(s, seed, 0, v)
		b := make([]byte, 0, 4*len(v))
		for _, x := range v {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestList(t *testing.T) {
	parameters := map[string]int64{}
	for _, e := range zoo.List() {
		parameters[e.Name] = e.Parameters
		require.Positive(t, e.Height)
	}
	for name, tab := range tables(t) {
		if tab.Variant != nil && tab.Classes == 1000 || name == "lenet5" {
			require.Equal(t, tab.Parameters, parameters[*tab.Variant], name)
		}
	}
}

func TestSpecRefuses(t *testing.T) {
	_, err := zoo.Spec("resnet500", 0)
	require.EqualError(t, err, `no network is called "resnet500"; did you mean resnet50 or resnet101?`)
	require.Equal(t, fault.Usage, fault.Of(err))
	_, err = zoo.Spec("resnet50", -1)
	require.Equal(t, fault.Usage, fault.Of(err))
}
