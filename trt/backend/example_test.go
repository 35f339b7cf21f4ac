package backend_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backend"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func ExampleOpen() {
	b, err := backend.Open(context.Background(), "mock", backend.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()

	n := trt.NewNetwork("example", b.Target())
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 8})
	n.MarkOutput(n.AddActivation("relu", x, trt.Activation{Type: trt.ReLU}), "y")
	var engine bytes.Buffer
	info, err := b.Build(context.Background(), n, trt.Config{}, &engine)
	fmt.Println(b.Name(), info.Bytes == int64(engine.Len()), err)
	// Output: mock true <nil>
}

func ExampleNotFound() {
	_, err := backend.Open(context.Background(), "rtx", backend.Options{Library: "/nowhere/libtensorrt_rtx.so.1"})
	var none *backend.NotFound
	if errors.As(err, &none) {
		fmt.Println(none.Backend, none.Attempts[0].Path)
	} else {
		fmt.Println(err) // this program was not built with TensorRT
	}
}
