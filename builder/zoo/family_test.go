package zoo

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
)

// The order of the table decides nothing: what one family derives and accepts,
// no other does. And each published layout is derived as itself.
func TestFamiliesExcludeEachOther(t *testing.T) {
	for _, f := range families() {
		for _, name := range f.variants() {
			l := f.published(name, 7)
			m, err := checkpoint.New("a.wts", 1, l.tensors())
			require.NoError(t, err)
			v := bind.NewView(m)
			for _, g := range families() {
				derived := g.derive(v)
				if g == f {
					require.Equal(t, l, derived, name)
					require.Equal(t, name, derived.model())
					require.Equal(t, int64(7), g.classes(v))
				} else if derived != nil {
					_, ok := compare(v, derived.tensors())
					require.False(t, ok, "%s is taken for a %s", name, g.name())
				}
			}
		}
	}
}

func TestVariantNamesAreUnique(t *testing.T) {
	seen := map[string]bool{Custom: true}
	for _, f := range families() {
		for _, name := range f.variants() {
			require.False(t, seen[name], name)
			seen[name] = true
		}
	}
}
