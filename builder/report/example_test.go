package report_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/trtbuild/trtbuild/builder/report"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights/stats"
)

// A page to look at, and event files for `tensorboard --logdir`.
func Example() {
	m := weightstest.New("net.safetensors", []weightstest.Tensor{ // or load.Open
		{Name: "fc.weight", Shape: []int64{2, 2}, Values: []float32{0.51, -0.26, 0.13, 0.7}},
	})
	tensors, err := stats.Measure(context.Background(), m, stats.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := report.Ranges{File: "net.safetensors", Format: m.Format(), Tensors: tensors}

	var page bytes.Buffer
	if err := report.WriteHTML(&page, r); err != nil {
		fmt.Println(err)
		return
	}
	title, _, _ := bytes.Cut(page.Bytes(), []byte("</title>"))
	fmt.Printf("%s\n", title[bytes.LastIndexByte(title, '>')+1:])

	dir, err := os.MkdirTemp("", "ranges")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := report.WriteTensorBoard(dir, r); err != nil {
		fmt.Println(err)
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*tfevents*"))
	fmt.Println(len(files), err)
	// Output:
	// net.safetensors · value ranges
	// 1 <nil>
}
