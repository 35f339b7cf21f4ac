package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/trt"
)

func newExplain(a *app) *cobra.Command {
	var (
		f   format
		r   requestFlags
		all bool
	)
	cmd := &cobra.Command{
		Use:   "explain --wts FILE --fp16",
		Short: "say which layers would be FP16 and which FP32, and why, without building",
		Example: `  trtbuild explain --wts r50.wts --fp16
  trtbuild explain --wts r50.wts --fp16 --format json`,
		Args: noFiles,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := r.request(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := r.deadline(cmd.Context())
			defer cancel()
			p, err := r.prepare(ctx, cmd, q, trt.Target{})
			if err != nil {
				return stopped(ctx, err)
			}
			defer p.Close()
			return a.print(f, p.Plan, func(w io.Writer) error { return writePlan(w, p.Plan, all) })
		},
	}
	formatFlag(cmd, &f)
	r.add(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "list the FP16 layers too, with what they stay clear of")
	return cmd
}

func writePlan(w io.Writer, p *precision.Plan, all bool) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	listed := 0
	for _, d := range p.Layers {
		if d.Precision == precision.FP16 && !all {
			continue
		}
		if listed == 0 {
			fmt.Fprintln(tw, "LAYER\tOP\tPRECISION\tWHY")
		}
		listed++
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", d.Name, d.Op, d.Precision, d.Why)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	s := p.Summary()
	_, err := fmt.Fprintf(w, "%d layers: %d FP16, %d FP32%s, %d casts\nTF32 %s\n", s.Layers, s.FP16, s.FP32, reasons(p), p.Casts, tf32Text(p.TF32, s.FP32))
	return err
}
