package lint_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/trtbuild/trtbuild"
	root   = "../.."
)

// arrows says which packages of the module a room may import besides its own
// sub-packages listed here and internal/. A room is the longest prefix that
// matches a package's path. docs/architecture.md draws the same picture.
var arrows = map[string][]string{
	"cmd/trtbuild":           {"builder", "builder/preprocess", "builder/zoo", "builder/zoo/checkpoint", "builder/precision", "trt", "trt/backend", "trt/plan", "weights", "weights/load", "weights/convert", "weights/diff", "weights/lint", "weights/stats", "weights/wts", "weights/dtype", "builder/report"},
	"builder":                {"builder/zoo", "builder/bind", "builder/transform", "builder/ranges", "builder/precision", "trt", "trt/plan", "trt/refexec", "weights", "weights/load", "weights/dtype"},
	"builder/zoo":            {"builder/bind", "builder/preprocess", "builder/zoo/checkpoint", "trt", "weights", "weights/dtype"},
	"builder/zoo/checkpoint": {"weights", "weights/dtype"},
	"builder/preprocess":     {"trt", "weights/dtype"},
	"builder/layers":         {"trt", "weights/dtype"},
	"builder/bind":           {"builder/layers", "trt", "weights", "weights/dtype"},
	"builder/transform":      {"trt", "weights", "weights/dtype"},
	"builder/ranges":         {"builder/transform", "trt", "weights", "weights/dtype"},
	"builder/precision":      {"builder/ranges", "trt", "weights/dtype"},
	"builder/report":         {"weights/stats", "weights/dtype"},
	"trt":                    {"weights", "weights/dtype"},
	"trt/plan":               {"trt"},
	"trt/refexec":            {"trt", "weights", "weights/dtype"},
	"trt/mock":               {"trt", "trt/plan", "trt/refexec", "weights/dtype"},
	"trt/native":             {"cbridge", "trt", "trt/plan", "weights/dtype"},
	"trt/backend":            {"trt", "trt/mock", "trt/native", "trt/plan"},
	"trt/backendtest":        {"trt", "weights/dtype"},
	"trt/agree":              {"trt", "trt/backendtest", "weights/dtype"},
	"cbridge":                {},
	"weights":                {"weights/dtype"},
	"weights/dtype":          {},
	"weights/load":           {"weights", "weights/caffe", "weights/npz", "weights/onnx", "weights/safetensors", "weights/torch", "weights/wts", "weights/dtype"},
	"weights/wts":            {"weights", "weights/dtype"},
	"weights/torch":          {"weights", "weights/dtype"},
	"weights/safetensors":    {"weights", "weights/dtype"},
	"weights/onnx":           {"weights", "weights/dtype"},
	"weights/caffe":          {"weights", "weights/dtype"},
	"weights/npz":            {"weights", "weights/dtype"},
	"weights/stats":          {"weights", "weights/dtype"},
	"weights/diff":           {"weights", "weights/stats", "weights/dtype"},
	"weights/lint":           {"weights", "weights/stats", "weights/dtype"},
	"weights/convert":        {"weights", "weights/safetensors", "weights/wts", "weights/dtype"},
	"internal":               {"trt", "weights", "weights/dtype"},
	"examples":               {"builder", "builder/preprocess", "trt", "trt/backend", "trt/mock", "trt/plan", "weights", "weights/load", "weights/dtype"},
}

// forbidden are imports of other modules that only some rooms may have.
var forbidden = map[string][]string{
	"github.com/spf13/cobra": {"cmd/trtbuild"},
	"C":                      {"cbridge"},
	"plugin":                 {},
}

func roomOf(pkg string) string {
	for p := pkg; p != "."; p = path.Dir(p) {
		if _, ok := arrows[p]; ok {
			return p
		}
	}
	return ""
}

// imports returns the imports of every non-test file by package directory.
func imports(t *testing.T) map[string][]string {
	all := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "testdata" || name == "build" || name != ".." && strings.HasPrefix(name, ".") || isModule(file) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			all[dir] = append(all[dir], p)
		}
		return nil
	})
	require.NoError(t, err)
	return all
}

// isModule reports whether dir is a nested module, which has its own rules.
func isModule(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "go.mod"))
	return len(found) > 0 && filepath.Clean(dir) != filepath.Clean(root)
}

func TestArrows(t *testing.T) {
	packages := imports(t)
	require.Contains(t, packages, "trt")
	for pkg, list := range packages {
		room := roomOf(pkg)
		if room == "" {
			t.Errorf("%s: a package outside every room; add it to arrows and to docs/architecture.md", pkg)
			continue
		}
		for _, p := range list {
			inner, ours := strings.CutPrefix(p, module+"/")
			if only, ok := forbidden[p]; ok && !slices.Contains(only, room) {
				t.Errorf("%s imports %s, which only %v may", pkg, p, only)
			}
			// Who may use an inner internal folder is the compiler's rule.
			if !ours || roomOf(inner) == room || strings.HasPrefix(inner, "internal/") || strings.Contains(inner, "/internal/") {
				continue
			}
			if !slices.Contains(arrows[room], inner) {
				t.Errorf("%s imports %s: no arrow leads from %s there", pkg, inner, room)
			}
		}
	}
}
