package spelling_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/spelling"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		limit int
		want  int
	}{
		{"", "", 3, 0},
		{"", "abc", 3, 3},
		{"kitten", "sitting", 9, 3},
		{"flaw", "lawn", 9, 2},
		{"resnet-50.wts", "resnet50.wts", 9, 1},
		{"sunday", "saturday", 9, 3},
		{"weight", "wieght", 9, 2},
		{"kitten", "sitting", 2, 3}, // more than the limit is the limit plus one
		{"a", "abcdefgh", 2, 3},
		{"same", "same", 0, 0},
	} {
		require.Equal(t, c.want, spelling.Distance(c.a, c.b, c.limit), "%q to %q", c.a, c.b)
		require.Equal(t, c.want, spelling.Distance(c.b, c.a, c.limit), "%q to %q", c.b, c.a)
	}
}
