package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// format is --format.
type format string

func (f *format) String() string { return string(*f) }
func (f *format) Type() string   { return "text | json" }

func (f *format) Set(s string) error {
	if s != "text" && s != "json" {
		return fmt.Errorf("expected text or json")
	}
	*f = format(s)
	return nil
}

// formatFlag adds --format, which every command has.
func formatFlag(cmd *cobra.Command, f *format) {
	*f = "text"
	cmd.Flags().Var(f, "format", "how the result is printed")
}

// print writes the result: v as JSON, or what text writes.
func (a *app) print(f format, v any, text func(w io.Writer) error) error {
	if f == "text" {
		return text(a.Out)
	}
	e := json.NewEncoder(a.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// humanBytes prints 1.5 MiB.
func humanBytes(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n)/(1<<10), 0
	for v >= 1024 && unit < 3 {
		v, unit = v/1024, unit+1
	}
	return fmt.Sprintf("%.1f %s", v, []string{"KiB", "MiB", "GiB", "TiB"}[unit])
}

// printable returns a name of a file's without what would move the cursor or
// colour the terminal.
func printable(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) {
		return name
	}
	quoted := strconv.Quote(name)
	return quoted[1 : len(quoted)-1]
}
