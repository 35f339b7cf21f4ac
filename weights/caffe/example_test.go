package caffe_test

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/caffe"
)

func ExampleOpen() {
	f, err := caffe.Open("testdata/v1.caffemodel")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	fmt.Println(f.Format())
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		fmt.Println(name, t.Shape)
	}
	// Output:
	// caffe-v1
	// conv1.weight [4 3 3 3]
	// conv1.bias [1 1 1 4]
	// fc.weight [1 1 2 5]
	// fc.bias [1 1 1 2]
	// up.weight [4 1 2 2]
}
