package mock_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/mock"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func Example() {
	ctx := context.Background()
	net := trt.NewNetwork("clamp", trt.Target{})
	x := net.AddInput("x", dtype.Float32, trt.Dims{1, 3})
	net.MarkOutput(net.AddActivation("clip", x, trt.Activation{Type: trt.Clip, Alpha: -1, Beta: 1}), "y")

	backend, err := mock.New(trt.Target{}, mock.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if _, err := backend.Build(ctx, net, trt.Config{}, &file); err != nil {
		fmt.Println(err)
		return
	}
	engine, err := backend.Open(ctx, bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	out, err := engine.Run(ctx, map[string]*trt.Value{"x": {Type: dtype.Float32, Dims: trt.Dims{1, 3}, Floats: []float32{-7, 0.5, 7}}})
	fmt.Println(out["y"].Floats, err)
	// Output: [-1 0.5 1] <nil>
}

// A fault in the middle of a build shows how a caller copes with it.
func ExampleOptions_fault() {
	backend, err := mock.New(trt.Target{}, mock.Options{Fault: func(phase string) error {
		if phase == mock.PhaseTactics {
			return mock.OutOfMemory()
		}
		return nil
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	net := trt.NewNetwork("n", trt.Target{})
	x := net.AddInput("x", dtype.Float32, trt.Dims{1})
	net.MarkOutput(net.AddIdentity("copy", x), "y")
	_, err = backend.Build(context.Background(), net, trt.Config{}, &bytes.Buffer{})
	fmt.Println(fault.Of(err), "-", err)
	// Output: resources - mock: out of memory; build on a machine with more memory
}
