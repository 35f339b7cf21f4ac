package wts_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/wts"
)

func ExampleRead() {
	const text = "2\nconv1.weight 3  3f800000 bf800000 00000000\nconv1.bias 1  40490fdb\n"
	f, err := wts.Read(strings.NewReader(text), int64(len(text)), "net.wts")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		values := make([]float32, t.Count)
		if err := t.ReadFloat32(values, 0); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(name, values)
	}
	// Output:
	// conv1.weight [1 -1 0]
	// conv1.bias [3.1415927]
}

func ExampleRead_broken() {
	const text = "2\nconv1.weight 3  3f800000 bf800000\nconv1.bias 1  40490fdb\n"
	_, err := wts.Read(strings.NewReader(text), int64(len(text)), "net.wts")
	fmt.Println(err)
	// Output:
	// net.wts:3:1: tensor "conv1.weight": value 3 of 3, expected 1 to 8 hexadecimal digits, found "conv1.bias"; the count is too large for the values on this line, or values are missing: write or download the file again
}

func ExampleWriter() {
	var b bytes.Buffer
	w, err := wts.NewWriter(&b, 1)
	if err == nil {
		err = w.Tensor("conv1.bias", 2, values{1, 0.5})
	}
	if err == nil {
		err = w.Close()
	}
	fmt.Print(b.String(), err)
	// Output:
	// 1
	// conv1.bias 2  3f800000 3f000000
	// <nil>
}

func ExampleNewDialectWriter() {
	var b bytes.Buffer
	w, err := wts.NewDialectWriter(&b, 2, wts.Typed)
	if err == nil {
		err = w.Write(&weights.Tensor{Name: "conv1.weight", Type: dtype.Float16, Count: 2}, values{1, 0.5})
	}
	if err == nil {
		err = w.Write(&weights.Tensor{Name: "conv1.bias", Type: dtype.Float32, Count: 1}, values{0})
	}
	if err == nil {
		err = w.Close()
	}
	fmt.Println(strings.ReplaceAll(b.String(), " \n", "\n"), err)
	// Output:
	// 2
	// conv1.weight 1 2 3c00 3800
	// conv1.bias 0 1 0
	//  <nil>
}
