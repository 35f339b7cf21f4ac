package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/lint"
	"github.com/trtbuild/trtbuild/weights/load"
)

type judgement struct {
	Schema   string                `json:"schema"`
	File     string                `json:"file"`
	Tensors  int                   `json:"tensors"`
	FailOn   lint.Severity         `json:"fail_on"`
	Failed   bool                  `json:"failed"` // something is as grave as that
	Counts   map[lint.Severity]int `json:"counts"`
	Findings []lint.Finding        `json:"findings"`
	Warnings []string              `json:"warnings,omitempty"` // the reader's
}

// lintOptions are the flags of lint.
type lintOptions struct {
	format format
	load   load.Options
	failOn string
	ignore []string
}

func newLint(a *app) *cobra.Command {
	var o lintOptions
	cmd := &cobra.Command{
		Use:   "lint FILE",
		Short: "judge a weight file: what fails a build, is lost in FP16, or looks wrong",
		Long: `Reads all values of a weight file and says what in them will fail a build, lose
accuracy in FP16, or hint that the file is not the one that was meant. Each
finding has a stable code; docs/lint.md lists them.

The exit code is 8 when a finding is as grave as --fail-on, else 0.`,
		Example: `  trtbuild lint best.pt
  trtbuild lint best.wts --fail-on warning --ignore WL011
  trtbuild lint best.safetensors --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			failOn, err := lint.ParseSeverity(o.failOn)
			if err != nil {
				return usagef(cmd, "--fail-on %q: %v", o.failOn, err)
			}
			for _, code := range o.ignore {
				if !slices.ContainsFunc(lint.Rules(), func(r lint.Rule) bool { return string(r.Code) == code }) {
					return usagef(cmd, "--ignore %s: no rule has this code; docs/lint.md lists them", code)
				}
			}
			return a.lint(cmd.Context(), args[0], failOn, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.failOn, "fail-on", string(lint.Error), "`SEVERITY` from which on the exit code is 8: error, warning or info")
	f.StringArrayVar(&o.ignore, "ignore", nil, "leave out findings of this `CODE`; may be repeated")
	keyFlag(cmd, &o.load.Key)
	formatFlag(cmd, &o.format)
	return cmd
}

func (a *app) lint(ctx context.Context, file string, failOn lint.Severity, o lintOptions) error {
	m, err := load.OpenWith(file, o.load)
	if err != nil {
		return err
	}
	defer m.Close()
	shaped := m
	if match, err := zoo.Detect(m); err == nil {
		shaped = weights.WithShapes(m, match.Shapes())
	}
	found, err := lint.Check(ctx, shaped)
	if err != nil {
		return err
	}
	j := judgement{
		Schema: "trtbuild.lint/1", File: filepath.Base(file), Tensors: len(m.Names()), FailOn: failOn,
		Counts:   map[lint.Severity]int{lint.Error: 0, lint.Warning: 0, lint.Info: 0},
		Findings: slices.DeleteFunc(found, func(f lint.Finding) bool { return slices.Contains(o.ignore, string(f.Code)) }),
	}
	j.Warnings = warningsOf(m)
	failing := 0
	for _, f := range j.Findings {
		j.Counts[f.Severity]++
		if f.Severity.AtLeast(failOn) {
			failing++
		}
	}
	j.Failed = failing > 0
	if err := a.print(o.format, j, j.text); err != nil || !j.Failed {
		return err
	}
	return fault.New(fault.Verification, "", "%s: %s of severity %s or worse", file, plural(failing, "finding"), failOn)
}

func (j judgement) text(w io.Writer) error {
	var next []lint.Rule
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, f := range j.Findings {
		tensor := printable(f.Tensor)
		if tensor == "" {
			tensor = "(the file)"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", f.Code, f.Severity, tensor, f.Message)
		rule := lint.Rule{Code: f.Code, Name: f.Name, Next: f.Next}
		if !slices.Contains(next, rule) {
			next = append(next, rule)
		}
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if len(next) > 0 {
		fmt.Fprintln(w)
	}
	for _, r := range next {
		fmt.Fprintf(w, "%s %s: %s\n", r.Code, r.Name, r.Next)
	}
	if len(next) > 0 {
		fmt.Fprintln(w)
	}
	_, err := fmt.Fprintf(w, "%s: %s, %s, %s, %s\n", j.File, plural(j.Tensors, "tensor"),
		plural(j.Counts[lint.Error], "error"), plural(j.Counts[lint.Warning], "warning"), plural(j.Counts[lint.Info], "info"))
	for _, s := range j.Warnings {
		fmt.Fprintf(w, "warning: %s\n", s)
	}
	return err
}
