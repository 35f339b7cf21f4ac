package trt

// wantBlocks refuses the shape of blocks that cannot cut up x.
func wantBlocks(block, x Dims) error {
	if len(block) != len(x) {
		return &Error{Operand: "block shape", Msg: "must have an extent for each dimension of the input", Expected: x.String(), Found: block.String()}
	}
	for _, e := range block {
		if e == 0 || e < Dynamic || e > maxExtent {
			return &Error{Operand: "block shape", Msg: "must be positive, or -1 for a whole axis", Found: block.String()}
		}
	}
	return nil
}
