package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/npz"
	"github.com/trtbuild/trtbuild/trt"
)

// runInput is what --input named: arrays of one file, or images.
type runInput struct {
	file   string
	arrays map[string]*npz.Array
	images []string
}

func (o *runOptions) readInput(cmd *cobra.Command) (*runInput, error) {
	in := &runInput{file: o.input[0]}
	for _, path := range o.input {
		if sameFile(path, o.out) {
			return nil, usagef(cmd, "--out %s would overwrite the input", o.out)
		}
		images, err := imagesAt(path)
		if err != nil {
			return nil, err
		}
		if images == nil && len(o.input) > 1 {
			return nil, usagef(cmd, "--input %s is no image; only images make a batch", path)
		}
		in.images = append(in.images, images...)
	}
	if in.images != nil {
		return in, nil
	}
	if name := o.image.given(); name != "" {
		return nil, usagef(cmd, "--%s is for images; arrays are taken as they are", name)
	}
	var err error
	in.arrays, err = readArrays(in.file)
	return in, err
}

// imagesAt returns the image that path is, or those of a directory; nil for a
// file that is none.
func imagesAt(path string) ([]string, error) {
	const next = "name an .npz or .npy file, images, or a directory of images"
	st, err := os.Stat(path)
	var why *fs.PathError
	switch {
	case errors.As(err, &why):
		return nil, fault.New(fault.BadInput, next, "--input %s: %w", path, why.Err)
	case err != nil:
		return nil, err
	case st.IsDir():
		return imagesIn(path)
	case !st.Mode().IsRegular(): // to open a pipe would wait for who writes into it
		return nil, fault.New(fault.BadInput, next, "--input %s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 8)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 {
		return nil, nil
	}
	if preprocess.IsImage(head[:n]) {
		return []string{path}, nil
	}
	return nil, nil
}

func imagesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return nil, err
	}
	var images []string
	for _, e := range entries {
		if ext := strings.ToLower(filepath.Ext(e.Name())); slices.Contains([]string{".png", ".jpg", ".jpeg"}, ext) && !e.IsDir() {
			images = append(images, filepath.Join(dir, e.Name()))
		}
	}
	if images == nil {
		return nil, fault.New(fault.BadInput, "", "directory %s holds no .png, .jpg or .jpeg", dir)
	}
	return images, nil
}

func readArrays(path string) (map[string]*npz.Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	arrays, err := npz.Read(f, st.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return arrays, nil
}

// size takes what was not given, batch or image size, from the number of images
// or from a lone image array [N,C,H,W].
func (in *runInput) size(q *builder.Request, batch, size bool) {
	n := int64(len(in.images))
	if len(in.arrays) == 1 {
		for _, x := range in.arrays {
			if len(x.Shape) != 4 || x.Shape[0] < 1 {
				return
			}
			n = x.Shape[0]
			if size {
				q.Network.Height, q.Network.Width = x.Shape[2], x.Shape[3]
			}
		}
	}
	if batch && n > 0 {
		q.Network.Batch = zoo.Batch{Min: n, Opt: n, Max: n}
	}
}

// bind gives each input of the network its values.
func (in *runInput) bind(p *builder.Prepared, flags *imageFlags, report *runReport) (map[string]*trt.Value, error) {
	values := map[string]*trt.Value{}
	if in.images != nil {
		x := p.Built.Input
		recipe, err := flags.apply(x.Preprocessing, fmt.Sprintf("to %dx%d", x.Height, x.Width))
		if err != nil {
			return nil, err
		}
		v, err := recipe.Files(in.images, int(x.Height), int(x.Width), flags.options())
		if err != nil {
			return nil, err
		}
		values[x.Name] = v
		report.Images, report.Preprocessing = in.images, &recipe
	}
	for _, x := range p.Folded.Inputs() {
		if values[x.Name] == nil {
			v, err := in.array(x, len(p.Folded.Inputs()) == 1)
			if err != nil {
				return nil, err
			}
			values[x.Name] = v
		}
		report.Inputs = append(report.Inputs, runTensor{x.Name, values[x.Name].Dims, x.Type})
	}
	return values, nil
}

// array is the input's own, or the only one for the only input.
func (in *runInput) array(x *trt.Tensor, only bool) (*trt.Value, error) {
	array, ok := in.arrays[x.Name]
	if !ok && only && len(in.arrays) == 1 {
		for _, array = range in.arrays {
			ok = true
		}
	}
	if !ok {
		return nil, fault.New(fault.BadInput, "name it with numpy.savez("+x.Name+"=…)", "%s has no array for the input %s, only %.200s", in.file, x.Name, strings.Join(slices.Sorted(maps.Keys(in.arrays)), ", "))
	}
	floats := array.Floats
	if floats == nil {
		floats = make([]float32, len(array.Ints))
		for i, v := range array.Ints {
			floats[i] = float32(v)
		}
	}
	return &trt.Value{Type: x.Type, Dims: array.Shape, Floats: floats}, nil
}
