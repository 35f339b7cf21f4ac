package builder

import (
	"strconv"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/weights"
)

// metadata returns what a weight file says of itself besides its tensors.
func metadata(m weights.Map) map[string]any {
	if d, ok := m.(weights.Describer); ok {
		return d.Metadata()
	}
	return nil
}

// classNames returns the names that a checkpoint records, as Ultralytics' do,
// in the order of the classes: a list, or a map from their numbers. It returns
// nil unless there is one for each class.
func classNames(m weights.Map, classes int64) []string {
	var names []string
	switch v := metadata(m)["names"].(type) {
	case []any:
		for _, n := range v {
			s, ok := n.(string)
			if !ok {
				return nil
			}
			names = append(names, s)
		}
	case map[string]any:
		for i := range len(v) {
			s, ok := v[strconv.Itoa(i)].(string)
			if !ok {
				return nil
			}
			names = append(names, s)
		}
	}
	if int64(len(names)) != classes {
		return nil
	}
	return names
}

// trainedSize returns o with the image size that a checkpoint was trained at,
// if o has none and the file records it: Ultralytics' imgsz, one number for
// both sides or height and width.
func trainedSize(o zoo.Options, m weights.Map) zoo.Options {
	if o.Height != 0 || o.Width != 0 {
		return o
	}
	args, _ := metadata(m)["args"].(map[string]any)
	switch v := args["imgsz"].(type) {
	case int64:
		if v > 0 {
			o.Height, o.Width = v, v
		}
	case []any:
		if len(v) != 2 {
			return o
		}
		h, okH := v[0].(int64)
		w, okW := v[1].(int64)
		if okH && okW && h > 0 && w > 0 {
			o.Height, o.Width = h, w
		}
	}
	return o
}
