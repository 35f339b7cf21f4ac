package trt

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Product tells the two TensorRT products apart. Their libraries are not ABI
// compatible and their plans do not run under each other.
type Product uint8

// The products.
const (
	RTX        Product = iota // TensorRT-RTX: ahead-of-time builds, without a GPU
	Enterprise                // TensorRT: builds need the GPU
)

// String returns NVIDIA's name of the product.
func (p Product) String() string {
	if p == Enterprise {
		return "TensorRT"
	}
	return "TensorRT-RTX"
}

// MarshalText writes what String prints.
func (p Product) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what String prints.
func (p *Product) UnmarshalText(b []byte) error {
	for _, q := range []Product{RTX, Enterprise} {
		if q.String() == string(b) {
			*p = q
			return nil
		}
	}
	return fmt.Errorf("unknown product %q", b)
}

// Version is a TensorRT version of four parts.
type Version struct{ Major, Minor, Patch, Build int }

// ParseVersion reads "1.7.1" or "1.7.1.116".
func ParseVersion(s string) (Version, error) {
	parts := strings.Split(s, ".")
	if len(parts) < 2 || len(parts) > 4 {
		return Version{}, fmt.Errorf("version %q: expected major.minor[.patch[.build]]", s)
	}
	var n [4]int
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return Version{}, fmt.Errorf("version %q: part %d is not a number", s, i+1)
		}
		n[i] = int(v)
	}
	return Version{n[0], n[1], n[2], n[3]}, nil
}

// Compare orders versions part by part: negative, zero or positive.
func (v Version) Compare(o Version) int {
	return cmp.Or(cmp.Compare(v.Major, o.Major), cmp.Compare(v.Minor, o.Minor), cmp.Compare(v.Patch, o.Patch), cmp.Compare(v.Build, o.Build))
}

// String prints all four parts, or three when the build is unknown.
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	if v.Build != 0 {
		s += "." + strconv.Itoa(v.Build)
	}
	return s
}

// MarshalText writes what String prints.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what String prints.
func (v *Version) UnmarshalText(b []byte) (err error) {
	*v, err = ParseVersion(string(b))
	return err
}

// DefaultVersion is the TensorRT-RTX that the rules of this package were
// measured against and that a zero Target stands for.
var DefaultVersion = Version{Major: 1, Minor: 7, Patch: 1}

// Target is what a network is built for. Shape and type rules may depend on
// it. The zero value is TensorRT-RTX at DefaultVersion with the library's own
// portable list of compute capabilities.
type Target struct {
	Product Product `json:"product"`
	Version Version `json:"version"`
	// ComputeCapabilities narrows the GPUs the engine is for, as 86 for 8.6.
	// Empty means the library's portable default.
	ComputeCapabilities []int `json:"compute_capabilities"`
}

// rtxComputeCapabilities are those that TensorRT-RTX 1.7 can be told to build for.
var rtxComputeCapabilities = []int{75, 80, 86, 89, 120, 121}

// Resolve fills in the default version, sorts the compute capabilities and
// refuses those the product cannot build for, and products that there are not.
func (t Target) Resolve() (Target, error) {
	if t.Product > Enterprise {
		return t, &Error{Msg: "there is no such product", Expected: fmt.Sprintf("%s or %s", RTX, Enterprise), Found: strconv.Itoa(int(t.Product))}
	}
	if t.Version == (Version{}) && t.Product == RTX {
		t.Version = DefaultVersion
	}
	t.ComputeCapabilities = append([]int{}, t.ComputeCapabilities...)
	slices.Sort(t.ComputeCapabilities)
	t.ComputeCapabilities = slices.Compact(t.ComputeCapabilities)
	if t.Product == RTX {
		for _, cc := range t.ComputeCapabilities {
			if !slices.Contains(rtxComputeCapabilities, cc) {
				return t, &Error{Expected: fmt.Sprint("one of ", rtxComputeCapabilities), Found: strconv.Itoa(cc), Msg: "TensorRT-RTX has no such compute capability"}
			}
		}
	}
	return t, nil
}

// SupportsFP4 reports whether every compute capability of t computes in float4
// (10.0 and later).
func (t Target) SupportsFP4() bool { return t.atLeast(100) }

// SupportsFP8 reports whether every compute capability of t computes in float8
// (8.9 and later).
func (t Target) SupportsFP8() bool { return t.atLeast(89) }

// SupportsBF16 reports whether every compute capability of t computes in
// bfloat16 (8.0 and later).
func (t Target) SupportsBF16() bool { return t.atLeast(80) }

// SupportsInt4 reports whether every compute capability of t computes in int4
// (8.0 and later).
func (t Target) SupportsInt4() bool { return t.atLeast(80) }

// atLeast reports whether no compute capability of t is lower. TensorRT-RTX asks
// that of none when its own list is used.
func (t Target) atLeast(least int) bool {
	return !slices.ContainsFunc(t.ComputeCapabilities, func(cc int) bool { return cc < least })
}

func (t Target) equal(o Target) bool {
	return t.Product == o.Product && t.Version == o.Version && slices.Equal(t.ComputeCapabilities, o.ComputeCapabilities)
}

// wantGPUBuilder refuses TensorRT-RTX, whose ahead-of-time builder infers layers
// of data-dependent extents but has nothing that runs them.
func wantGPUBuilder(t Target) error {
	if t.Product == RTX {
		return &Error{Msg: "has no implementation in the ahead-of-time builder of TensorRT-RTX", Expected: Enterprise.String(), Found: RTX.String()}
	}
	return nil
}
