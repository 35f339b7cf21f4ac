package builder

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/load"
)

// Prepared is a build up to the library call: recognised, recorded, folded,
// measured and decided.
type Prepared struct {
	Request  Request
	Match    *zoo.Match
	Built    *zoo.Built
	Folded   *trt.Network // FP32, BatchNorm folded; its weights are in memory
	Facts    *ranges.Facts
	Plan     *precision.Plan
	Typed    *trt.Network // Folded, typed by Plan
	Warnings []string     // about the weight file

	file  weights.Map
	slab  io.Closer // of Folded's weights; nil once given back
	clock *clock
}

// Prepare opens the weight file, recognises and records its network for a
// target, folds BatchNorm, measures weights and activations and decides the
// precision of every layer. The caller closes what it returns.
func Prepare(ctx context.Context, r Request, target trt.Target) (_ *Prepared, err error) {
	r = r.withDefaults()
	p := &Prepared{Request: r, clock: newClock(r.Progress)}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if len(r.ComputeCapabilities) > 0 {
		target.ComputeCapabilities = r.ComputeCapabilities
	}
	for _, step := range []struct {
		stage Stage
		run   func() error
	}{
		{StageLoad, p.load},
		{StageDetect, p.detect},
		{StageDefine, func() error { return p.define(target) }},
		{StageRanges, func() error { return p.measure(ctx) }},
		{StagePrecision, p.decide},
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.clock.time(step.stage, step.run); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Close releases the file and the weights in memory. It is idempotent.
func (p *Prepared) Close() error {
	err := p.releaseWeights()
	if p.file != nil {
		err = errors.Join(err, p.file.Close())
		p.file = nil
	}
	return err
}

// resident refuses what reads weights that are in memory no more, which would
// end the process.
func (p *Prepared) resident() error {
	if p.slab == nil {
		return fault.New(fault.Usage, "prepare it again", "the weights of %s are in memory no more: it was built or closed", p.Request.Weights)
	}
	return nil
}

func (p *Prepared) releaseWeights() error {
	slab := p.slab
	p.slab = nil
	if slab == nil {
		return nil
	}
	return slab.Close()
}

func (p *Prepared) load() (err error) {
	if p.file, err = load.OpenWith(p.Request.Weights, load.Options{Format: p.Request.Format, Key: p.Request.Key}); err != nil {
		return err
	}
	if w, ok := p.file.(weights.Warner); ok {
		p.Warnings = w.Warnings()
	}
	return nil
}

func (p *Prepared) detect() (err error) {
	p.Match, err = zoo.Detect(p.file)
	return err
}

func (p *Prepared) define(target trt.Target) (err error) {
	if o := &p.Request.Network; o.Height == 0 && o.Width == 0 {
		if o.Height, o.Width = trainedSize(p.file); o.Height > 0 {
			p.Warnings = append(p.Warnings, fmt.Sprintf("image size %dx%d: the checkpoint was trained at it", o.Height, o.Width))
		}
	}
	if p.Built, err = p.Match.Build(p.file, target, p.Request.Network); err != nil {
		return err
	}
	p.Folded, err = transform.FoldBatchNorm(p.Built.Network)
	return err
}

func (p *Prepared) measure(ctx context.Context) (err error) {
	in := p.Built.Input
	p.Facts, p.Folded, p.slab, err = ranges.Analyze(ctx, p.Folded, ranges.Options{Inputs: map[string]ranges.Input{
		in.Name: {Low: in.Lo, High: in.Hi, Mean: in.Mean, Std: in.Std},
	}})
	return err
}

func (p *Prepared) decide() (err error) {
	p.Plan, err = precision.Decide(p.Folded, p.Facts, precision.Options{
		FP16: p.Request.Precision == FP16, KeepFP32: p.Request.KeepFP32, TF32: !p.Request.NoTF32,
	})
	if err != nil {
		return err
	}
	p.Typed, err = precision.Apply(p.Folded, p.Plan)
	return err
}

// Config returns the configuration of the library's build.
func (p *Prepared) Config() trt.Config {
	return trt.Config{
		Profiles: p.Built.Profiles, Workspace: p.Request.Workspace, TF32: !p.Request.NoTF32,
		Log: p.Request.Log, Progress: p.Request.Phase,
	}
}
