package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/internal/atomicfile"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backend"
	"github.com/trtbuild/trtbuild/trt/plan"
)

// buildOptions are the flags of build that are not the request's.
type buildOptions struct {
	requestFlags
	backendFlags
	format  format
	out     string
	dump    string
	events  string
	dryRun  bool
	verbose bool
	quiet   bool
}

func newBuild(a *app) *cobra.Command {
	var o buildOptions
	cmd := &cobra.Command{
		Use:   "build",
		Short: "build an engine from a weight file",
		Example: `  trtbuild --wts resnet50.wts --fp16
  trtbuild --wts resnet50.wts --fp16 --batch 1..16 --cc 86,89 -o r50.plan
  trtbuild --wts resnet50.wts --fp16 --dry-run --dump-network r50
  trtbuild --wts resnet50.wts --backend mock --format json`,
		Args: noFiles,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.build(cmd, &o) },
	}
	formatFlag(cmd, &o.format)
	o.requestFlags.add(cmd)
	o.backendFlags.add(cmd)
	f := cmd.Flags()
	f.StringVarP(&o.out, "out", "o", "", "engine to write (default: beside the weights, NAME.fp16.plan)")
	f.StringVar(&o.dump, "dump-network", "", "also write the typed network to `DIR`: structure as JSON, weights raw")
	f.StringVar(&o.events, "events", "", "write progress to `FILE`, one JSON object a line")
	f.BoolVar(&o.dryRun, "dry-run", false, "do everything but the library's build; writes no engine")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show the library's log")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no status, only the result and errors")
	return cmd
}

func (a *app) build(cmd *cobra.Command, o *buildOptions) (err error) {
	start := time.Now()
	q, err := o.request(cmd)
	if err != nil {
		return err
	}
	for _, out := range []struct{ flag, path string }{{"out", o.out}, {"events", o.events}} {
		if err := keepWeights(cmd, q.Weights, out.flag, out.path); err != nil {
			return err
		}
	}
	ctx, cancel := o.deadline(cmd.Context())
	defer cancel()
	defer func() { err = stopped(ctx, err) }()

	events, err := openEvents(o.events)
	if err != nil {
		return err
	}
	if events != nil {
		defer events.Close()
	}
	s := a.newStatus(events, o.quiet)
	defer func() { s.end(stopped(ctx, err)) }()
	q.Progress, q.Phase = s.setStage, s.setPhase
	if o.verbose {
		q.Log = slog.New(slog.NewTextHandler(a.Err, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if o.dryRun {
		return a.dryRun(ctx, cmd, o, q)
	}

	b, err := backend.Open(ctx, o.name, o.options())
	if err != nil {
		return err
	}
	defer b.Close()
	if b.Name() == "mock" && !o.quiet {
		fmt.Fprintln(a.Err, "note: the mock backend writes a plan that no TensorRT can load")
	}
	if o.out == "" {
		o.out = q.EngineName(b.Name())
	}
	engine, err := a.files.Create(o.out)
	if err != nil {
		return err
	}
	defer engine.Abort()

	p, err := o.prepare(ctx, cmd, q, b.Target())
	if err != nil {
		return err
	}
	defer p.Close()
	if err := dumpNetwork(ctx, p, o.dump); err != nil {
		return err
	}
	res, err := p.Build(ctx, b, engine)
	if err != nil {
		return err
	}
	built := time.Now()
	if err := a.commit(ctx, engine, o.out, res); err != nil {
		return err
	}
	// The pipeline knows neither of the opening of the library nor of the disk.
	res.Seconds.Write += time.Since(built).Seconds()
	res.Seconds.Total = time.Since(start).Seconds()
	summary := newSummary(o.out, p, res)
	return a.print(o.format, summary.report(), summary.text)
}

// commit puts the engine into place and then its manifest, which names the
// engine's digest: a reader never sees a manifest of an engine that is not there.
func (a *app) commit(ctx context.Context, engine *atomicfile.File, path string, res *builder.Result) error {
	res.Manifest.Engine.File = filepath.Base(path)
	res.Manifest.Tool = toolVersion()
	text, err := res.Manifest.Encode()
	if err != nil {
		return err
	}
	manifest, err := a.files.Create(plan.ManifestPath(path))
	if err != nil {
		return err
	}
	defer manifest.Abort()
	if _, err := manifest.Write(text); err != nil {
		return err
	}
	if err := engine.Commit(ctx, 0o644); err != nil {
		return err
	}
	return manifest.Commit(context.WithoutCancel(ctx), 0o644) // an engine has one
}

// target is what a build would be for, which the build key depends on. Without
// a library, and none asked for, it is the default one.
func (a *app) target(ctx context.Context, o *buildOptions) (trt.Target, error) {
	b, err := backend.Open(ctx, o.name, o.options())
	switch {
	case err == nil:
		defer b.Close()
		return b.Target(), nil
	case o.name == backend.Auto && o.library == "" && fault.Of(err) == fault.Environment:
		fmt.Fprintf(a.Err, "note: no TensorRT library is usable here; the build key is for TensorRT-RTX %v\n", trt.DefaultVersion)
		return trt.Target{}, nil
	}
	return trt.Target{}, err
}

// dryRun does all but the library's build.
func (a *app) dryRun(ctx context.Context, cmd *cobra.Command, o *buildOptions, q builder.Request) error {
	target, err := a.target(ctx, o)
	if err != nil {
		return err
	}
	p, err := o.prepare(ctx, cmd, q, target)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := dumpNetwork(ctx, p, o.dump); err != nil {
		return err
	}
	key, err := p.DryRun(ctx)
	if err != nil {
		return err
	}
	layers, fp16, fp32 := p.Plan.Count()
	res := struct {
		Schema   string `json:"schema"`
		DryRun   bool   `json:"dry_run"`
		Family   string `json:"family"`
		Variant  string `json:"variant"`
		Layers   int    `json:"layers"`
		FP16     int    `json:"fp16_layers"`
		FP32     int    `json:"fp32_layers"`
		BuildKey string `json:"build_key"`
	}{"trtbuild.build/1", true, p.Match.Family, p.Match.Variant, layers, fp16, fp32, key}
	return a.print(o.format, res, func(w io.Writer) error {
		if err := writeMatch(w, p.Match); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "%d layers: %d FP16, %d FP32\nbuild key %s\nnothing was built: this is a dry run\n", layers, fp16, fp32, key)
		return err
	})
}

// dumpNetwork writes the typed network with its weights, and the build's
// configuration; dir "" means none.
func dumpNetwork(ctx context.Context, p *builder.Prepared, dir string) error {
	if dir == "" {
		return nil
	}
	held, mem, err := trt.Materialize(ctx, p.Typed)
	if err != nil {
		return err
	}
	defer mem.Close()
	if err = held.Dump(dir); err == nil {
		err = p.Config().Dump(dir)
	}
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		return fault.New(fault.Resources, "choose another place with --dump-network or make room there", "cannot dump the network: %w", err)
	}
	return err
}
