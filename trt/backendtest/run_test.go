package backendtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
	"github.com/trtbuild/trtbuild/trt/mock"
)

func TestMock(t *testing.T) {
	for name, target := range map[string]trt.Target{
		"rtx":      {},
		"tensorrt": {Product: trt.Enterprise, Version: trt.Version{Major: 10, Minor: 16}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := mock.New(target, mock.Options{})
			require.NoError(t, err)
			backendtest.Run(t, b)
		})
	}
}
