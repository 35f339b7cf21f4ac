package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/npz"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

type runReport struct {
	Schema  string      `json:"schema"`
	File    string      `json:"file"`
	Outputs []runOutput `json:"outputs"`
	Seconds runSeconds  `json:"seconds"`
}

type runOutput struct {
	Name  string     `json:"name"`
	Shape trt.Dims   `json:"shape"`
	DType dtype.Type `json:"dtype"`
}

type runSeconds struct {
	Prepare float64 `json:"prepare"`
	Run     float64 `json:"run"`
}

func newRun(a *app) *cobra.Command {
	var (
		f                     format
		r                     requestFlags
		input, out, precision string
	)
	cmd := &cobra.Command{
		Use:   "run --weights FILE --input X.npz -o Y.npz",
		Short: "run the network on the CPU, without TensorRT",
		Long: `Runs the network on the CPU reference. Arrays are named as the network's inputs
and outputs; with one input, any one array will do. The batch and, where the
family allows it, the image size are taken from the array unless given.`,
		Example: "  trtbuild run --weights r50.wts --input x.npz -o y.npz --precision plan --fp16",
		Args:    noFiles,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if input == "" || out == "" {
				return usagef(cmd, "--input and --out are both needed")
			}
			if precision != "fp32" && precision != "plan" {
				return usagef(cmd, "--precision %s: expected fp32 or plan", precision)
			}
			q, err := r.request(cmd)
			if err != nil {
				return err
			}
			if err := keepWeights(cmd, q.Weights, "out", out); err != nil {
				return err
			}
			if !strings.EqualFold(filepath.Ext(out), ".npz") {
				return usagef(cmd, "--out %s: an archive is written, which must be named .npz", out)
			}
			if sameFile(input, out) {
				return usagef(cmd, "--out %s would overwrite the input", out)
			}
			arrays, err := readArrays(input)
			if err != nil {
				return err
			}
			if !r.shapes.given() {
				sizeFromArray(&q, arrays, !cmd.Flags().Changed("batch"), !cmd.Flags().Changed("size"))
			}
			file, err := a.files.Create(out)
			if err != nil {
				return err
			}
			defer file.Abort()
			ctx, cancel := r.deadline(cmd.Context())
			defer cancel()

			start := time.Now()
			p, err := r.prepare(ctx, cmd, q, trt.Target{})
			if err != nil {
				return stopped(ctx, err)
			}
			defer p.Close()
			in, err := bindArrays(p.Folded, input, arrays)
			if err != nil {
				return err
			}
			res := runReport{Schema: "trtbuild.run/1", File: out}
			res.Seconds.Prepare = time.Since(start).Seconds()
			start = time.Now()
			values, err := p.Run(ctx, precision == "plan", in)
			if err != nil {
				return stopped(ctx, err)
			}
			res.Seconds.Run = time.Since(start).Seconds()
			arrays = map[string]*npz.Array{}
			for _, t := range p.Folded.Outputs() {
				v := values[t.Name]
				res.Outputs = append(res.Outputs, runOutput{t.Name, v.Dims, v.Type})
				arrays[t.Name] = &npz.Array{Shape: v.Dims, Floats: v.Floats, Ints: v.Ints}
			}
			if err := npz.Write(file, arrays); err != nil {
				return err
			}
			if err := file.Commit(0o644); err != nil {
				return err
			}
			return a.print(f, res, res.text)
		},
	}
	formatFlag(cmd, &f)
	r.add(cmd)
	cmd.Flags().StringVar(&input, "input", "", "arrays to read, .npz or .npy")
	cmd.Flags().StringVarP(&out, "out", "o", "", "arrays to write, .npz")
	cmd.Flags().StringVar(&precision, "precision", "fp32", "fp32, or plan: rounded as the precision plan types each tensor")
	return cmd
}

func (r runReport) text(w io.Writer) error {
	for _, o := range r.Outputs {
		fmt.Fprintf(w, "%s %v %v\n", o.Name, o.DType, o.Shape)
	}
	_, err := fmt.Fprintf(w, "%s written; prepared in %.2f s, run in %.2f s\n", r.File, r.Seconds.Prepare, r.Seconds.Run)
	return err
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

// sizeFromArray takes what was not given, batch or image size, from a lone
// image array [N,C,H,W].
func sizeFromArray(q *builder.Request, arrays map[string]*npz.Array, batch, size bool) {
	if len(arrays) != 1 {
		return
	}
	for _, x := range arrays {
		if len(x.Shape) != 4 || x.Shape[0] < 1 {
			return
		}
		if n := x.Shape[0]; batch {
			q.Network.Batch = zoo.Batch{Min: n, Opt: n, Max: n}
		}
		if size {
			q.Network.Height, q.Network.Width = x.Shape[2], x.Shape[3]
		}
	}
}

// bindArrays gives each input of the network its array.
func bindArrays(n *trt.Network, path string, arrays map[string]*npz.Array) (map[string]*trt.Value, error) {
	in := map[string]*trt.Value{}
	for _, x := range n.Inputs() {
		array, ok := arrays[x.Name]
		if !ok && len(arrays) == 1 && len(n.Inputs()) == 1 {
			for _, only := range arrays {
				array, ok = only, true
			}
		}
		if !ok {
			return nil, fault.New(fault.BadInput, "name it with numpy.savez("+x.Name+"=…)", "%s has no array for the input %s", path, x.Name)
		}
		floats := array.Floats
		if floats == nil {
			floats = make([]float32, len(array.Ints))
			for i, v := range array.Ints {
				floats[i] = float32(v)
			}
		}
		in[x.Name] = &trt.Value{Type: x.Type, Dims: array.Shape, Floats: floats}
	}
	return in, nil
}
