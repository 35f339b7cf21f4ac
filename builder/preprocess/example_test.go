package preprocess_test

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/preprocess"
)

// An image of any size becomes what a YOLO takes.
func ExampleRecipe_Files() {
	recipe := preprocess.Recipe{
		Colour: preprocess.RGB, Scale: 1. / 255, Mean: []float64{0, 0, 0}, Std: []float64{1, 1, 1},
		Fit: preprocess.Letterbox, Interpolation: preprocess.Bilinear, Border: 114,
	}
	x, err := recipe.Files([]string{"../../testdata/preprocess/wide_420.jpg"}, 64, 64, preprocess.Options{})
	fmt.Println(x.Dims, err)
	// Output: [1,3,64,64] <nil>
}
