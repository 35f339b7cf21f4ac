package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/glob"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/load"
)

// selectFlag adds --select.
func selectFlag(cmd *cobra.Command, chosen *[]string) {
	cmd.Flags().StringArrayVar(chosen, "select", nil, "tensors to take, by `GLOB` of their names, or to leave out if it starts with !; may be repeated")
}

type inspection struct {
	Schema   string         `json:"schema"`
	File     string         `json:"file"`
	Format   string         `json:"format"`
	Network  string         `json:"network,omitempty"` // recognised
	Totals   totals         `json:"totals"`
	Modules  []moduleInfo   `json:"modules"`
	Tensors  []tensorInfo   `json:"tensors"`
	Globals  []string       `json:"globals,omitempty"` // that a pickle names
	Metadata map[string]any `json:"metadata,omitempty"`
	Warnings []string       `json:"warnings,omitempty"`
}

// totals are of the tensors that are listed.
type totals struct {
	Tensors    int   `json:"tensors"`
	Parameters int64 `json:"parameters"`
	Buffers    int64 `json:"buffers"` // values in buffers
	Bytes      int64 `json:"bytes"`
}

type moduleInfo struct {
	Module     string  `json:"module"`
	Kind       string  `json:"kind,omitempty"`
	Dims       []int64 `json:"dims,omitempty"` // of the weight; of normalizations the channels
	Bias       *bool   `json:"bias,omitempty"` // of layers that are recognised
	Parameters int64   `json:"parameters"`
	Buffers    int64   `json:"buffers"`

	layer   weights.Layer
	tensors []tensorInfo
}

type tensorInfo struct {
	Name          string  `json:"name"`
	DType         string  `json:"dtype"`
	Shape         []int64 `json:"shape"` // null: the format does not record it
	ShapeInferred bool    `json:"shape_inferred,omitempty"`
	Count         int64   `json:"count"`
	Bytes         int64   `json:"bytes"`
	Role          string  `json:"role"`
	SHA256F32     string  `json:"sha256_f32"` // empty: not asked for, or complex
}

// inspectOptions are the flags of inspect for weight files.
type inspectOptions struct {
	format   format
	load     load.Options
	chosen   []string
	tensors  bool
	noDigest bool
	globals  bool
}

func newInspect(a *app) *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "list the tensors of a weight file, or what an engine file is and how it was made",
		Long: `Lists the layers that a weight file holds, with the dimensions of their kernels:
one line a module, or with --tensors every tensor, its type, role, size and
digest. JSON always has all of it.

The shapes of .wts files, which hold none, are those of the network where it is
recognised; they are marked as inferred, in text by a tilde.

An engine whose digest is not the one in the manifest beside it is exit code 8.`,
		Example: `  trtbuild inspect resnet50.wts
  trtbuild inspect resnet50.pth --tensors --select 'layer1.*'
  trtbuild inspect checkpoint.pt --globals
  trtbuild inspect resnet50.fp16.plan --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			isEngine, err := sniffEngine(args[0])
			if err != nil {
				return err
			}
			if isEngine {
				for _, flag := range []string{"tensors", "select", "no-digest", "globals", "key"} {
					if cmd.Flags().Changed(flag) {
						return usagef(cmd, "--%s is for weight files; %s is an engine", flag, args[0])
					}
				}
				return a.inspectEngine(cmd.Context(), args[0], o.format)
			}
			return a.inspectWeights(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.tensors, "tensors", false, "list every tensor under its module")
	selectFlag(cmd, &o.chosen)
	f.BoolVar(&o.noDigest, "no-digest", false, "leave digests out, which need the whole file read")
	f.BoolVar(&o.globals, "globals", false, "list every Python name that a pickle refers to; none is ever run")
	keyFlag(cmd, &o.load.Key)
	formatFlag(cmd, &o.format)
	return cmd
}

func (a *app) inspectWeights(ctx context.Context, file string, o inspectOptions) error {
	m, err := load.OpenWith(file, o.load)
	if err != nil && o.globals {
		return a.refusedGlobals(file, o.format, err)
	}
	if err != nil {
		return err
	}
	defer m.Close()
	in := inspection{Schema: "trtbuild.inspect/1", File: filepath.Base(file), Format: m.Format()}
	shaped := m
	if match, err := zoo.Detect(m); err == nil {
		in.Network = match.Name()
		shaped = weights.WithShapes(m, match.Shapes())
	}
	chosen := glob.Parse(o.chosen)
	if g, unused := chosen.Unused(m.Names()); unused {
		return fault.New(fault.Usage, "patterns are held against whole names", "%s: no tensor fits %q", file, g)
	}
	tensors := slices.DeleteFunc(weights.All(shaped), func(t *weights.Tensor) bool { return !chosen.Takes(t.Name) })
	digests := make([]string, len(tensors))
	if !o.noDigest && (o.tensors || o.format == "json") {
		if digests, err = weights.Digests(ctx, tensors); err != nil {
			return err
		}
	}
	in.describe(m, tensors, digests)
	in.Warnings = warningsOf(m)
	if d, ok := m.(weights.Describer); ok {
		in.Metadata = d.Metadata()
	}
	if o.globals {
		g, ok := m.(interface{ Globals() []string })
		if !ok {
			return fault.New(fault.Usage, "leave --globals out", "%s is %s, and only Python pickles name globals", file, m.Format())
		}
		in.Globals = g.Globals()
	}
	return a.print(o.format, in, func(w io.Writer) error { return in.text(w, o.tensors) })
}

// refusedGlobals prints what the pickle of a file names that was refused, which
// may be why, and returns the refusal all the same.
func (a *app) refusedGlobals(file string, f format, refusal error) error {
	globals, err := load.Globals(file)
	if err != nil || globals == nil {
		return refusal // it says more
	}
	in := inspection{Schema: "trtbuild.inspect/1", File: filepath.Base(file), Globals: globals}
	return errors.Join(refusal, a.print(f, in, func(w io.Writer) error {
		for _, g := range globals {
			fmt.Fprintf(w, "global: %s\n", printable(g))
		}
		return nil
	}))
}

// warningsOf returns what the reader of a file found odd.
func warningsOf(m weights.Map) []string {
	if w, ok := m.(weights.Warner); ok {
		return w.Warnings()
	}
	return nil
}

func (in *inspection) describe(m weights.Map, tensors []*weights.Tensor, digests []string) {
	byName := map[string]tensorInfo{}
	for i, t := range tensors {
		own, _ := m.Tensor(t.Name)
		info := tensorInfo{
			Name: t.Name, DType: t.Type.String(), Shape: t.Shape, ShapeInferred: own.Shape == nil && t.Shape != nil,
			Count: t.Count, Bytes: t.Count * int64(t.Type.Size()), Role: t.Role.String(), SHA256F32: digests[i],
		}
		in.Tensors = append(in.Tensors, info)
		in.Totals.Bytes += info.Bytes
		byName[t.Name] = info
	}
	in.Totals.Tensors = len(tensors)
	for _, module := range weights.Modules(tensors) {
		info := moduleInfo{Module: module.Path, Kind: string(module.Layer.Kind), Dims: module.Layer.Dims, layer: module.Layer}
		if info.Kind != "" {
			info.Bias = &module.Layer.Bias
		}
		info.Parameters, info.Buffers = module.Parameters()
		for _, t := range module.Tensors {
			info.tensors = append(info.tensors, byName[t.Name])
		}
		in.Totals.Parameters += info.Parameters
		in.Totals.Buffers += info.Buffers
		in.Modules = append(in.Modules, info)
	}
}
