//go:build tensorrt && cgo

package layers_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/native"
)

// The real library builds the cases, those of a layer together in one network;
// then again with batches left open, one profile for all.
func TestLibraryBuilds(t *testing.T) {
	b, err := native.Open(native.Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	defer b.Close()
	for kind, cases := range readCases(t) {
		for open, batch := range map[string]func(int64) int64{"": same, " dynamic": dynamic} {
			t.Run(kind+open, func(t *testing.T) {
				net := trt.NewNetwork(kind, b.Target())
				step := 1
				if len(cases) > 20 { // the library takes a second over a resize
					step = 3
				}
				for i := 0; i < len(cases); i += step {
					net.MarkOutput(cases[i].record(t, net, fmt.Sprintf("m%d", i), batch), fmt.Sprintf("y%d", i))
				}
				net, err := transform.FoldBatchNorm(net)
				require.NoError(t, err)
				profile := trt.Profile{}
				for _, x := range net.Inputs() {
					at := func(n int64) trt.Dims {
						d := x.Dims.Clone()
						for i, e := range d {
							if e == trt.Dynamic {
								d[i] = n
							}
						}
						return d
					}
					if !x.Dims.IsStatic() {
						profile[x.Name] = trt.Range{Min: at(1), Opt: at(2), Max: at(4)}
					}
				}
				config := trt.Config{TF32: true}
				if len(profile) > 0 {
					config.Profiles = []trt.Profile{profile}
				}
				var engine bytes.Buffer
				_, err = b.Build(context.Background(), net, config, &engine)
				require.NoError(t, err)
				require.NotZero(t, engine.Len())
			})
		}
	}
}
