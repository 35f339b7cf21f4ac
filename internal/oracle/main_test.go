package oracle_test

import (
	"fmt"
	"os"
	"testing"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/trtbuild/trtbuild/internal/oracle"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run skips everything where the library is not, unless it must be there.
func run(m *testing.M) int {
	path, err := oracle.Library()
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil && os.Getenv("TRTBUILD_REQUIRE_SDK") == "" {
		fmt.Fprintln(os.Stderr, "SKIPPED: ONNX Runtime is missing; make oracle fetches it:", err)
		return 0
	}
	if err == nil {
		ort.SetSharedLibraryPath(path)
		err = ort.InitializeEnvironment(ort.WithLogLevelError())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := ort.DestroyEnvironment(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
