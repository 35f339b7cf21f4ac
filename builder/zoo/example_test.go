package zoo_test

import (
	"fmt"
	"log"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
)

func ExampleDetect() {
	specs, err := zoo.Spec("resnet34", 12)
	if err != nil {
		log.Fatal(err)
	}
	m, err := checkpoint.New("mine.wts", 1, specs) // or load.Open("mine.wts")
	if err != nil {
		log.Fatal(err)
	}
	match, err := zoo.Detect(m)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(match.Variant, match.Task, match.Classes, match.Confidence)
	for _, e := range match.Evidence {
		fmt.Println("-", e)
	}

	built, err := match.Build(m, trt.Target{}, zoo.Options{Batch: zoo.Batch{Min: 1, Opt: 4, Max: 8}})
	if err != nil {
		log.Fatal(err)
	}
	for _, y := range built.Network.Outputs() {
		fmt.Println(y.Name, y.Dims)
	}
	// Output:
	// resnet34 classify 12 certain
	// - all 218 tensors fit the names and sizes of a resnet, and none is missing
	// - conv1.weight has 9408 elements: a 7x7 stem of 64 filters over 3 channels
	// - layer1.0.conv3 does not exist: basic blocks
	// - layer1 to layer4 have 3, 4, 6, 3 blocks
	// - fc.bias has 12 elements: 12 classes
	// output [-1,12]
}

// A file that nearly fits is refused with the first tensor that does not.
func ExampleUnknownError() {
	specs, err := zoo.Spec("resnet18", 0)
	if err != nil {
		log.Fatal(err)
	}
	m, err := checkpoint.New("features.wts", 1, specs[:len(specs)-2])
	if err != nil {
		log.Fatal(err)
	}
	_, err = zoo.Detect(m)
	fmt.Println(err)
	// Output:
	// features.wts: no network family fits its 120 tensors
	//   nearest resnet18, 98% fits: fc.weight is missing, expected 512000 elements [1000,512]: the classifier was cut off, so this is a feature extractor; only whole classifiers are supported
}
