package safetensors_test

import (
	"bytes"
	"fmt"
	"os"

	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/safetensors"
)

func ExampleOpen() {
	f, err := safetensors.Open("testdata/network.safetensors")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	for _, name := range f.Names()[:3] {
		t, _ := f.Tensor(name)
		fmt.Println(t.Name, t.Type, t.Shape, t.Role)
	}
	mean, _ := f.Tensor("1.running_var")
	values := make([]float32, mean.Count)
	fmt.Println(mean.ReadFloat32(values, 0), values, f.Metadata())
	// Output:
	// 1.num_batches_tracked int64 [] buffer
	// 0.weight float32 [5 3 3 3] parameter
	// 1.bias float32 [5] parameter
	// <nil> [1 1 1 1 1] map[format:pt]
}

func ExampleOpenIndex() {
	f, err := safetensors.OpenIndex("testdata/sharded/model.safetensors.index.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	t, _ := f.Tensor("tail.weight")
	fmt.Println(f.Format(), "-", t.Name, "in", t.File)
	// Output: safetensors in 2 shards - tail.weight in model-00002-of-00002.safetensors
}

// A file is written anew with its float32 tensors in half the bytes.
func ExampleWrite() {
	f, err := safetensors.Open("testdata/network.safetensors")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	var tensors []safetensors.Tensor
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		to := t.Type
		if to == dtype.Float32 {
			to = dtype.Float16
		}
		tensors = append(tensors, safetensors.Tensor{Name: name, Type: to, Shape: t.Shape, Values: t})
	}
	var out bytes.Buffer
	err = safetensors.Write(&out, tensors, map[string]string{"format": "pt"})
	before, _ := os.Stat("testdata/network.safetensors")
	fmt.Println(err, before.Size(), "to", out.Len(), "bytes")
	// Output: <nil> 1300 to 942 bytes
}
