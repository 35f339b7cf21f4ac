package agree

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/trt"
)

// Report counts answers.
type Report struct {
	Disagreements []string
	kinds         map[trt.Kind]*count
	stages        map[string]int // "ours, theirs"
	used          map[string]int // rules of Stricter
	total         int
	wrong         int
}

type count struct{ drawn, refused int }

// NewReport returns an empty one.
func NewReport() *Report {
	return &Report{kinds: map[trt.Kind]*count{}, stages: map[string]int{}, used: map[string]int{}}
}

// Add counts one configuration and keeps what the two sides differ in.
func (r *Report) Add(c Config, ours, theirs Answer) {
	kind := c.Op.Kind()
	if r.kinds[kind] == nil {
		r.kinds[kind] = &count{}
	}
	r.total++
	r.kinds[kind].drawn++
	if theirs.Stage != Accepted {
		r.kinds[kind].refused++
		r.wrong++
	}
	r.stages[fmt.Sprintf("%-8s / %-8s", ours.Stage, theirs.Stage)]++
	diff := Differ(ours, theirs)
	if diff == "" {
		return
	}
	for _, rule := range Stricter {
		if rule.covers(c, ours, theirs) {
			r.used[rule.Name]++
			return
		}
	}
	r.Disagreements = append(r.Disagreements, c.String()+": "+diff)
}

// Problems returns what keeps the report from proving anything: too few
// configurations of a kind, too few wrong ones, a rule that nothing needed.
func (r *Report) Problems() []string {
	var all []string
	for _, kind := range Kinds() {
		switch n := r.kinds[kind]; {
		case n == nil || n.drawn*len(Kinds())*2 < r.total:
			all = append(all, fmt.Sprintf("%s is hardly drawn", kind))
		case n.refused == 0 || n.refused == n.drawn:
			all = append(all, fmt.Sprintf("%s: %d of %d are refused", kind, n.refused, n.drawn))
		}
	}
	if r.wrong*10 < r.total*4 {
		all = append(all, fmt.Sprintf("only %d of %d are refused", r.wrong, r.total))
	}
	for _, rule := range Stricter {
		if r.used[rule.Name] == 0 {
			all = append(all, fmt.Sprintf("rule %q of Stricter covers nothing that was drawn", rule.Name))
		}
	}
	return all
}

// String is the table: kinds, stages, rules.
func (r *Report) String() string {
	var b strings.Builder
	covered := 0
	for _, n := range r.used {
		covered += n
	}
	fmt.Fprintf(&b, "%d configurations, %d refused by the library; %d agree, %d are covered by a rule of Stricter, %d disagree\n",
		r.total, r.wrong, r.total-covered-len(r.Disagreements), covered, len(r.Disagreements))
	for _, kind := range slices.Sorted(maps.Keys(r.kinds)) {
		fmt.Fprintf(&b, "  %-20s %5d drawn %5d refused\n", kind, r.kinds[kind].drawn, r.kinds[kind].refused)
	}
	fmt.Fprintf(&b, "by stage, ours / the library's:\n")
	for _, stage := range slices.Sorted(maps.Keys(r.stages)) {
		fmt.Fprintf(&b, "  %-20s %5d\n", stage, r.stages[stage])
	}
	for _, name := range slices.Sorted(maps.Keys(r.used)) {
		fmt.Fprintf(&b, "  stricter: %-50s %5d\n", name, r.used[name])
	}
	return b.String()
}
