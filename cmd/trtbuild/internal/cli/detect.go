package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/weights/load"
)

type detection struct {
	Schema string `json:"schema"`
	File   string `json:"file"`
	*zoo.Match
}

func newDetect(a *app) *cobra.Command {
	var (
		f format
		o load.Options
	)
	cmd := &cobra.Command{
		Use:     "detect FILE",
		Short:   "say which network a weight file holds, with the evidence",
		Example: "  trtbuild detect resnet50.wts",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := load.OpenWith(args[0], o)
			if err != nil {
				return err
			}
			defer m.Close()
			match, err := zoo.Detect(m)
			if err != nil {
				return a.undetected(f, args[0], err)
			}
			return a.print(f, detection{Schema: detectSchema, File: args[0], Match: match}, func(w io.Writer) error {
				return writeMatch(w, match)
			})
		},
	}
	keyFlag(cmd, &o.Key)
	formatFlag(cmd, &f)
	return cmd
}

const detectSchema = "trtbuild.detect/1"

// undetected prints the near families as JSON, where that is asked for, and
// returns the error all the same.
func (a *app) undetected(f format, file string, err error) error {
	var unknown *zoo.UnknownError
	if f != "json" || !errors.As(err, &unknown) {
		return err
	}
	return errors.Join(err, a.print(f, struct {
		Schema  string     `json:"schema"`
		File    string     `json:"file"`
		Family  *string    `json:"family"` // null: none fits
		Nearest []zoo.Near `json:"nearest"`
	}{detectSchema, file, nil, unknown.Nearest}, nil))
}

func writeMatch(w io.Writer, m *zoo.Match) error {
	name := m.Name()
	if m.Variant == zoo.Custom {
		name = zoo.Custom
	}
	fmt.Fprintf(w, "%s (family %s), %s, %d classes, %s\n", name, m.Family, m.Task, m.Classes, m.Confidence)
	for _, e := range m.Evidence {
		fmt.Fprintf(w, "  %s\n", e)
	}
	for _, n := range m.Notes {
		fmt.Fprintf(w, "  note: %s\n", n)
	}
	return nil
}
