package torch_test

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/torch"
)

func ExampleOpen() {
	f, err := torch.Open("testdata/torch-2.15/ultralytics.pt", torch.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	for _, name := range f.Names()[:3] {
		t, _ := f.Tensor(name)
		fmt.Println(t.Name, t.Type, t.Shape, t.Role)
	}
	fmt.Println("from", f.Metadata()["key"], "of", f.Metadata()["class"])
	t, _ := f.Tensor("model.0.bn.weight")
	values := make([]float32, t.Count)
	if err := t.ReadFloat32(values, 0); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values)
	// Output:
	// tied float16 [4 3 3 3] parameter
	// anchors float16 [3 2] buffer
	// model.0.conv.weight float16 [4 3 3 3] parameter
	// from ema of models.stand_in.Network
	// [1 1 1 1]
}

func ExampleOpen_key() {
	_, err := torch.Open("testdata/torch-2.15/by_key.pth", torch.Options{})
	fmt.Println(err)
	f, err := torch.Open("testdata/torch-2.15/by_key.pth", torch.Options{Key: "discriminator"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	fmt.Println(len(f.Names()), "tensors")
	// Output:
	// testdata/torch-2.15/by_key.pth: expected one set of weights, found several: generator, discriminator; name one by its key (--key generator)
	// 16 tensors
}
