package bind

import "slices"

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
		if d := distance(name, c, limit); d <= limit {
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

// distance is the number of letters to insert, delete or replace to get from a
// to b. It stops at limit and returns limit+1.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal, least := row[0], i+1
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
			least = min(least, cost)
		}
		if least > limit {
			return limit + 1
		}
	}
	return min(row[len(b)], limit+1)
}
