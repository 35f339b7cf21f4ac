package weights

import "strings"

// Role tells learned parameters from buffers that training only updates.
type Role uint8

// The roles.
const (
	Parameter Role = iota
	Buffer
)

// String returns "parameter" or "buffer".
func (r Role) String() string {
	if r == Buffer {
		return "buffer"
	}
	return "parameter"
}

// RoleByName guesses the role of a tensor from its name, for formats that do
// not record it: a buffer is what PyTorch's modules register as one.
func RoleByName(name string) Role {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "running_mean", "running_var", "num_batches_tracked",
		"anchors", "anchor_grid", "strides",
		"position_ids", "relative_position_index", "attn_mask":
		return Buffer
	}
	return Parameter
}
