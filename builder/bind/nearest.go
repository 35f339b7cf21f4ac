package bind

import (
	"slices"

	"github.com/trtbuild/trtbuild/internal/spelling"
)

// maxNearest is the number of names that a message offers.
const maxNearest = 2

// Nearest returns the candidates that are spelled most like name, best first,
// at most two, and none that differs in more than a third of its letters.
func Nearest(name string, candidates []string) []string {
	type scored struct {
		name string
		d    int
	}
	var best []scored
	limit := len(name)/3 + 1
	for _, c := range candidates {
		if d := spelling.Distance(name, c, limit); d <= limit {
			best = append(best, scored{c, d})
			slices.SortStableFunc(best, func(a, b scored) int { return a.d - b.d })
			if len(best) > maxNearest {
				best = best[:maxNearest]
			}
			if len(best) == maxNearest {
				limit = best[maxNearest-1].d - 1
			}
		}
	}
	names := make([]string, 0, len(best))
	for _, b := range best {
		names = append(names, b.name)
	}
	return names
}
