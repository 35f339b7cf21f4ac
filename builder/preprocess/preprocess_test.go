package preprocess_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/internal/npz"
)

const fixtures = "../../testdata/preprocess"

// expected reads what Pillow, OpenCV, Ultralytics and torchvision make of the
// images; testdata/gen/preprocess.py wrote it.
func expected(t *testing.T) map[string]*npz.Array {
	f, err := os.Open(filepath.Join(fixtures, "expected.npz"))
	require.NoError(t, err)
	defer f.Close()
	st, err := f.Stat()
	require.NoError(t, err)
	arrays, err := npz.Read(f, st.Size())
	require.NoError(t, err)
	return arrays
}

func open(t *testing.T, name string) *preprocess.Image {
	im, err := preprocess.Open(filepath.Join(fixtures, name), preprocess.Options{})
	require.NoError(t, err)
	return im
}

// plain makes values of pixels as they are.
func plain(fit preprocess.Fit, i preprocess.Interpolation) preprocess.Recipe {
	return preprocess.Recipe{
		Colour: preprocess.RGB, Scale: 1, Mean: make([]float64, 3), Std: []float64{1, 1, 1}, Fit: fit, Interpolation: i, Border: 114,
	}
}

// interleaved turns [1,C,H,W] into the order of pixels.
func interleaved(x []float32, channels int) []int64 {
	out := make([]int64, len(x))
	for i, v := range x {
		out[i%(len(x)/channels)*channels+i/(len(x)/channels)] = int64(v)
	}
	return out
}

// What is decoded from PNG is Pillow's and OpenCV's to the bit; JPEG's cosine
// transform rounds as its implementation likes.
func TestDecode(t *testing.T) {
	n := 0
	for key, want := range expected(t) {
		name, ok := strings.CutPrefix(key, "decode/")
		if !ok {
			continue
		}
		n++
		t.Run(name, func(t *testing.T) {
			im := open(t, name)
			require.Equal(t, want.Shape, []int64{int64(im.Height), int64(im.Width), 3})
			tolerance, largest, differ := int64(0), int64(0), 0
			if strings.HasSuffix(name, ".jpg") {
				tolerance = 3
			}
			for i, v := range want.Ints {
				d := max(v-int64(im.Pix[i]), int64(im.Pix[i])-v)
				largest = max(largest, d)
				if d > 0 {
					differ++
				}
			}
			t.Logf("largest difference %d, %d of %d values differ", largest, differ, len(want.Ints))
			require.LessOrEqual(t, largest, tolerance)
		})
	}
	require.Equal(t, 22, n)
}

func TestOrientation(t *testing.T) {
	upright := expected(t)["upright"]
	for n := 1; n <= 8; n++ {
		for _, suffix := range []string{"jpg", "png"} {
			name := fmt.Sprintf("turned%d.%s", n, suffix)
			im := open(t, name)
			require.Equal(t, upright.Shape, []int64{int64(im.Height), int64(im.Width), 3}, name)
			for i, v := range upright.Ints {
				require.InDelta(t, v, im.Pix[i], 16, name)
			}
		}
	}
	im, err := preprocess.Open(filepath.Join(fixtures, "turned6.png"), preprocess.Options{IgnoreOrientation: true})
	require.NoError(t, err)
	require.Equal(t, [2]int{24, 16}, [2]int{im.Width, im.Height})
}

// Every fit is the reference library's to the bit.
func TestFits(t *testing.T) {
	n := 0
	for key, want := range expected(t) {
		parts := strings.Split(key, "/")
		r := plain(preprocess.Stretch, preprocess.BilinearAntialias)
		switch parts[0] {
		case "letterbox":
			r = plain(preprocess.Letterbox, preprocess.Bilinear)
		case "crop":
			r.Fit = preprocess.Crop
			_, err := fmt.Sscanf(parts[2], "%dx", &r.ShortSide)
			require.NoError(t, err)
		case "stretch":
		case "bicubic":
			r.Interpolation = preprocess.BicubicAntialias
		case "gray":
			r.Colour, r.Mean, r.Std = preprocess.Gray, []float64{0}, []float64{1}
		default:
			continue
		}
		n++
		t.Run(key, func(t *testing.T) {
			got, err := r.Batch([]*preprocess.Image{open(t, parts[1])}, int(want.Shape[0]), int(want.Shape[1]))
			require.NoError(t, err)
			require.True(t, slices.Equal(want.Ints, interleaved(got.Floats, int(want.Shape[2]))))
		})
	}
	require.Equal(t, 38, n)
}

func TestNormalize(t *testing.T) {
	r := plain(preprocess.Crop, preprocess.BilinearAntialias)
	r.Scale, r.Mean, r.Std, r.ShortSide = 1./255, []float64{.485, .456, .406}, []float64{.229, .224, .225}, 16
	images := []*preprocess.Image{open(t, "wide.png"), open(t, "tall.png")}
	got, err := r.Batch(images, 14, 14)
	require.NoError(t, err)
	require.Equal(t, "[2,3,14,14]", got.Dims.String())
	all := expected(t)
	for i, name := range []string{"wide.png", "tall.png"} {
		want := all["normalized/"+name+"/16x14x14"].Floats
		require.InDeltaSlice(t, want, got.Floats[i*len(want):][:len(want)], 5e-7)
	}

	r.Colour, r.Mean, r.Std = preprocess.BGR, []float64{.406, .456, .485}, []float64{.225, .224, .229}
	swapped, err := r.Batch(images[:1], 14, 14)
	require.NoError(t, err)
	require.Equal(t, got.Floats[:14*14], swapped.Floats[2*14*14:])

	files, err := r.Files([]string{fixtures + "/wide.png"}, 14, 14, preprocess.Options{})
	require.NoError(t, err)
	require.Equal(t, swapped, files)
}
