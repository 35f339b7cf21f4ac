//go:build tensorrt && cgo

package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
)

// TestNativeScripts runs the stories under testdata/native against the real
// library in the user's cache; $DOUBLE is a stand-in that plays other versions.
func TestNativeScripts(t *testing.T) {
	library, double := sdktest.Library(t), sdktest.Double(t, "rtx15")
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	p := scripts("testdata/native")
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		if err := setup(env); err != nil {
			return err
		}
		env.Setenv("TRTBUILD_SDK_DIR", filepath.Dir(filepath.Dir(library)))
		env.Setenv("DOUBLE", double)
		env.Setenv("TRTBUILD_BRIDGE", filepath.Join(cache, "trtbuild", "bridge"))
		return nil
	}
	testscript.Run(t, p)
}
