package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/weights/load"
)

type engineInspection struct {
	Schema   string         `json:"schema"`
	File     string         `json:"file"`
	Format   string         `json:"format"`
	Header   *plan.Header   `json:"header"`
	Manifest *plan.Manifest `json:"manifest"` // null: there is none
	Problems []string       `json:"problems,omitempty"`
}

// sniffEngine reports whether path is an engine file. A file that cannot be
// opened is left to the reader of weights, whose errors say more.
func sniffEngine(path string) (bool, error) {
	// Stat first: opening a named pipe would block.
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false, nil
	}
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
	if err := a.print(f, in, in.text); err != nil || len(in.Problems) == 0 {
		return err
	}
	return fault.New(fault.Verification, "build it again, or remove the manifest", "%s: %s", path, in.Problems[0])
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
