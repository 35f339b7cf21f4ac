package input

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSniffTakesShortFiles tries every prefix of the magics, which must be told
// apart without reading beyond them.
func TestSniffTakesShortFiles(t *testing.T) {
	for _, head := range []string{"PK\x03\x04data.pkl", "\x80\x02", "\x08\x08\x12", "\x00\x00\x00\x00\x02\x00\x00\x00", "{", "12345", "\xef\xbb\xbf1\n"} {
		for n := range len(head) + 1 {
			f := sniff([]byte(head[:n]), int64(n))
			require.NotEmpty(t, f.String())
			require.Equal(t, n == 0 || head[:n] == "\xef\xbb\xbf", f == Empty, "%q", head[:n])
		}
	}
}

func TestEveryFormatSaysWhatToDo(t *testing.T) {
	for f := Unknown; f <= Text; f++ {
		require.NotEmpty(t, f.String())
		if f != WTS {
			require.ErrorContains(t, f.Refuse("a.wts", "a weight file"), "; ")
		}
	}
}

// TestSniffSafeTensorsOfAnyLength: the file begins with its header's length, whose
// bytes may be the magic of something else.
func TestSniffSafeTensorsOfAnyLength(t *testing.T) {
	for _, header := range []string{"{}", "\n {}"} {
		for n := range 1 << 16 {
			size := 8 + n
			head := append(binary.LittleEndian.AppendUint64(nil, uint64(n)), header...)
			head = append(head, make([]byte, max(0, n-len(header)))...)
			if n >= len(header) {
				require.Equal(t, SafeTensors, sniff(head[:min(len(head), 300)], int64(size)), n)
			}
		}
	}
	require.NotEqual(t, SafeTensors, sniff([]byte("\x02\x00\x00\x00\x00\x00\x00\x01{}"), 10))
}
