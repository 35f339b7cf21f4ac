package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Recipe is what a network expects to have been done to an image:
// value = (pixel*Scale - Mean) / Std in each channel, after it was brought to
// size. None of it is in the weights.
type Recipe struct {
	Layout        string        `json:"layout"` // "NCHW"
	Colour        Colour        `json:"colour"`
	Scale         float64       `json:"scale"`
	Mean          []float64     `json:"mean"`
	Std           []float64     `json:"std"`
	Fit           Fit           `json:"fit"`
	Interpolation Interpolation `json:"interpolation"`
	ShortSide     int64         `json:"short_side,omitempty"` // of Crop: what the shorter side is brought to before
	Border        uint8         `json:"border,omitempty"`     // of Letterbox: the value around the image
	Resize        string        `json:"resize"`               // the same in words; see Describe
	Source        string        `json:"source"`               // whose convention it is
}

// Colour is the order of the channels.
type Colour string

// The colours that images are turned into.
const (
	RGB  Colour = "rgb"
	BGR  Colour = "bgr"
	Gray Colour = "gray" // ITU-R 601-2 luma, as Pillow computes it
)

// Fit is how an image gets the network's size.
type Fit string

// The fits.
const (
	Stretch   Fit = "stretch"   // to height and width, whatever becomes of the aspect
	Letterbox Fit = "letterbox" // scaled to fit inside, centred, a border around
	Crop      Fit = "crop"      // the shorter side to ShortSide, the centre cut out
)

// Interpolation is how pixels between pixels are made.
type Interpolation string

// The interpolations.
const (
	Bilinear          Interpolation = "bilinear"           // OpenCV's INTER_LINEAR
	BilinearAntialias Interpolation = "bilinear-antialias" // Pillow's BILINEAR
	BicubicAntialias  Interpolation = "bicubic-antialias"  // Pillow's BICUBIC
)

// Channels is how many an image has in this colour; 0 for a colour that no
// image has.
func (c Colour) Channels() int {
	switch c {
	case RGB, BGR:
		return 3
	case Gray:
		return 1
	}
	return 0
}

// Describe says in words how images are brought to a size, itself in words.
func (r Recipe) Describe(size string) string {
	how := size
	switch r.Fit {
	case Letterbox:
		how = fmt.Sprintf("letterbox %s: scaled to fit, centred, border of value %d", size, r.Border)
	case Crop:
		how = fmt.Sprintf("shorter side to %d, centre crop %s", r.ShortSide, size)
	}
	switch r.Interpolation {
	case Bilinear:
		how += "; bilinear, as OpenCV's INTER_LINEAR"
	case BilinearAntialias:
		how += "; bilinear with antialiasing, as Pillow's"
	case BicubicAntialias:
		how += "; bicubic with antialiasing, as Pillow's"
	}
	return how
}

// Check refuses a recipe that no image can be prepared by.
func (r Recipe) Check() error {
	bad := func(msg, expected, found string) error {
		return &Error{Kind: fault.Usage, Msg: msg, Expected: expected, Found: found}
	}
	n := r.Colour.Channels()
	switch {
	case n == 0:
		return &Error{Kind: fault.Unsupported, Msg: "no image has the channels of this network", Expected: "rgb, bgr or gray", Found: string(r.Colour), Next: "give an array"}
	case r.Layout != "" && r.Layout != "NCHW":
		return bad("layout is not supported", "NCHW", r.Layout)
	case !slices.Contains([]Fit{Stretch, Letterbox, Crop}, r.Fit):
		return bad("no such fit", "stretch, letterbox or crop", string(r.Fit))
	case !slices.Contains([]Interpolation{Bilinear, BilinearAntialias, BicubicAntialias}, r.Interpolation):
		return bad("no such interpolation", "bilinear, bilinear-antialias or bicubic-antialias", string(r.Interpolation))
	case len(r.Mean) != n || len(r.Std) != n:
		return bad("mean and std need a value for each channel", fmt.Sprintf("%d (%s)", n, r.Colour), fmt.Sprintf("%d and %d", len(r.Mean), len(r.Std)))
	case r.Fit == Crop && (r.ShortSide < 1 || r.ShortSide > maxSide):
		return bad("no shorter side", fmt.Sprintf("1 to %d", maxSide), fmt.Sprint(r.ShortSide))
	}
	for _, v := range slices.Concat([]float64{r.Scale}, r.Mean, r.Std) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return bad("scale, mean and std must be finite", "", fmt.Sprint(v))
		}
	}
	if slices.Contains(r.Std, 0) {
		return bad("std must not be 0", "", "")
	}
	return nil
}
