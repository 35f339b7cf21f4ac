package convert_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights/convert"
)

func ExampleConvert() {
	m := weightstest.New("net.pth", []weightstest.Tensor{ // or load.Open
		{Name: "module.conv1.weight", Count: 3, Shape: []int64{3, 1, 1, 1}, Values: []float32{1, -1, 0}},
		{Name: "module.conv1.bias", Count: 1, Shape: []int64{1}, Values: []float32{0.5}},
	})
	strip, err := convert.ParseRule(`s/^module\.//`)
	if err != nil {
		fmt.Println(err)
		return
	}
	var out bytes.Buffer
	res, err := convert.Convert(context.Background(), m, &out, convert.Options{Rename: []convert.Rule{strip}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(out.String())
	fmt.Println(res.Tensors, "tensors,", res.Values, "values,", res.Bytes, "bytes; shapes", res.Shapes)
	// Output:
	// 2
	// conv1.weight 3  3f800000 bf800000 00000000
	// conv1.bias 1  3f000000
	// 2 tensors, 4 values, 68 bytes; shapes map[conv1.bias:[1] conv1.weight:[3 1 1 1]]
}
