package onnx_test

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/onnx"
)

func ExampleOpen() {
	f, err := onnx.Open("testdata/torch.onnx")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		if t.Type.IsFloat() && len(t.Shape) > 1 {
			fmt.Println(name, t.Type, t.Shape, t.Count)
		}
	}
	// Output:
	// conv.weight float32 [4 3 3 3] 108
	// fc.weight float32 [2 4] 8
}

// Ultralytics notes the names of its classes and the stride in the model.
func ExampleFile_Metadata() {
	f, err := onnx.Open("testdata/types.onnx")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	m := f.Metadata()
	fmt.Println(m["opset_import"])
	fmt.Println(m["metadata_props"])
	// Output:
	// map[ai.onnx:21 com.example:2]
	// map[imgsz:[640, 640] names:{0: 'person', 1: 'car'} stride:32 task:detect]
}
