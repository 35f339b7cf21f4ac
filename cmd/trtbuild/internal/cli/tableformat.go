package cli

import "fmt"

// tableFormat is --format of commands whose result is also a table of numbers.
type tableFormat string

func (f *tableFormat) String() string { return string(*f) }
func (f *tableFormat) Type() string   { return "text | json | csv" }

func (f *tableFormat) Set(s string) error {
	if s != "text" && s != "json" && s != "csv" {
		return fmt.Errorf("expected text, json or csv")
	}
	*f = tableFormat(s)
	return nil
}
