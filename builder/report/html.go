package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"path/filepath"

	"github.com/trtbuild/trtbuild/internal/fault"
)

var (
	//go:embed assets/page.html
	pageHTML string
	//go:embed assets/page.css
	pageCSS string
	//go:embed assets/page.js
	pageJS string
)

// page is what assets/page.html is executed with.
type page struct {
	Title    string
	Ranges   Ranges
	CSP      string
	CSS      template.CSS
	JS       template.JS
	Mini     scale // of the small plots
	Large    scale // of the large ones that need no longer axis
	Sections []section
}

// WriteHTML writes r as one self-contained page: a summary, a table of the
// tensors, most at risk first, and for each of them its histograms and its worst
// channels. Names may hold anything; they are escaped.
func WriteHTML(w io.Writer, r Ranges) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"integer": integer, "number": number[float32], "real": number[float64], "share": share, "decibels": decibels,
	}).Parse(pageHTML)
	if err != nil {
		return fault.New(fault.Bug, "", "the report's template: %w", err)
	}
	p := page{
		Title:  r.Title,
		Ranges: r,
		CSP: "default-src 'none'; base-uri 'none'; form-action 'none'" +
			"; style-src '" + digest(pageCSS) + "'; script-src '" + digest(pageJS) + "'",
		CSS:      template.CSS(pageCSS),
		JS:       template.JS(pageJS),
		Mini:     smallAxis(),
		Large:    largeAxis(),
		Sections: []section{newSection("stored", "As stored", r.Tensors)},
	}
	if p.Title == "" {
		p.Title = filepath.Base(r.File)
	}
	if r.Folded != nil {
		p.Sections = append(p.Sections, newSection("folded", "After BatchNorm folding", r.Folded))
	}
	out := &output{w: w}
	if err := t.Execute(out, p); err != nil {
		if out.err != nil {
			return out.err
		}
		return fault.New(fault.Bug, "", "the report's template: %w", err)
	}
	return nil
}

// output remembers the writer's own error, which is not the template's.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if err != nil {
		o.err = err
	}
	return n, err
}

// digest is what a content security policy calls an inline element by.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
