package wts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/input"
)

// Shapes are what a .wts file does not record, by tensor name. They are kept in
// a JSON file beside it, its sidecar.
type Shapes map[string][]int64

// SidecarPath returns where the shapes of the .wts file at path are looked for:
// net.wts.json for net.wts and also for net.wts.gz and net.wts.zst.
func SidecarPath(path string) string {
	for _, ext := range []string{".gz", ".zst"} {
		if s, ok := strings.CutSuffix(path, ext); ok {
			path = s
		}
	}
	return path + ".json"
}

const sidecarSchema = "trtbuild.shapes/1"

type sidecar struct {
	Schema string `json:"schema"`
	Shapes Shapes `json:"shapes"`
}

// Encode writes a sidecar, one tensor a line.
func (s Shapes) Encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(sidecar{sidecarSchema, s})
}

// maxSidecar bounds what is read: twice a name of greatest length and a shape
// for each of 8000 tensors.
const maxSidecar = 16 << 20

// readSidecar takes the shapes from the file's sidecar. One that does not fit
// the file is an error, as the person believes one of them.
func (f *File) readSidecar() error {
	if f.format == "wts2" {
		return nil // it has shapes of its own
	}
	path := SidecarPath(f.name)
	r, _, err := input.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxSidecar+1))
	if err != nil {
		return &weights.Error{Kind: fault.BadInput, File: path, Problem: "the shapes cannot be read", Err: err}
	}
	var side sidecar
	if err := json.Unmarshal(b, &side); err != nil || len(b) > maxSidecar || side.Schema != sidecarSchema {
		f.warnings = append(f.warnings, fmt.Sprintf("%s is no list of shapes of this program, and not used", path))
		return nil
	}
	names := make([]string, 0, len(side.Shapes))
	for name := range side.Shapes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		shape := side.Shapes[name]
		bad := &weights.Error{
			Kind: fault.BadInput, File: path, Tensor: name, Next: "the shapes are another file's: remove them or write both again",
		}
		e, ok := f.entries[name]
		if !ok {
			bad.Problem = fmt.Sprintf("%s has no such tensor", f.name)
			return bad
		}
		if count, ok := product(shape); !ok || count != e.Count {
			bad.Problem = fmt.Sprintf("the shape %v has not the %d elements that %s has", shape, e.Count, f.name)
			return bad
		}
		e.Shape = shape
	}
	return nil
}
