package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// usageError is a call that makes no sense.
type usageError struct {
	command string
	msg     string
}

func (e *usageError) Error() string         { return e.msg }
func (e *usageError) FaultKind() fault.Kind { return fault.Usage }

// noFiles is cobra.NoArgs for commands that take their file by a flag.
func noFiles(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef(cmd, "%q is no flag; a file of weights is named with --weights FILE", args[0])
	}
	return nil
}

func usagef(cmd *cobra.Command, format string, args ...any) error {
	return &usageError{command: cmd.CommandPath(), msg: fmt.Sprintf(format, args...)}
}

// trtexec spells some flags differently; the same flags are meant.
var spellings = map[string]string{
	"noTF32":            "no-tf32",
	"saveEngine":        "out",
	"memPoolSize":       "workspace",
	"output":            "output",
	"computeCapability": "cc",
}

// normalize maps trtexec's camelCase to our kebab-case.
func normalize(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	if ours, ok := spellings[name]; ok {
		return pflag.NormalizedName(ours)
	}
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return pflag.NormalizedName(b.String())
}

const withoutPlugins = "this command builds networks of TensorRT's own layers, without plugins; programs in Go record plugins with AddPluginV3 and name their libraries in the backend's options"

// gone are flags of other tools or of older TensorRT whose meaning no longer
// exists; being merely unknown would leave the person guessing.
var gone = map[string]string{
	"best":                  "TensorRT chooses no precisions any more; --fp16 decides them per layer and says why",
	"int8":                  "TensorRT dropped calibration; INT8 needs explicit quantize layers, which this version does not build",
	"fp8":                   "FP8 needs explicit quantize layers, which this version does not build",
	"strongly-typed":        "networks are always strongly typed; leave it out",
	"layer-precisions":      "use --keep-fp32 GLOB for layers that must stay FP32",
	"precision-constraints": "networks are strongly typed, so precisions are always obeyed; use --keep-fp32 GLOB",
	"explicit-batch":        "the batch is always explicit; use --batch",
	"max-batch":             "use --batch 1..N",
	"plugins":               withoutPlugins,
	"static-plugins":        withoutPlugins,
	"dynamic-plugins":       withoutPlugins,
	"load-engine":           "use 'trtbuild inspect ENGINE'",
}

// notYet are flags of inputs and remedies that are designed but not built.
var notYet = map[string]string{
	"bf16":       "BF16 as a remedy is not supported yet; --fp16 keeps in FP32 what FP16 cannot hold",
	"calib":      "measured ranges are not supported yet; --fp16 decides from weights and BatchNorm statistics",
	"onnx":       "graphs of ONNX models are not imported yet; --weights takes the weights out of one and recognises the network from their names",
	"caffemodel": "Caffe models are not imported yet; 'trtbuild convert' takes their weights out",
	"prototxt":   "Caffe models are not imported yet; 'trtbuild convert' takes their weights out",
}

// flagError turns pflag's error into one that says what to do instead.
func flagError(cmd *cobra.Command, err error) error {
	msg := err.Error()
	if _, name, ok := strings.Cut(msg, "unknown flag: --"); ok {
		name, _, _ = strings.Cut(name, "=")
		ours := string(normalize(nil, name))
		if why, ok := gone[ours]; ok {
			return usagef(cmd, "--%s: %s", name, why)
		}
		if why, ok := notYet[ours]; ok {
			return fault.New(fault.Unsupported, "", "--%s: %s", name, why)
		}
	}
	// What package strconv says of a number names its functions.
	var number *strconv.NumError
	if errors.As(err, &number) {
		before, _, _ := strings.Cut(msg, ": strconv.")
		msg = before + ": " + number.Err.Error()
	}
	return usagef(cmd, "%s", msg)
}

// batchRange is --batch: 8, 1..16 or 1,8,16.
type batchRange struct{ min, opt, max int64 }

func (b *batchRange) String() string {
	if b.min == b.max {
		return strconv.FormatInt(b.min, 10)
	}
	return fmt.Sprintf("%d,%d,%d", b.min, b.opt, b.max)
}

func (b *batchRange) Type() string { return "N | MIN..MAX | MIN,OPT,MAX" }

func (b *batchRange) Set(s string) error {
	parts, dots := strings.Split(s, ","), strings.Split(s, "..")
	if len(dots) == 2 {
		parts = []string{dots[0], dots[1], dots[1]}
	}
	if len(parts) == 1 {
		parts = []string{s, s, s}
	}
	if len(parts) != 3 {
		return fmt.Errorf("expected 8, 1..16 or 1,8,16")
	}
	var n [3]int64
	for i, p := range parts {
		v, err := strconv.ParseInt(strings.TrimSpace(p), 10, 32)
		if err != nil || v < 1 {
			return fmt.Errorf("%q is no batch size", p)
		}
		n[i] = v
	}
	if n[0] > n[1] || n[1] > n[2] {
		return fmt.Errorf("min <= opt <= max must hold")
	}
	*b = batchRange{n[0], n[1], n[2]}
	return nil
}

// imageSize is --size: 640 or 480x640, height first.
type imageSize struct{ height, width int64 }

func (z *imageSize) String() string {
	if z.height == 0 {
		return ""
	}
	return fmt.Sprintf("%dx%d", z.height, z.width)
}

func (z *imageSize) Type() string { return "N | HxW" }

func (z *imageSize) Set(s string) error {
	h, w, two := strings.Cut(s, "x")
	if !two {
		w = h
	}
	hv, err1 := strconv.ParseInt(h, 10, 32)
	wv, err2 := strconv.ParseInt(w, 10, 32)
	if err1 != nil || err2 != nil || hv < 1 || wv < 1 {
		return fmt.Errorf("expected 640 or 480x640 (height x width)")
	}
	*z = imageSize{hv, wv}
	return nil
}

// byteSize is --workspace: 512M, 2GiB; trtexec's "workspace:512" means MiB.
type byteSize int64

func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*b), 10)
}

func (b *byteSize) Type() string { return "BYTES" }

var byteUnits = []struct {
	suffix string
	shift  uint
}{{"gib", 30}, {"mib", 20}, {"kib", 10}, {"gb", 30}, {"mb", 20}, {"kb", 10}, {"g", 30}, {"m", 20}, {"k", 10}, {"b", 0}}

func (b *byteSize) Set(s string) error {
	shift := uint(0)
	text := strings.ToLower(s)
	if rest, ok := strings.CutPrefix(text, "workspace:"); ok {
		text, shift = rest, 20
	}
	for _, u := range byteUnits {
		if rest, ok := strings.CutSuffix(text, u.suffix); ok {
			text, shift = rest, u.shift
			break
		}
	}
	v, err := strconv.ParseUint(text, 10, 62)
	if err != nil || v == 0 || v > 1<<(62-shift) {
		return fmt.Errorf("expected a size such as 512M or 2G")
	}
	*b = byteSize(v << shift)
	return nil
}

// computeCapabilities is --cc: 86,89 or 8.6,8.9.
type computeCapabilities []int

func (c *computeCapabilities) String() string {
	parts := make([]string, len(*c))
	for i, v := range *c {
		parts[i] = strconv.Itoa(v)
	}
	return strings.Join(parts, ",")
}

func (c *computeCapabilities) Type() string { return "86,89,…" }

func (c *computeCapabilities) Set(s string) error {
	*c = nil
	for _, p := range strings.Split(s, ",") {
		p = strings.TrimPrefix(strings.TrimSpace(p), "sm")
		v, err := strconv.Atoi(strings.Replace(p, ".", "", 1))
		if err != nil || v < 10 || v > 999 {
			return fmt.Errorf("%q is no compute capability such as 86 or 8.6", p)
		}
		*c = append(*c, v)
	}
	return nil
}
