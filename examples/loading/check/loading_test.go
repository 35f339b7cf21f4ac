package check_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
)

// TestPython runs load.py without a GPU on stand-ins that have the calls of
// NVIDIA's own binding. The C++ loader is CMake's to test.
func TestPython(t *testing.T) {
	read(t, "../load.py") // so that a cached result does not outlive a change
	sdktest.Python(t, filepath.Join("examples", "loading", "check", "load_check.py"))
}

// TestQuotes holds the code in the documentation to the examples.
func TestQuotes(t *testing.T) {
	for lang, file := range map[string]string{"cpp": "../load.cpp", "python": "../load.py"} {
		code := read(t, file)
		quotes := regexp.MustCompile("(?s)```"+lang+"\n(.*?)```").FindAllStringSubmatch(read(t, "../../../docs/loading.md"), -1)
		require.NotEmpty(t, quotes, lang)
		for _, q := range quotes {
			require.Contains(t, code, q[1], "docs/loading.md quotes what is not in %s", file)
		}
	}
}

func read(t *testing.T, name string) string {
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}
