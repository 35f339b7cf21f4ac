package trt_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLayersAreDocumented: docs/layers.md has every kind of layer.
func TestLayersAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/layers.md")
	require.NoError(t, err)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	kinds := 0
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(node ast.Node) bool {
			constants, ok := node.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for _, c := range constants.Names {
				if name, ok := strings.CutPrefix(c.Name, "Kind"); ok && name != "Input" {
					kinds++
					require.Contains(t, string(page), "`"+name+"`", c.Name)
				}
			}
			return true
		})
	}
	require.Greater(t, kinds, 40)
}
