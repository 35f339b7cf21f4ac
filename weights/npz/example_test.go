package npz_test

import (
	"fmt"

	"github.com/trtbuild/trtbuild/weights/npz"
)

func ExampleOpen() {
	f, err := npz.Open("testdata/lone_fortran.npy")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		values := make([]float32, t.Count)
		fmt.Println(t.Name, t.Type, t.Shape, t.ReadFloat32(values, 0), values)
	}
	// Output: lone_fortran float32 [2 3] <nil> [0 1 2 3 4 5]
}
