package bind_test

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func ExampleBinder() {
	m := weightstest.New("head.wts", []weightstest.Tensor{
		{Name: "module.head.wieght", Count: 40},
		{Name: "module.head.bias", Count: 11},
	})
	net := trt.NewNetwork("head", trt.Target{})
	b := bind.New(net, bind.NewView(m))
	x := net.AddInput("x", dtype.Float32, trt.Dims{1, 4})
	net.MarkOutput(b.Linear("head", x, 10), "y")
	_, err := b.Finish()
	fmt.Println(err)
	// Output:
	// head.wts does not fit network head:
	//   missing module.head.weight, 40 elements [10,4]; nearest: module.head.wieght
	//   module.head.bias: expected 10 elements [1,10] (10 outputs), found 11
	//   unused module.head.wieght, 40 elements; nearest: module.head.weight
}
