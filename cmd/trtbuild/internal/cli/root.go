package cli

import (
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func newRoot(a *app) *cobra.Command {
	root := newBuild(a)
	root.Use = "trtbuild [flags]"
	root.Short = "from a bare weight file to a TensorRT engine"
	root.Long = `trtbuild turns a weight file into a TensorRT engine: it recognises the network
from tensor names and counts, builds it layer by layer, chooses FP32 or FP16 for
each layer from the numbers, and drives the real TensorRT.

'trtbuild [flags]' is 'trtbuild build [flags]'.`
	root.SuggestionsMinimumDistance = 2
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(flagError)
	root.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			if _, err := os.Stat(args[0]); err == nil {
				return usagef(cmd, "unknown command %q; name a file of weights with --weights %s", args[0], args[0])
			}
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				return usagef(cmd, "unknown command %q; did you mean %s?", args[0], strings.Join(near, " or "))
			}
			return usagef(cmd, "unknown command %q", args[0])
		}
		return nil
	}
	root.AddCommand(
		newBuild(a), newInspect(a), newConvert(a), newDetect(a), newExplain(a), newRun(a), newRanges(a), newZoo(a), newDiff(a), newLint(a),
		newSDK(a), newDoctor(a), newVersion(a),
	)
	root.InitDefaultCompletionCmd() // now, so that it is tidied as well
	root.Flags().SetNormalizeFunc(normalize)
	for _, cmd := range root.Commands() {
		tidy(cmd)
	}
	return root
}

// tidy gives a command and those below it what all have in common.
func tidy(cmd *cobra.Command) {
	cmd.Flags().SetNormalizeFunc(normalize)
	if !cmd.Runnable() { // or its arguments would not be checked
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	if args := cmd.Args; args != nil {
		cmd.Args = func(cmd *cobra.Command, list []string) error {
			if err := args(cmd, list); err != nil {
				return usagef(cmd, "%s", strings.TrimSuffix(err.Error(), "\n"))
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		tidy(sub)
	}
}
