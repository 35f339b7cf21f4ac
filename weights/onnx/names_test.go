package onnx_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// The path of a nested graph is in the name of each of its initializers, and in
// what is said of its constants.
func TestNamesAreBoundedTogether(t *testing.T) {
	long := strings.Repeat("n", 8<<10)
	nested := func(graph ...[]byte) []byte { // in an attribute of a node
		return sub(1, text(2, long), sub(5, text(1, "body"), sub(6, graph...)))
	}
	var many [][]byte
	for i := range 30_000 {
		many = append(many, sub(5, num(1, 0), num(2, 1), text(8, fmt.Sprint(i))))
	}
	_, err := read(model(nested(bytes.Join(many, nil))))
	refused(t, err, fault.BadInput, "names of tensors, expected at most")

	deep := []byte{}
	for range 31 {
		deep = nested(deep)
	}
	_, err = read(model(deep))
	refused(t, err, fault.BadInput, "path of nested graphs")
}
