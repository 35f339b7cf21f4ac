package cli

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/internal/npz"
	"github.com/trtbuild/trtbuild/trt"
)

// runOptions are the flags of run.
type runOptions struct {
	format    format
	request   requestFlags
	image     imageFlags
	input     []string
	out       string
	precision string
	taps      []string
	time      bool
	repeat    int
}

func newRun(a *app) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run --weights FILE --input X -o Y.npz",
		Short: "run the network on the CPU, without TensorRT",
		Long: `Runs the network on the CPU reference, over arrays or over images.

Arrays (.npz, .npy) are named as the network's inputs and outputs; with one input,
any one array will do. The batch and, where the family allows it, the image size
are taken from the array unless given.

Images (PNG, JPEG) make a batch, several of them in the order given, those of a
directory in the order of their names. They are prepared as the family's reference
pipeline does, which the flags change: decoded to 8 bits (the high byte of 16;
palettes and gray become RGB, alpha is dropped, a camera's orientation is applied),
brought to size, and normalized: (pixel*scale - mean) / std.

  --resize letterbox  scaled to fit, centred, a border around (YOLO)
  --resize crop       the shorter side to --short-side, the centre cut out (ImageNet)
  --resize stretch    to height and width

  --interpolation bilinear            as OpenCV's INTER_LINEAR
  --interpolation bilinear-antialias  as Pillow's and torchvision's BILINEAR
  --interpolation bicubic-antialias   as Pillow's and torchvision's BICUBIC

--tap writes tensors between the layers into the archive as well, by their names,
which no two tensors of a network share; "trtbuild zoo show" lists them. A tensor
inside of a layer with a body is LAYER/ROLE/NAME, and inside of a loop it is written
once an iteration: LAYER/body/NAME[0], [1] and so on, counted through where loops
lie in loops. A branch that is not taken has no tensors to write. --time tells which
layers take the time, --repeat how much it varies.`,
		Example: `  trtbuild run --weights r50.wts --input x.npz -o y.npz --precision plan --fp16
  trtbuild run --weights yolov8n.pt --input bus.jpg -o y.npz --time
  trtbuild run --weights r18.pth --input photos/ -o y.npz --tap 'layer4/*'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd, &o) },
	}
	formatFlag(cmd, &o.format)
	o.request.add(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.input, "input", nil, "`FILE` of arrays, .npz or .npy, an image, or a directory of images; repeated, a batch of images")
	f.StringVarP(&o.out, "out", "o", "", "arrays to write, .npz")
	f.StringVar(&o.precision, "precision", "fp32", "fp32, or plan: rounded as the precision plan types each tensor")
	f.StringArrayVar(&o.taps, "tap", nil, "write also the tensors whose names fit `GLOB`, or with ! in front not those; may be repeated")
	f.BoolVar(&o.time, "time", false, "tell the time of each layer, longest first")
	f.IntVar(&o.repeat, "repeat", 1, "run as many times and tell minimum, median and mean")
	o.image.add(cmd)
	return cmd
}

func (a *app) run(cmd *cobra.Command, o *runOptions) error {
	q, err := o.check(cmd)
	if err != nil {
		return err
	}
	in, err := o.readInput(cmd)
	if err != nil {
		return err
	}
	if !o.request.shapes.given() {
		in.size(&q, !cmd.Flags().Changed("batch"), !cmd.Flags().Changed("size"))
	}
	file, err := a.files.Create(o.out)
	if err != nil {
		return err
	}
	defer file.Abort()
	ctx, cancel := o.request.deadline(cmd.Context())
	defer cancel()

	start := time.Now()
	p, err := o.request.prepare(ctx, cmd, q, trt.Target{})
	if err != nil {
		return stopped(ctx, err)
	}
	defer p.Close()
	var chosen taps
	if len(o.taps) > 0 {
		if chosen, err = chooseTaps(cmd, p.Executed(o.precision == "plan"), o.taps); err != nil {
			return err
		}
	}
	report := newRunReport(o)
	values, err := in.bind(p, &o.image, report)
	if err != nil {
		return err
	}
	report.Seconds.Prepare = time.Since(start).Seconds()
	arrays := map[string]*npz.Array{}
	if err := o.execute(ctx, p, values, chosen, report, arrays); err != nil {
		return stopped(ctx, err)
	}
	if err := npz.Write(file, arrays); err != nil {
		return err
	}
	if err := file.Commit(ctx, 0o644); err != nil {
		return stopped(ctx, err)
	}
	return a.print(o.format, report, report.text)
}

// check holds the flags against each other.
func (o *runOptions) check(cmd *cobra.Command) (q builder.Request, err error) {
	switch {
	case len(o.input) == 0 || o.out == "":
		return q, usagef(cmd, "--input and --out are both needed")
	case o.precision != "fp32" && o.precision != "plan":
		return q, usagef(cmd, "--precision %s: expected fp32 or plan", o.precision)
	case o.request.fp16 && o.precision != "plan":
		return q, usagef(cmd, "--fp16 says how layers are planned, and --precision %s runs without the plan; add --precision plan", o.precision)
	case o.repeat < 1:
		return q, usagef(cmd, "--repeat %d: expected 1 or more", o.repeat)
	}
	if q, err = o.request.request(cmd); err != nil {
		return q, err
	}
	if err := keepWeights(cmd, q.Weights, "out", o.out); err != nil {
		return q, err
	}
	if !strings.EqualFold(filepath.Ext(o.out), ".npz") {
		return q, usagef(cmd, "--out %s: an archive is written, which must be named .npz", o.out)
	}
	return q, nil
}

// execute runs the network as often as wanted; what it computes is kept of the
// first time.
func (o *runOptions) execute(ctx context.Context, p *builder.Prepared, in map[string]*trt.Value, chosen taps, report *runReport, arrays map[string]*npz.Array) error {
	times := layerTimes{}
	var runs []time.Duration
	for i := range o.repeat {
		options := builder.RunOptions{Planned: o.precision == "plan"}
		if o.time {
			options.Timed = times.add
		}
		if i == 0 && chosen != nil {
			options.Tap = func(name string, _ *trt.Tensor, v *trt.Value) {
				if array, ok := chosen.array(name); ok {
					report.Taps = append(report.Taps, keep(arrays, array, v))
				}
			}
		}
		start := time.Now()
		values, err := p.Run(ctx, in, options)
		if err != nil {
			return err
		}
		runs = append(runs, time.Since(start))
		if i > 0 {
			continue
		}
		for _, t := range p.Folded.Outputs() {
			report.Outputs = append(report.Outputs, keep(arrays, t.Name, values[t.Name]))
		}
	}
	report.Seconds.summarize(runs)
	report.Layers = times.sorted()
	return nil
}

// keep puts a value among the arrays to write.
func keep(arrays map[string]*npz.Array, name string, v *trt.Value) runTensor {
	arrays[name] = &npz.Array{Shape: v.Dims, Floats: v.Floats, Ints: v.Ints}
	return runTensor{name, v.Dims, v.Type}
}
