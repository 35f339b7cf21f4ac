package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/internal/sdk"
)

func newSDK(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sdk",
		Short: "the TensorRT-RTX library: install it into the user's cache",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(newSDKInstall(a))
	return cmd
}

func newSDKInstall(a *app) *cobra.Command {
	var (
		f     format
		wheel string
	)
	cmd := &cobra.Command{
		Use:   "install",
		Short: "fetch the TensorRT-RTX library by your own pip, or take it from a wheel you have",
		Long: `Has your pip download NVIDIA's wheel of TensorRT-RTX (95 MB), checks its SHA-256
and unpacks the library and its licence into the user's cache. What is installed
already is left alone. ` + sdk.Notice,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintln(a.Err, sdk.Notice)
			there, err := sdk.Install(cmd.Context(), sdk.InstallOptions{Wheel: wheel, Out: a.Err})
			if err != nil {
				return err
			}
			res := struct {
				Schema string `json:"schema"`
				*sdk.Installed
			}{"trtbuild.sdk/1", there}
			return a.print(f, res, func(w io.Writer) error {
				verb := "installed"
				if there.Already {
					verb = "is installed already"
				}
				_, err := fmt.Fprintf(w, "TensorRT-RTX %s %s: %s (%s)\nlicence: %s\n", there.Version, verb, there.Library, humanBytes(there.Bytes), there.License)
				return err
			})
		},
	}
	formatFlag(cmd, &f)
	cmd.Flags().StringVar(&wheel, "wheel", "", "the wheel, if you have it already")
	return cmd
}
