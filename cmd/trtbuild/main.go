// Command trtbuild turns a weight file into a TensorRT engine.
package main

import (
	"os"

	"github.com/trtbuild/trtbuild/cmd/trtbuild/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.System()))
}
