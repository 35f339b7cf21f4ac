package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/trt/backend"
)

type versionInfo struct {
	Schema   string   `json:"schema"`
	Version  string   `json:"version"`
	Go       string   `json:"go"`
	Platform string   `json:"platform"`
	Backends []string `json:"backends"` // that this binary was built with
}

// toolVersion is the module's version as the Go tool recorded it; "devel" in a
// checkout.
func toolVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

func newVersion(a *app) *cobra.Command {
	var f format
	cmd := &cobra.Command{
		Use:   "version",
		Short: "print the version and what this binary was built with",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := versionInfo{"trtbuild.version/1", toolVersion(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, backend.Compiled()}
			return a.print(f, v, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "trtbuild %s (%s, %s), backends %v\n", v.Version, v.Go, v.Platform, v.Backends)
				return err
			})
		},
	}
	formatFlag(cmd, &f)
	return cmd
}
