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

// bufferNames are the last parts of names that PyTorch's modules register as
// buffers.
var bufferNames = map[string]bool{
	"running_mean": true, "running_var": true, "num_batches_tracked": true,
	"anchors": true, "anchor_grid": true, "strides": true,
	"position_ids": true, "relative_position_index": true, "attn_mask": true,
}

// RoleByName guesses the role of a tensor from its name, for formats that do
// not record it.
func RoleByName(name string) Role {
	if bufferNames[name[strings.LastIndexByte(name, '.')+1:]] {
		return Buffer
	}
	return Parameter
}
