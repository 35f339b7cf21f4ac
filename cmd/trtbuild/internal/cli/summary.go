package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/trt/plan"
)

// summary is what a person and a farm want to know after a build.
type summary struct {
	engine string
	p      *builder.Prepared
	res    *builder.Result
}

// buildReport is the JSON of build.
type buildReport struct {
	Schema       string          `json:"schema"`
	Engine       string          `json:"engine"`
	Manifest     string          `json:"manifest"`
	Bytes        int64           `json:"bytes"`
	SHA256       string          `json:"sha256"`
	Backend      string          `json:"backend"`
	TensorRT     string          `json:"tensorrt"`
	Family       string          `json:"family"`
	Variant      string          `json:"variant"`
	Layers       int             `json:"layers"`
	FP16Layers   int             `json:"fp16_layers"`
	FP32Layers   int             `json:"fp32_layers"`
	TF32         bool            `json:"tf32"`
	BuildKey     string          `json:"build_key"`
	Seconds      builder.Seconds `json:"seconds"`
	PeakRSSBytes int64           `json:"peak_rss_bytes"`
}

func newSummary(engine string, p *builder.Prepared, res *builder.Result) summary {
	return summary{engine, p, res}
}

func (s summary) report() buildReport {
	return buildReport{
		Schema: "trtbuild.build/1", Engine: s.engine, Manifest: plan.ManifestPath(s.engine),
		Bytes: s.res.Engine.Bytes, SHA256: s.res.Engine.SHA256, Backend: s.res.Backend, TensorRT: s.res.Version.String(),
		Family: s.p.Match.Family, Variant: s.p.Match.Variant,
		Layers: s.res.Layers, FP16Layers: s.res.FP16, FP32Layers: s.res.FP32, TF32: !s.p.Request.NoTF32,
		BuildKey: s.res.Manifest.BuildKey, Seconds: s.res.Seconds, PeakRSSBytes: s.res.PeakRSS,
	}
}

func (s summary) text(w io.Writer) error {
	m, res := s.res.Manifest, s.res
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(k, format string, args ...any) { fmt.Fprintf(tw, "%s\t%s\n", k, fmt.Sprintf(format, args...)) }
	row("network", "%s, %s, %d classes (%s)", s.p.Match.Name(), s.p.Match.Task, s.p.Match.Classes, s.p.Match.Confidence)
	for _, b := range m.Inputs {
		row("input", "%s %v %v", b.Name, b.Type, b.Dims)
	}
	for _, b := range m.Outputs {
		row("output", "%s %v %v", b.Name, b.Type, b.Dims)
	}
	row("layers", "%d FP16, %d FP32%s", res.FP16, res.FP32, reasons(s.p.Plan))
	row("TF32", "%s", tf32Text(!s.p.Request.NoTF32, res.FP32))
	row("built by", "%s %s in %.2f s", m.Library.Name, m.Library.Version, res.Seconds.Library)
	row("time", "%s", timeText(res.Seconds))
	row("memory", "%s at the most", humanBytes(res.PeakRSS))
	row("engine", "%s, %s", s.engine, humanBytes(res.Engine.Bytes))
	row("manifest", "%s", plan.ManifestPath(s.engine))
	row("loadable by", "%s", m.Library.LoadableBy)
	for _, n := range m.Notes {
		row("note", "%s", n)
	}
	return tw.Flush()
}

// reasons counts the codes of the layers that are not FP16, most frequent
// first: " (W-SUB 2, USER 1)".
func reasons(p *precision.Plan) string {
	count := p.Summary().Codes
	codes := make([]precision.Code, 0, len(count))
	for c := range count {
		codes = append(codes, c)
	}
	if len(codes) == 0 {
		return ""
	}
	slices.SortFunc(codes, func(a, b precision.Code) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(codes))
	for i, c := range codes {
		parts[i] = fmt.Sprintf("%s %d", c, count[c])
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func tf32Text(on bool, fp32 int) string {
	switch {
	case !on:
		return "off: FP32 layers compute in full FP32"
	case fp32 == 0:
		return "on, but no layer is FP32"
	}
	return "on: FP32 convolutions and products round their inputs to 10 bits of mantissa; --no-tf32 turns it off"
}

func timeText(s builder.Seconds) string {
	parts := []string{}
	for _, p := range []struct {
		name string
		v    float64
	}{{"load", s.Load}, {"detect", s.Detect}, {"ranges", s.Ranges}, {"precision", s.Precision}, {"define", s.Define}, {"library", s.Library}, {"write", s.Write}} {
		parts = append(parts, fmt.Sprintf("%s %.2f", p.name, p.v))
	}
	return fmt.Sprintf("%.2f s (%s)", s.Total, strings.Join(parts, ", "))
}
