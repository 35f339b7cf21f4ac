package builder

import (
	"strconv"

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

// trainedSize returns the image size that a checkpoint was trained at and
// records as Ultralytics' imgsz does, one number for both sides or height and
// width; 0 if it does not.
func trainedSize(m weights.Map) (height, width int64) {
	said := metadata(m)
	for _, key := range []string{"train_args", "args"} { // of the checkpoint, of its model
		args, _ := said[key].(map[string]any)
		switch v := args["imgsz"].(type) {
		case int64:
			height, width = v, v
		case []any:
			if len(v) == 2 {
				height, _ = v[0].(int64)
				width, _ = v[1].(int64)
			}
		}
		if height > 0 && width > 0 {
			return height, width
		}
	}
	return 0, 0
}
