//go:build tensorrt && cgo

package native

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// Build builds the engine of n and writes it to w in one piece, whose error is
// returned as it is.
func (b *backend) Build(ctx context.Context, n *trt.Network, c trt.Config, w io.Writer) (trt.BuildInfo, error) {
	var none trt.BuildInfo
	if err := b.check(ctx, n, c); err != nil {
		return none, err
	}
	lib, spent, err := b.enter()
	if err != nil {
		return none, err
	}
	defer b.builds.Done()
	if !n.Materialized() {
		held, mem, err := trt.Materialize(ctx, n)
		if err != nil {
			return none, err
		}
		defer mem.Close()
		n = held
	}

	start := time.Now()
	builder, _, err := b.newBuilder(lib, c.Log)
	if err != nil {
		return none, err
	}
	defer builder.Free()
	spent += time.Since(start)
	net, err := define(builder, n)
	if err != nil {
		return none, err
	}
	defer net.Free()
	config, err := b.configure(ctx, builder, n, c)
	if err != nil {
		return none, err
	}
	defer config.free()

	start = time.Now()
	plan, err := net.Build(config.Config)
	spent += time.Since(start)
	// A build that was nearly done when it was cancelled succeeds.
	if ctxErr := ctx.Err(); ctxErr != nil {
		plan.Free()
		return none, ctxErr
	}
	if err != nil {
		return none, buildError(n, err)
	}
	defer plan.Free()
	digest, err := write(w, plan.Bytes())
	if err != nil {
		return none, err
	}
	info := trt.BuildInfo{Bytes: int64(len(plan.Bytes())), SHA256: digest, Version: b.info.Version, Library: spent}
	if hasPlugins(n) {
		info.Plugins = b.info.Plugins
	}
	return info, nil
}

// check refuses what need not be asked of the library.
func (b *backend) check(ctx context.Context, n *trt.Network, c trt.Config) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := n.Validate(); err != nil {
		return err
	}
	if got := n.Target().Product; got != b.info.Product {
		return fault.New(fault.Unsupported, "record the network for the backend's target", "network %s is for %v, this library is %v", n.Name(), got, b.info.Product)
	}
	return n.CheckProfiles(c.Profiles)
}

// config is a config with the profiles that it needs.
type config struct {
	*cbridge.Config
	profiles []*cbridge.Profile
}

func (c *config) free() {
	c.Config.Free()
	for _, p := range c.profiles {
		p.Free()
	}
}

// configure makes the settings of a build. They are no layer's, so errors name
// the network only.
func (b *backend) configure(ctx context.Context, builder *cbridge.Builder, n *trt.Network, c trt.Config) (_ *config, err error) {
	raw, err := builder.NewConfig()
	if err != nil {
		return nil, inNetwork(n, err)
	}
	out := &config{Config: raw}
	defer func() {
		if err != nil {
			out.free()
			err = inNetwork(n, err)
		}
	}()
	if err := raw.SetTF32(c.TF32); err != nil {
		return nil, err
	}
	if c.Workspace > 0 {
		if err := raw.SetWorkspace(c.Workspace); err != nil {
			return nil, err
		}
	}
	if ccs := n.Target().ComputeCapabilities; len(ccs) > 0 {
		if err := raw.SetComputeCapabilities(ccs); err != nil {
			return nil, err
		}
	}
	if err := raw.SetProgress(progress(ctx, c.Progress)); err != nil {
		return nil, err
	}
	for _, p := range c.Profiles {
		profile, err := builder.NewProfile()
		if err != nil {
			return nil, err
		}
		out.profiles = append(out.profiles, profile)
		for _, x := range n.Inputs() {
			if r, ok := p[x.Name]; ok {
				if err := setRange(profile, x.Name, r); err != nil {
					return nil, err
				}
			}
		}
		if err := raw.AddProfile(profile); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func setRange(p *cbridge.Profile, input string, r trt.Range) error {
	if v := r.Values; v != nil {
		if err := p.SetValues(input, v.Min, v.Opt, v.Max); err != nil {
			return err
		}
	}
	if r.Opt == nil {
		return nil
	}
	return p.Set(input, r.Min, r.Opt, r.Max)
}

// progress tells of the build's steps, and stops it at the next one when the
// context has ended. TensorRT may call from several threads at once; tell is
// called by one at a time.
func progress(ctx context.Context, tell func(trt.Phase)) cbridge.ProgressFunc {
	var mu sync.Mutex
	steps := map[string]int{}
	return func(p cbridge.Progress) bool {
		mu.Lock()
		defer mu.Unlock()
		phase := trt.Phase{Name: p.Phase, Steps: steps[p.Phase]}
		switch p.Event {
		case cbridge.Start:
			steps[p.Phase] = p.Steps
			phase.Steps = p.Steps
		case cbridge.Step:
			phase.Step = p.Step + 1
		case cbridge.Finish:
			return ctx.Err() == nil
		}
		if tell != nil {
			tell(phase)
		}
		return ctx.Err() == nil
	}
}

// write passes the engine on and digests it at the same time.
func write(w io.Writer, engine []byte) ([sha256.Size]byte, error) {
	digest := make(chan [sha256.Size]byte)
	go func() { digest <- sha256.Sum256(engine) }()
	_, err := w.Write(engine)
	return <-digest, err
}

// inNetwork adds the network to the raw binding's error.
func inNetwork(n *trt.Network, err error) error {
	err = asError(err)
	var e *Error
	if errors.As(err, &e) {
		e.Network = n.Name()
	}
	return err
}

// buildError adds the layer that TensorRT's words name.
func buildError(n *trt.Network, err error) error {
	err = inNetwork(n, err)
	var e *Error
	if errors.As(err, &e) {
		if l := culprit(n, e.Native); l != nil {
			e.Layer, e.Op = l.Name, l.Op.Kind()
		}
	}
	return err
}
