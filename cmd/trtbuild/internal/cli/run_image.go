package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/internal/fault"
)

// imageFlags change how a family's images are prepared.
type imageFlags struct {
	resize, interpolation, colour string
	shortSide                     int64
	border                        uint8
	scale, mean, std              numbers
	ignoreOrientation             bool
	maxPixels                     int64
	changed                       func(flag string) bool
}

// names of the flags, in the order of --help.
var imageFlagNames = []string{"resize", "short-side", "border", "interpolation", "colour", "scale", "mean", "std", "ignore-orientation", "max-pixels"}

func (i *imageFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	i.changed = f.Changed
	f.StringVar(&i.resize, "resize", "", "images: `HOW` they get the network's size: letterbox, crop or stretch (default: the family's)")
	f.Int64Var(&i.shortSide, "short-side", 0, "images: what --resize crop brings the shorter side to before it cuts (default: the family's)")
	f.Uint8Var(&i.border, "border", 114, "images: value of the border of --resize letterbox")
	f.StringVar(&i.interpolation, "interpolation", "", "images: bilinear, bilinear-antialias or bicubic-antialias (default: the family's)")
	f.StringVar(&i.colour, "colour", "", "images: rgb, bgr or gray (default: the family's)")
	f.Var(&i.scale, "scale", "images: factor of a pixel's value, as 1/255 (default: the family's)")
	f.Var(&i.mean, "mean", "images: what is subtracted after scaling, one number or one a channel (default: the family's)")
	f.Var(&i.std, "std", "images: what is divided by then, one number or one a channel (default: the family's)")
	f.BoolVar(&i.ignoreOrientation, "ignore-orientation", false, "images: leave them as they are stored, whatever a camera recorded")
	f.Int64Var(&i.maxPixels, "max-pixels", 0, "images: refuse larger ones (default: 100 million)")
}

// given returns the first flag that was given, "" for none.
func (i *imageFlags) given() string {
	if at := slices.IndexFunc(imageFlagNames, i.changed); at >= 0 {
		return imageFlagNames[at]
	}
	return ""
}

func (i *imageFlags) options() preprocess.Options {
	return preprocess.Options{MaxPixels: i.maxPixels, IgnoreOrientation: i.ignoreOrientation}
}

// apply returns the family's recipe, changed as the flags say.
func (i *imageFlags) apply(r preprocess.Recipe, size string) (preprocess.Recipe, error) {
	fit := r.Fit
	if i.changed("resize") {
		r.Fit = preprocess.Fit(i.resize)
	}
	if i.changed("border") || r.Fit == preprocess.Letterbox && fit != r.Fit {
		r.Border = i.border
	}
	if i.changed("short-side") {
		r.ShortSide = i.shortSide
	}
	if i.changed("interpolation") {
		r.Interpolation = preprocess.Interpolation(i.interpolation)
	}
	if i.changed("colour") {
		r.Colour = preprocess.Colour(i.colour)
	}
	if len(i.scale) > 0 {
		r.Scale = i.scale[0]
	}
	n := r.Colour.Channels()
	r.Mean, r.Std = i.mean.or(r.Mean, n), i.std.or(r.Std, n)
	if err := i.check(r.Fit); err != nil {
		return r, err
	}
	if r.Fit != preprocess.Crop {
		r.ShortSide = 0
	}
	if r.Fit != preprocess.Letterbox {
		r.Border = 0
	}
	r.Resize = r.Describe(size)
	return r, r.Check()
}

// check refuses flags that would change nothing.
func (i *imageFlags) check(fit preprocess.Fit) error {
	switch {
	case i.changed("border") && fit != preprocess.Letterbox:
		return fault.New(fault.Usage, "", "--border is for --resize letterbox; images are brought to size by %s", fit)
	case i.changed("short-side") && fit != preprocess.Crop:
		return fault.New(fault.Usage, "", "--short-side is for --resize crop; images are brought to size by %s", fit)
	case fit == preprocess.Crop && i.changed("resize") && !i.changed("short-side"):
		return fault.New(fault.Usage, "", "--resize crop needs --short-side")
	case len(i.scale) > 1:
		return fault.New(fault.Usage, "", "--scale %v: expected one number", i.scale.String())
	case i.maxPixels < 0:
		return fault.New(fault.Usage, "", "--max-pixels %d is negative", i.maxPixels)
	}
	return nil
}

// numbers are --mean and its kin: 0.485,0.456,0.406 or 1/255.
type numbers []float64

func (n *numbers) String() string {
	parts := make([]string, len(*n))
	for i, v := range *n {
		parts[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Join(parts, ",")
}

func (n *numbers) Type() string { return "NUMBERS" }

func (n *numbers) Set(text string) error {
	*n = nil
	for _, part := range strings.Split(text, ",") {
		over, under, fraction := strings.Cut(strings.TrimSpace(part), "/")
		v, err := strconv.ParseFloat(over, 64)
		if err == nil && fraction {
			var d float64
			d, err = strconv.ParseFloat(under, 64)
			v /= d
		}
		if err != nil {
			return fmt.Errorf("%q is no number", part)
		}
		*n = append(*n, v)
	}
	return nil
}

// or returns the numbers for n channels, those given by default when there are
// none. One number is meant for each channel.
func (n numbers) or(byDefault []float64, channels int) []float64 {
	if n == nil {
		n = byDefault
	}
	if len(n) == 1 {
		return slices.Repeat(n, channels)
	}
	return n
}
