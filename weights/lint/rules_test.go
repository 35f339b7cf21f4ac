package lint_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/lint"
)

// The page for users has a row for each rule, in these words.
func TestRulesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/lint.md")
	require.NoError(t, err)
	rules := lint.Rules()
	require.Len(t, rules, 18)
	for i, r := range rules {
		require.Equal(t, lint.Code(fmt.Sprintf("WL%03d", i+1)), r.Code)
		require.Contains(t, string(page), fmt.Sprintf("| `%s` | `%s` | %s | %s | %s |\n", r.Code, r.Name, r.Severity, r.Means, r.Next))
	}
}

func TestSeverities(t *testing.T) {
	require.True(t, lint.Error.AtLeast(lint.Warning))
	require.True(t, lint.Warning.AtLeast(lint.Warning))
	require.False(t, lint.Info.AtLeast(lint.Warning))
	s, err := lint.ParseSeverity("info")
	require.NoError(t, err)
	require.Equal(t, lint.Info, s)
	_, err = lint.ParseSeverity("fatal")
	require.Error(t, err)
}
