package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/wts"
)

func newZoo(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "zoo",
		Short: "the networks that can be built: list them, write a checkpoint, show a graph",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(newZooList(a), newZooWeights(a), newZooShow(a))
	return cmd
}

func newZooList(a *app) *cobra.Command {
	var f format
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the networks",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list := struct {
				Schema   string      `json:"schema"`
				Networks []zoo.Entry `json:"networks"`
			}{"trtbuild.zoo/1", zoo.List()}
			return a.print(f, list, func(w io.Writer) error {
				tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
				fmt.Fprintln(tw, "NAME\tFAMILY\tTASK\tCLASSES\tSIZE\tPARAMETERS")
				for _, e := range list.Networks {
					fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%dx%d\t%d\n", e.Name, e.Family, e.Task, e.Classes, e.Height, e.Width, e.Parameters)
				}
				return tw.Flush()
			})
		},
	}
	formatFlag(cmd, &f)
	return cmd
}

func newZooWeights(a *app) *cobra.Command {
	var (
		f       format
		seed    uint64
		classes int64
		out     string
	)
	cmd := &cobra.Command{
		Use:   "weights VARIANT",
		Short: "write a plausible random checkpoint in the .wts format",
		Long: `Writes a checkpoint of the right names and counts whose values are random but
plausible: activations stay of order one and BatchNorm's statistics fit them. The
same variant, seed and number of classes give the same bytes everywhere.`,
		Example: "  trtbuild zoo weights resnet50 --seed 1 -o r50.wts",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			spec, err := zoo.Spec(args[0], classes)
			if err != nil {
				return err
			}
			if out == "" {
				out = args[0] + ".wts"
			}
			bytes, err := a.writeCheckpoint(cmd.Context(), out, seed, spec)
			if err != nil {
				return err
			}
			res := struct {
				Schema  string `json:"schema"`
				File    string `json:"file"`
				Tensors int    `json:"tensors"`
				Bytes   int64  `json:"bytes"`
			}{"trtbuild.weights/1", out, len(spec), bytes}
			return a.print(f, res, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%s: %d tensors, %s\n", out, len(spec), humanBytes(bytes))
				return err
			})
		},
	}
	formatFlag(cmd, &f)
	cmd.Flags().Uint64Var(&seed, "seed", 1, "of the generator")
	cmd.Flags().Int64Var(&classes, "classes", 0, "number of classes (default: as published)")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write (default: VARIANT.wts)")
	return cmd
}

func (a *app) writeCheckpoint(ctx context.Context, path string, seed uint64, spec []checkpoint.Tensor) (int64, error) {
	values, err := checkpoint.New(path, seed, spec)
	if err != nil {
		return 0, err
	}
	file, err := a.files.Create(path)
	if err != nil {
		return 0, err
	}
	defer file.Abort()
	b := bufio.NewWriterSize(file, 1<<20)
	w, err := wts.NewWriter(b, len(spec))
	if err != nil {
		return 0, err
	}
	for _, name := range values.Names() {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		t, _ := values.Tensor(name)
		if err := w.Tensor(name, t.Count, t); err != nil {
			return 0, err
		}
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	if err := b.Flush(); err != nil {
		return 0, err
	}
	st, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), file.Commit(ctx, 0o644)
}

func newZooShow(a *app) *cobra.Command {
	var (
		f    format
		dot  bool
		size imageSize
	)
	cmd := &cobra.Command{
		Use:   "show VARIANT",
		Short: "print the graph of a network as it is recorded, before any weight is read",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			net, err := published(args[0], zoo.Options{Height: size.height, Width: size.width})
			if err != nil {
				return err
			}
			switch {
			case dot && f == "json":
				return usagef(cmd, "--dot and --format json are two formats")
			case dot:
				return net.WriteDOT(a.Out)
			case f == "json":
				return net.WriteJSON(a.Out)
			}
			return net.WriteText(a.Out)
		},
	}
	formatFlag(cmd, &f)
	cmd.Flags().BoolVar(&dot, "dot", false, "print it for Graphviz")
	cmd.Flags().Var(&size, "size", "image size, height first (default: the family's)")
	return cmd
}

// published records a published network over a generated checkpoint.
func published(variant string, o zoo.Options) (*trt.Network, error) {
	spec, err := zoo.Spec(variant, 0)
	if err != nil {
		return nil, err
	}
	values, err := checkpoint.New(variant, 1, spec)
	if err != nil {
		return nil, err
	}
	match, err := zoo.Detect(values)
	if err != nil {
		return nil, err
	}
	built, err := match.Build(values, trt.Target{}, o)
	if err != nil {
		return nil, err
	}
	return built.Network, nil
}
