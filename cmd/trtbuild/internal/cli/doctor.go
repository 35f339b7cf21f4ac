package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt/backend"
)

func newDoctor(a *app) *cobra.Command {
	var (
		f format
		b backendFlags
	)
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "say which TensorRT was found, what is missing, and the command that mends it",
		Long: `Looks where a build would look and reports each library and shim, usable or why
not. The exit code is 0 when an engine can be built here, 5 when not.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			report, err := backend.Doctor(cmd.Context(), b.options())
			if err != nil {
				return err
			}
			res := struct {
				Schema string `json:"schema"`
				*backend.Report
			}{"trtbuild.doctor/1", report}
			if err := a.print(f, res, func(w io.Writer) error { return writeReport(w, report) }); err != nil {
				return err
			}
			if report.Chosen == "" {
				return fault.New(fault.Environment, "", "no engine can be built here: %s", report.Problems[0].What)
			}
			return nil
		},
	}
	formatFlag(cmd, &f)
	b.addPlaces(cmd)
	return cmd
}

func writeReport(w io.Writer, r *backend.Report) error {
	fmt.Fprintf(w, "backends  %s\n", strings.Join(r.Backends, ", "))
	for _, l := range r.Libraries {
		switch {
		case l.Usable && l.Path == r.Chosen:
			fmt.Fprintf(w, "library   %s %v, %s (%s): used\n", l.Product, l.Library.Version, l.Path, l.Source)
		case l.Usable:
			fmt.Fprintf(w, "library   %s %v, %s (%s): usable\n", l.Product, l.Library.Version, l.Path, l.Source)
		default:
			fmt.Fprintf(w, "library   %s (%s): %s\n", l.Path, l.Source, l.Reason)
		}
	}
	for _, s := range r.Shims {
		if s.Found {
			fmt.Fprintf(w, "shim      %s: %s\n", s.Family, s.Source)
		} else {
			fmt.Fprintf(w, "shim      %s: %s\n", s.Family, s.Reason)
		}
	}
	for _, h := range r.Headers {
		fmt.Fprintf(w, "headers   %s %s: %s\n", h.Product, h.Version, h.Dir)
	}
	gpu := "no NVIDIA driver; TensorRT-RTX builds without one"
	if r.GPU {
		gpu = "NVIDIA driver loaded"
	}
	fmt.Fprintf(w, "GPU       %s\n", gpu)
	for _, p := range r.Problems {
		fmt.Fprintf(w, "missing   %s: %s\n", p.What, p.Next)
	}
	return nil
}
