package caffe_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// A layer's name is in the name of each of its blobs.
func TestNamesAreBoundedTogether(t *testing.T) {
	blobs := bytes.Repeat(sub(7, shape(0)), 30_000)
	_, err := read(sub(100, text(1, strings.Repeat("n", 16<<10)), blobs))
	refused(t, err, fault.BadInput, "names of tensors, expected at most")
}
