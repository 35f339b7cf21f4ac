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
// then again with batches left open, one profile for all; and, with sizes left
// open, those that have several.
func TestLibraryBuilds(t *testing.T) {
	b, err := native.Open(native.Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	defer b.Close()
	for _, open := range []struct {
		name, file string
		opening    opening
	}{{"static", "layers.json", closed}, {"batch", "layers.json", openBatch}, {"size", "sizes.json", openSize}} {
		for kind, cases := range readCases(t, open.file) {
			t.Run(kind+" "+open.name, func(t *testing.T) {
				net := trt.NewNetwork(kind, b.Target())
				profile := trt.Profile{}
				step := 1
				if len(cases) > 20 { // the library takes a second over a resize
					step = 3
				}
				for i := 0; i < len(cases); i += step {
					net.MarkOutput(cases[i].record(t, net, fmt.Sprintf("m%d", i), open.opening), fmt.Sprintf("y%d", i))
					cases[i].takes(profile, net)
				}
				net, err := transform.FoldBatchNorm(net)
				require.NoError(t, err)
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

// takes adds what the inputs recorded last are to take: the sizes of the runs,
// or, of one run, batches up to 4.
func (c *layerCase) takes(p trt.Profile, net *trt.Network) {
	for i, x := range net.Inputs()[len(net.Inputs())-c.each():] {
		if x.Dims.IsStatic() {
			continue
		}
		first := c.Inputs[i].Dims
		r := trt.Range{Min: first.Clone(), Opt: first.Clone(), Max: first.Clone()}
		for run := range c.Outputs {
			for axis, e := range c.Inputs[run*c.each()+i].Dims {
				r.Min[axis], r.Max[axis] = min(r.Min[axis], e), max(r.Max[axis], e)
			}
		}
		for axis, e := range x.Dims {
			if e == trt.Dynamic && len(c.Outputs) == 1 {
				r.Min[axis], r.Opt[axis], r.Max[axis] = 1, 2, 4
			}
		}
		p[x.Name] = r
	}
}
