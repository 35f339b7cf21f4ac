package mock

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/trtbuild/trtbuild/trt"
)

// The phases. Those that Build reports have TensorRT's own names and start in
// this order.
const (
	PhaseBuild    = "Building engine"
	PhaseClone    = "Cloning network graph"
	PhasePrepare  = "Preparing graph for optimization"
	PhaseOptimize = "Optimizing graph"
	PhaseTactics  = "Timing tactics"
	PhaseRefit    = "Determining refit engines"
	PhaseWrite    = "Writing plan" // before the plan goes to the writer; not reported
	PhaseOpen     = "Opening plan" // before Open reads; not reported
)

// Build checks n as the target's TensorRT would and writes a mock plan. The
// context is looked at before every phase and step.
func (b *Backend) Build(ctx context.Context, n *trt.Network, c trt.Config, w io.Writer) (trt.BuildInfo, error) {
	start := time.Now()
	if err := b.phase(ctx, c, PhaseBuild, 6); err != nil {
		return trt.BuildInfo{}, err
	}
	if err := b.check(n, c); err != nil {
		return trt.BuildInfo{}, err
	}
	for _, p := range []struct {
		name  string
		steps int
	}{{PhaseClone, len(n.Layers())}, {PhasePrepare, 4}, {PhaseOptimize, 30}, {PhaseTactics, 1}, {PhaseRefit, 1}} {
		if err := b.phase(ctx, c, p.name, p.steps); err != nil {
			return trt.BuildInfo{}, err
		}
	}
	if n.Materialized() {
		return b.write(ctx, n, c, w, start)
	}
	n, mem, err := trt.Materialize(ctx, n)
	if err != nil {
		return trt.BuildInfo{}, err
	}
	info, err := b.write(ctx, n, c, w, start)
	if e := mem.Close(); err == nil {
		err = e
	}
	return info, err
}

// write writes the plan of a materialized network. start is when the build
// began.
func (b *Backend) write(ctx context.Context, n *trt.Network, c trt.Config, w io.Writer, start time.Time) (trt.BuildInfo, error) {
	parts, err := encode(n, c)
	if err != nil {
		return trt.BuildInfo{}, err
	}
	library := time.Since(start)
	if err := b.enter(ctx, PhaseWrite); err != nil {
		return trt.BuildInfo{}, err
	}
	out := &counter{w: w, sum: sha256.New()}
	for _, p := range parts {
		if _, err := out.Write(p); err != nil {
			return trt.BuildInfo{}, fmt.Errorf("write mock plan: %w", err)
		}
	}
	return trt.BuildInfo{Bytes: out.n, SHA256: [sha256.Size]byte(out.sum.Sum(nil)), Version: b.target.Version, Library: library}, nil
}

// phase enters a phase and reports its steps: 0 when it starts, then one more
// for each that is done.
func (b *Backend) phase(ctx context.Context, c trt.Config, name string, steps int) error {
	if err := b.enter(ctx, name); err != nil {
		return err
	}
	if c.Progress == nil {
		return nil
	}
	for step := range steps + 1 {
		c.Progress(trt.Phase{Name: name, Step: step, Steps: steps})
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// counter passes bytes on, counting and hashing them.
type counter struct {
	w   io.Writer
	n   int64
	sum hash.Hash
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.sum.Write(p[:n])
	return n, err
}
