package cli

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backend"
)

// requestFlags are the flags that say what to build; build, explain and run
// share them.
type requestFlags struct {
	file          weightFlags
	fp16, noTF32  bool
	mode          string
	keepFP32      []string
	batch         batchRange
	size          imageSize
	shapes        shapes
	output        string
	bnEps         float64
	strideOnConv1 bool
	averagePool   bool
	workspace     byteSize
	cc            computeCapabilities
	timeout       time.Duration
}

func (r *requestFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	r.batch = batchRange{1, 1, 1}
	r.file.add(cmd)
	f.BoolVar(&r.fp16, "fp16", false, "type layers FP16 where their ranges allow it")
	f.BoolVar(&r.noTF32, "no-tf32", false, "FP32 layers must not round their inputs to TF32")
	f.StringVar(&r.mode, "precision-mode", "balanced", "how careful --fp16 is; only balanced yet")
	f.StringArrayVar(&r.keepFP32, "keep-fp32", nil, "layers that stay FP32, by `GLOB` of their names; may be repeated")
	f.Var(&r.batch, "batch", "batch size, or a range for a profile")
	f.Var(&r.size, "size", "image size, height first (default: the family's)")
	f.Var(&r.shapes.min, "min-shapes", "smallest input of the profile")
	f.Var(&r.shapes.opt, "opt-shapes", "input the engine is optimized for")
	f.Var(&r.shapes.max, "max-shapes", "largest input of the profile")
	f.StringVar(&r.output, "output", "native", "what the engine returns: native, raw, boxes or nms, as far as the family has them")
	f.Float64Var(&r.bnEps, "bn-eps", 0, "epsilon of BatchNorm (default: what a pickled module records, else the family's)")
	f.BoolVar(&r.strideOnConv1, "stride-on-conv1", false, "ResNet: bottlenecks stride in their first convolution, as Caffe's do, not in the 3x3")
	f.BoolVar(&r.averagePool, "average-pool", false, "LeNet-5: pool by average, not by maximum")
	f.Var(&r.workspace, "workspace", "scratch memory of a layer at most (default: the library's)")
	f.Var(&r.cc, "cc", "compute capabilities of the GPUs to build for (default: the library's portable list)")
	f.DurationVar(&r.timeout, "timeout", 0, "stop after this time, exit code 124")
	f.String("timing-cache-file", "", "accepted for trtexec's sake; TensorRT-RTX has no timing cache")
}

// request checks the flags against each other.
func (r *requestFlags) request(cmd *cobra.Command) (builder.Request, error) {
	var q builder.Request
	path, format, err := r.file.given(cmd)
	if err != nil {
		return q, err
	}
	if r.timeout < 0 {
		return q, usagef(cmd, "--timeout %v is negative", r.timeout)
	}
	if r.mode != "balanced" {
		return q, fault.New(fault.Unsupported, "", "--precision-mode %s is not supported yet; balanced is", r.mode)
	}
	q = builder.Request{
		Weights: path, Format: format, Key: r.file.key, Precision: builder.FP32, KeepFP32: r.keepFP32, NoTF32: r.noTF32,
		Network: zoo.Options{
			Batch:  zoo.Batch{Min: r.batch.min, Opt: r.batch.opt, Max: r.batch.max},
			Height: r.size.height, Width: r.size.width, Output: r.output, Eps: r.bnEps,
			StrideOnConv1: r.strideOnConv1, AveragePool: r.averagePool,
		},
		Workspace: int64(r.workspace), ComputeCapabilities: r.cc,
	}
	if r.shapes.given() {
		if cmd.Flags().Changed("batch") || cmd.Flags().Changed("size") {
			return q, usagef(cmd, "--batch and --size say the same as the shapes; give one or the other")
		}
		if err := r.shapes.apply(&q.Network); err != nil {
			return q, usagef(cmd, "%v", err)
		}
	}
	if r.fp16 {
		q.Precision = builder.FP16
	}
	return q, nil
}

// prepare runs the pipeline up to the library call and holds the shapes that
// were asked for against the network that was found.
func (r *requestFlags) prepare(ctx context.Context, cmd *cobra.Command, q builder.Request, target trt.Target) (*builder.Prepared, error) {
	p, err := builder.Prepare(ctx, q, target)
	if err != nil {
		return nil, err
	}
	if err := r.shapes.check(p.Built.Input); err != nil {
		p.Close()
		return nil, usagef(cmd, "%v", err)
	}
	return p, nil
}

// keepWeights refuses an output that would overwrite the weight file.
func keepWeights(cmd *cobra.Command, weights, flag, out string) error {
	if sameFile(weights, out) {
		return usagef(cmd, "--%s %s would overwrite the weight file", flag, out)
	}
	return nil
}

// sameFile reports whether both names are of one file that exists.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// deadline applies --timeout.
func (r *requestFlags) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if r.timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, r.timeout, errTimeout)
}

// backendFlags choose what builds the engine.
type backendFlags struct {
	name, library, bridge string
}

func (b *backendFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&b.name, "backend", "auto", "auto, rtx, tensorrt or mock; auto never takes the mock")
	b.addPlaces(cmd)
}

// addPlaces adds only the flags that say where library and shim are.
func (b *backendFlags) addPlaces(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&b.library, "trt-lib", "", "TensorRT `library` to use")
	f.StringVar(&b.bridge, "bridge", "", "shim to use instead of the embedded one")
}

func (b *backendFlags) options() backend.Options {
	return backend.Options{Library: b.library, Bridge: b.bridge}
}
