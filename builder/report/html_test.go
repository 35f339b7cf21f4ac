package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/report"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/stats"
)

func page(t testing.TB, r report.Ranges) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, report.WriteHTML(&b, r))
	return b.String()
}

func TestPage(t *testing.T) {
	r := sample(t)
	got := page(t, r)
	require.Equal(t, got, page(t, r))
	golden(t, "page.html", []byte(got))
}

// A page must not let a file's names act, nor fetch anything.
func TestPageIsInert(t *testing.T) {
	r := sample(t)
	r.Title, r.File, r.Format = hostile, hostile, hostile
	got := page(t, r)
	require.Len(t, regexp.MustCompile(`(?i)<script`).FindAllString(got, -1), 1)
	require.NotContains(t, got, "<img")
	require.NotRegexp(t, `(?i)https?://|src=|@import|url\(`, regexp.MustCompile(`&lt;img src=x`).ReplaceAllString(got, ""))
	require.Contains(t, got, "default-src &#39;none&#39;")
}

// Risks that no tensor has are not listed.
func TestRisks(t *testing.T) {
	r := sample(t)
	r.Tensors = r.Tensors[:2]
	got := page(t, r)
	require.Contains(t, got, `<option value="loss">`)
	require.Contains(t, got, `<option value="none">`)
	require.NotContains(t, got, `<option value="overflow">`)
}

// What could not be measured is listed with the reason.
func TestSkipped(t *testing.T) {
	got := page(t, report.Ranges{File: "x.pth", Tensors: []stats.Tensor{{
		Name: "phase", Type: dtype.Complex64, Shape: []int64{2}, Skipped: "complex numbers", Risk: stats.RiskUnknown,
		Summary: stats.Summary{Count: 2},
	}}})
	require.Contains(t, got, "Not measured: complex numbers")
	require.Contains(t, got, "2 · complex64")
	require.NotContains(t, got, "<figure>")
}

// Every tensor once, most at risk first; both tables of a folded network.
func TestOrder(t *testing.T) {
	r := sample(t)
	names := func(s string) (all []string) {
		for _, m := range regexp.MustCompile(`<span class="name">([^<]*)</span>`).FindAllStringSubmatch(s, -1) {
			all = append(all, m[1])
		}
		return all
	}
	r.Tensors = r.Tensors[:7]
	want := []string{"broken.weight", "large.bias", "tiny.weight", "subnormal.weight", "bell.weight", "zeros.bias", "empty.bias"}
	require.Equal(t, want, names(page(t, r)))
	require.Equal(t, "bell.weight", r.Tensors[0].Name)
	require.NotContains(t, page(t, r), "<nav")
	r.Folded = r.Tensors[:1]
	require.Contains(t, page(t, r), `<a href="#folded">After BatchNorm folding</a>`)
	require.Equal(t, append(want, "bell.weight"), names(page(t, r)))
}

// The largest networks have some 500 tensors of up to 2048 channels; their page
// must stay one that a browser opens at once.
func TestSize(t *testing.T) {
	values := make([]float32, 512*64)
	for i := range values {
		values[i] = float32(i*7919%65536-32768) * 1.7e-5
	}
	one := measure(t, weightstest.Tensor{Name: "model.22.cv2.0.1.conv.weight", Shape: []int64{512, 64, 1, 1}, Values: values})[0]
	tensors := make([]stats.Tensor, 500)
	for i := range tensors {
		tensors[i] = one
		tensors[i].Name = fmt.Sprintf("model.%d.cv2.0.1.conv.weight", i)
	}
	require.Less(t, len(page(t, report.Ranges{File: "x.wts", Tensors: tensors})), 3<<20)
	for i := range tensors {
		tensors[i].Risk = stats.RiskFlush
	}
	require.Less(t, len(page(t, report.Ranges{File: "x.wts", Tensors: tensors})), 5<<20)
}

type broken struct{}

var errBroken = errors.New("broken pipe")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriterFails(t *testing.T) {
	require.Equal(t, errBroken, report.WriteHTML(broken{}, sample(t)))
}
