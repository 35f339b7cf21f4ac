package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/trtbuild/trtbuild/weights/load"
)

// weightFlags name the weight file and say what it has to be.
type weightFlags struct {
	paths map[string]*string
	key   string
}

// weightFormats are the flags that name a weight file.
var weightFormats = []struct {
	flag   string
	format load.Format
	usage  string
}{
	{"wts", load.WTS, "weights in the .wts format"},
	{"pth", load.PyTorch, "weights in a PyTorch checkpoint, .pth or .pt"},
	{"safetensors", load.SafeTensors, "weights in a safetensors file, or the index of a sharded one"},
	{"weights", load.Any, "weights in any known format, told by content"},
}

func (w *weightFlags) add(cmd *cobra.Command) {
	w.paths = map[string]*string{}
	for _, f := range weightFormats {
		w.paths[f.flag] = cmd.Flags().String(f.flag, "", f.usage)
	}
	keyFlag(cmd, &w.key)
}

// keyFlag adds --key, which commands have that read PyTorch checkpoints.
func keyFlag(cmd *cobra.Command, key *string) {
	cmd.Flags().StringVar(key, "key", "", "`PATH` of the state dict to take from a checkpoint, such as ema or model (default: the best one, and which)")
}

// given returns the one file that was named.
func (w *weightFlags) given(cmd *cobra.Command) (path string, format load.Format, err error) {
	var named []string
	for _, f := range weightFormats {
		if p := *w.paths[f.flag]; p != "" {
			path, format = p, f.format
			named = append(named, "--"+f.flag)
		}
	}
	switch len(named) {
	case 0:
		return "", load.Any, usagef(cmd, "no weights: name a file with --wts, --pth, --safetensors or --weights")
	case 1:
		return path, format, nil
	}
	return "", load.Any, usagef(cmd, "%s all name a weight file; give one", strings.Join(named, " and "))
}
