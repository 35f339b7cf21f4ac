package trt

import "fmt"

// wantSince refuses what came with a later version of TensorRT. A version of
// zero says that the product has had it for as long as it is supported.
func wantSince(what string, t Target, enterprise, rtx Version) error {
	since := enterprise
	if t.Product == RTX {
		since = rtx
	}
	if t.Version.Compare(since) >= 0 {
		return nil
	}
	return &Error{Operand: what, Msg: fmt.Sprintf("is not in this version of %v", t.Product), Expected: since.String() + " or later", Found: t.Version.String()}
}
