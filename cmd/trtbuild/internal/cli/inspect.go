package cli

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/load"
)

type inspection struct {
	Schema   string         `json:"schema"`
	File     string         `json:"file"`
	Format   string         `json:"format"`
	Tensors  []tensorInfo   `json:"tensors"`
	Metadata map[string]any `json:"metadata,omitempty"`
	Warnings []string       `json:"warnings,omitempty"`
}

type tensorInfo struct {
	Name      string  `json:"name"`
	DType     string  `json:"dtype"`
	Shape     []int64 `json:"shape"` // null: the format does not record it
	Count     int64   `json:"count"`
	Role      string  `json:"role"`
	SHA256F32 string  `json:"sha256_f32"`
}

type engineInspection struct {
	Schema   string         `json:"schema"`
	File     string         `json:"file"`
	Format   string         `json:"format"`
	Header   *plan.Header   `json:"header"`
	Manifest *plan.Manifest `json:"manifest"` // null: there is none
	Problems []string       `json:"problems,omitempty"`
}

func newInspect(a *app) *cobra.Command {
	var f format
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "list the tensors of a weight file, or what an engine file is and how it was made",
		Example: `  trtbuild inspect resnet50.wts
  trtbuild inspect resnet50.fp16.plan --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			isEngine, err := sniffEngine(args[0])
			if err != nil {
				return err
			}
			if isEngine {
				return a.inspectEngine(cmd.Context(), args[0], f)
			}
			return a.inspectWeights(cmd.Context(), args[0], f)
		},
	}
	formatFlag(cmd, &f)
	return cmd
}

// sniffEngine reports whether path is an engine file. A file that cannot be
// opened is left to the reader of weights, whose errors say more.
func sniffEngine(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	}
	_, ok := plan.Recognize(head[:n])
	return ok, nil
}

func (a *app) inspectWeights(ctx context.Context, path string, f format) error {
	m, err := load.Open(path)
	if err != nil {
		return err
	}
	defer m.Close()
	in := inspection{Schema: "trtbuild.inspect/1", File: filepath.Base(path), Format: m.Format()}
	if in.Tensors, err = tensorInfos(ctx, m); err != nil {
		return err
	}
	if w, ok := m.(weights.Warner); ok {
		in.Warnings = w.Warnings()
	}
	return a.print(f, in, in.text)
}

// tensorInfos describes and digests every tensor, several at a time.
func tensorInfos(ctx context.Context, m weights.Map) ([]tensorInfo, error) {
	names := m.Names()
	infos := make([]tensorInfo, len(names))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, name := range names {
		g.Go(func() error {
			t, _ := m.Tensor(name)
			sum, err := digestFloat32(ctx, t)
			if err != nil {
				return err
			}
			infos[i] = tensorInfo{t.Name, t.Type.String(), t.Shape, t.Count, t.Role.String(), sum}
			return nil
		})
	}
	return infos, g.Wait()
}

// digestFloat32 returns the SHA-256 of the values as little-endian float32.
func digestFloat32(ctx context.Context, t *weights.Tensor) (string, error) {
	h := sha256.New()
	values := make([]float32, min(t.Count, weights.ChunkLen))
	raw := make([]byte, 4*len(values))
	for from := int64(0); from < t.Count; from += int64(len(values)) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		v := values[:min(int64(len(values)), t.Count-from)]
		if err := t.ReadFloat32(v, from); err != nil {
			return "", err
		}
		for i, x := range v {
			binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(x))
		}
		h.Write(raw[:4*len(v)])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (in inspection) text(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	var values, buffers int64
	fmt.Fprintln(tw, "TENSOR\tSHAPE\tCOUNT\tDTYPE\tROLE\tSHA256 (FLOAT32)")
	for _, t := range in.Tensors {
		shape := "?"
		if t.Shape != nil {
			shape = strings.ReplaceAll(fmt.Sprint(t.Shape), " ", ",")
		}
		fmt.Fprintf(tw, "%s\t%s\t%d\t%s\t%s\t%.12s\n", t.Name, shape, t.Count, t.DType, t.Role, t.SHA256F32)
		if t.Role == weights.Buffer.String() {
			buffers += t.Count
		} else {
			values += t.Count
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s: %s, %d tensors, %d parameters, %d values in buffers\n", in.File, in.Format, len(in.Tensors), values, buffers)
	for _, s := range in.Warnings {
		fmt.Fprintf(w, "warning: %s\n", s)
	}
	return err
}

func (a *app) inspectEngine(ctx context.Context, path string, f format) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return err
	}
	in := engineInspection{Schema: "trtbuild.inspect/1", File: filepath.Base(path)}
	if in.Header, err = plan.Read(file, st.Size()); err != nil {
		return fault.New(fault.BadInput, "", "%s: %w", path, err)
	}
	in.Format = string(in.Header.Format)
	if in.Manifest, err = readManifest(path); err != nil {
		return err
	}
	if in.Manifest != nil {
		if in.Problems, err = compareWithManifest(ctx, path, in.Manifest); err != nil {
			return err
		}
	}
	return a.print(f, in, in.text)
}

// readManifest returns nil when there is none.
func readManifest(engine string) (*plan.Manifest, error) {
	b, err := os.ReadFile(plan.ManifestPath(engine))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.New(fault.BadInput, "", "cannot read the manifest: %w", err)
	}
	m, err := plan.DecodeManifest(b)
	if err != nil {
		return nil, fault.New(fault.BadInput, "build again or remove it", "%s: %w", plan.ManifestPath(engine), err)
	}
	return m, nil
}

// compareWithManifest says how the engine differs from what its manifest says.
func compareWithManifest(ctx context.Context, path string, m *plan.Manifest) ([]string, error) {
	sum, err := load.Digest(ctx, path)
	if err != nil {
		return nil, err
	}
	if got := hex.EncodeToString(sum[:]); got != m.Engine.SHA256 {
		return []string{fmt.Sprintf("the manifest is another engine's: it says SHA-256 %.12s…, the file has %.12s…", m.Engine.SHA256, got)}, nil
	}
	return nil, nil
}

func (in engineInspection) text(w io.Writer) error {
	h := in.Header
	switch size := humanBytes(h.Bytes); {
	case h.Format == plan.Mock:
		fmt.Fprintf(w, "%s: a mock plan, %s; no TensorRT can load it\n", in.File, size)
	case h.Version == (trt.Version{}):
		fmt.Fprintf(w, "%s: %s engine, %s\n", in.File, in.Format, size)
	case h.Sections == nil: // the layout is not known, so its length is not checked
		fmt.Fprintf(w, "%s: %s engine, version %v, %s\n", in.File, in.Format, h.Version, size)
	default:
		fmt.Fprintf(w, "%s: %s engine, version %v, %s, whole\n", in.File, in.Format, h.Version, size)
	}
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(k, format string, args ...any) { fmt.Fprintf(tw, "  %s\t%s\n", k, fmt.Sprintf(format, args...)) }
	if len(h.ComputeCapabilities) > 0 {
		row("for compute capabilities", "%v", h.ComputeCapabilities)
	}
	for _, s := range h.Sections {
		row("section "+s.Tag, "%s", humanBytes(s.Bytes))
	}
	if m := in.Manifest; m != nil {
		row("network", "%s (%s, %d classes)", m.Network.Name, m.Network.Task, m.Network.Classes)
		row("made from", "%s, SHA-256 %.12s…", m.Source.File, m.Source.SHA256)
		row("library", "%s %s", m.Library.Name, m.Library.Version)
		row("loadable by", "%s", m.Library.LoadableBy)
		row("precision", "%s, TF32 %v", m.Build.Precision, m.Build.TF32)
		for _, b := range m.Inputs {
			row("input "+b.Name, "%v %v", b.Type, b.Dims)
		}
		for _, b := range m.Outputs {
			row("output "+b.Name, "%v %v", b.Type, b.Dims)
		}
		for _, l := range m.Weights {
			where := l.Unused
			if where == "" {
				where = fmt.Sprintf("%s %s (%s), %s", l.Layer, l.Operand, l.Part, l.Stored)
			}
			row("weight "+l.Tensor, "%s", where)
		}
	} else {
		row("manifest", "none beside it")
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, p := range in.Problems {
		fmt.Fprintf(w, "problem: %s\n", p)
	}
	return nil
}
