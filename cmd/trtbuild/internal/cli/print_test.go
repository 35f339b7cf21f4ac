package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrintable(t *testing.T) {
	for name, want := range map[string]string{
		"model.0.conv.weight": "model.0.conv.weight",
		"größe/重み [0]":        "größe/重み [0]",
		"two\nlines\ttab":     `two\nlines\ttab`,
		"\x1b[31mred\x1b[0m":  `\x1b[31mred\x1b[0m`,
		"\xff":                `\xff`,
	} {
		require.Equal(t, want, printable(name))
	}
}
