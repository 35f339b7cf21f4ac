package preprocess_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/internal/fault"
)

func decode(b []byte, o preprocess.Options) (*preprocess.Image, error) {
	return preprocess.Decode(bytes.NewReader(b), int64(len(b)), o)
}

// claiming is a PNG whose header claims a size, its own sum correct.
func claiming(t *testing.T, width, height uint32) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))))
	raw := b.Bytes()
	binary.BigEndian.PutUint32(raw[16:], width)
	binary.BigEndian.PutUint32(raw[20:], height)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

func TestDecodeRefuses(t *testing.T) {
	jpg, err := os.ReadFile(filepath.Join(fixtures, "wide_420.jpg"))
	require.NoError(t, err)
	pic, err := os.ReadFile(filepath.Join(fixtures, "wide.png"))
	require.NoError(t, err)
	for _, c := range []struct {
		name, text string
		b          []byte
		o          preprocess.Options
		kind       fault.Kind
	}{
		{"too many pixels", "has too many pixels: expected up to 100000000, found 65000x65000", claiming(t, 65000, 65000), preprocess.Options{}, fault.Resources},
		{"too wide", "too wide or too high", claiming(t, 1<<20, 1), preprocess.Options{}, fault.Resources},
		{"more pixels than bytes", "claims more pixels than its bytes can hold", claiming(t, 9000, 9000), preprocess.Options{}, fault.BadInput},
		{"own limit", "has too many pixels: expected up to 100", pic, preprocess.Options{MaxPixels: 100}, fault.Resources},
		{"PNG cut short", "cannot be decoded as PNG", pic[:len(pic)/2], preprocess.Options{}, fault.BadInput},
		{"JPEG cut short", "cannot be decoded as JPEG", jpg[:len(jpg)/2], preprocess.Options{}, fault.BadInput},
		{"JPEG header only", "cannot be decoded as JPEG", jpg[:20], preprocess.Options{}, fault.BadInput},
		{"no image", `expected PNG or JPEG, found bytes "GIF89a"`, []byte("GIF89a"), preprocess.Options{}, fault.Unsupported},
		{"empty", `found bytes ""`, nil, preprocess.Options{}, fault.Unsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := decode(c.b, c.o)
			runtime.ReadMemStats(&after)
			var e *preprocess.Error
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, c.text)
			require.Equal(t, c.kind, fault.Of(err))
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
		})
	}
	_, err = preprocess.Open("none.png", preprocess.Options{})
	require.Equal(t, fault.BadInput, fault.Of(err))
	require.ErrorContains(t, err, "none.png")
}

// Extreme aspects cost no more than the sides allow.
func TestExtremeAspects(t *testing.T) {
	line := &preprocess.Image{Width: 1, Height: 60000, Pix: make([]uint8, 3*60000)}
	for _, r := range []preprocess.Recipe{
		plain(preprocess.Letterbox, preprocess.Bilinear), plain(preprocess.Stretch, preprocess.BilinearAntialias),
		plain(preprocess.Crop, preprocess.BilinearAntialias), plain(preprocess.Crop, preprocess.Bilinear),
	} {
		r.ShortSide = 256
		x, err := r.Batch([]*preprocess.Image{line}, 224, 224)
		require.NoError(t, err)
		require.Len(t, x.Floats, 3*224*224)
	}
}

func TestRecipeRefuses(t *testing.T) {
	im := []*preprocess.Image{{Width: 1, Height: 1, Pix: make([]uint8, 3)}}
	for _, c := range []struct {
		text string
		edit func(*preprocess.Recipe)
	}{
		{"no such fit", func(r *preprocess.Recipe) { r.Fit = "bend" }},
		{"no such interpolation", func(r *preprocess.Recipe) { r.Interpolation = "area" }},
		{"layout", func(r *preprocess.Recipe) { r.Layout = "NHWC" }},
		{"a value for each channel: expected 3 (rgb), found 1 and 3", func(r *preprocess.Recipe) { r.Mean = []float64{0} }},
		{"expected rgb, bgr or gray, found 5 channels", func(r *preprocess.Recipe) { r.Colour = "5 channels" }},
		{"std must not be 0", func(r *preprocess.Recipe) { r.Std = []float64{1, 0, 1} }},
		{"no shorter side", func(r *preprocess.Recipe) { r.Fit = preprocess.Crop }},
		{"no shorter side: expected 1 to 65535", func(r *preprocess.Recipe) { r.Fit, r.ShortSide = preprocess.Crop, 1<<62 }},
		{"crop is larger than the image resized", func(r *preprocess.Recipe) { r.Fit, r.ShortSide = preprocess.Crop, 3 }},
	} {
		r := plain(preprocess.Stretch, preprocess.Bilinear)
		c.edit(&r)
		_, err := r.Batch(im, 4, 4)
		require.ErrorContains(t, err, c.text)
	}
	r := plain(preprocess.Stretch, preprocess.Bilinear)
	_, err := r.Batch(nil, 4, 4)
	require.ErrorContains(t, err, "needs an image")
	_, err = r.Batch(im, 0, 4)
	require.ErrorContains(t, err, "no size of an input")
	for _, none := range []*preprocess.Image{nil, {}, {Width: 2, Height: 2, Pix: make([]uint8, 3)}, {Width: -1, Height: -1, Pix: make([]uint8, 3)}} {
		_, err = r.Batch([]*preprocess.Image{none}, 4, 4)
		require.ErrorContains(t, err, "no image")
	}
}

func FuzzDecode(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(fixtures, "*.[pj][np]g"))
	require.NoError(f, err)
	require.NotEmpty(f, paths)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		im, err := decode(b, preprocess.Options{MaxPixels: 1 << 16})
		if err == nil {
			require.Len(t, im.Pix, 3*im.Width*im.Height)
		}
	})
}
