package safetensors

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

const damaged = "the file is damaged: write or download it again"

// scanner reads the JSON of a header. encoding/json would take what must not be
// taken (keys that come twice, halves of surrogate pairs) and would not say
// where a value stands.
type scanner struct {
	file   string
	base   int64 // of text in the file
	text   []byte
	at     int
	tensor string // being read, for messages
}

// wrong is the error for what stands at a position of the text.
func (s *scanner) wrong(at int, what, expected, found string) error {
	return &weights.Error{
		Kind: fault.BadInput, File: s.file, Offset: s.base + int64(at), Tensor: s.tensor,
		Problem: fmt.Sprintf("%s at byte %d", what, s.base+int64(at)), Expected: expected, Found: found, Next: damaged,
	}
}

// here is wrong for the next token.
func (s *scanner) here(what, expected string) error {
	const shown = 24
	found := "the end of it"
	if rest := s.text[s.at:]; len(rest) > shown {
		found = strconv.Quote(string(rest[:shown])) + "…"
	} else if len(rest) > 0 {
		found = strconv.Quote(string(rest))
	}
	return s.wrong(s.at, what, expected, found)
}

// peek skips white space and returns the byte behind it, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// accept skips c if it is next.
func (s *scanner) accept(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// end checks that nothing but white space is left.
func (s *scanner) end() error {
	if s.peek(); s.at < len(s.text) {
		return s.here("header", "nothing behind the last brace")
	}
	return nil
}

// object calls member at the value of each key. at is the key's position.
func (s *scanner) object(what string, member func(key string, at int) error) error {
	if !s.accept('{') {
		return s.here(what, `"{"`)
	}
	for first := true; !s.accept('}'); first = false {
		if !first && !s.accept(',') {
			return s.here(what, `"," or "}"`)
		}
		s.peek()
		at := s.at
		key, err := s.str(what)
		if err != nil {
			return err
		}
		if !s.accept(':') {
			return s.here(what, `":"`)
		}
		if err := member(key, at); err != nil {
			return err
		}
	}
	return nil
}

// numbers reads an array of at most limit whole numbers.
func (s *scanner) numbers(what string, limit int) ([]int64, error) {
	s.peek()
	at := s.at
	if !s.accept('[') {
		return nil, s.here(what, `"["`)
	}
	all := []int64{}
	for first := true; !s.accept(']'); first = false {
		if !first && !s.accept(',') {
			return nil, s.here(what, `"," or "]"`)
		}
		if len(all) == limit {
			return nil, s.wrong(at, what, fmt.Sprintf("at most %d numbers", limit), "more")
		}
		n, err := s.number(what)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// number reads a whole number that an int64 holds.
func (s *scanner) number(what string) (int64, error) {
	s.peek()
	var n int64
	i := s.at
	for ; i < len(s.text) && s.text[i] >= '0' && s.text[i] <= '9'; i++ {
		d := int64(s.text[i] - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, s.here(what, "a number that 63 bits hold")
		}
		n = 10*n + d
	}
	leading := i > s.at+1 && s.text[s.at] == '0'
	fraction := i < len(s.text) && (s.text[i] == '.' || s.text[i]|0x20 == 'e')
	if i == s.at || leading || fraction {
		return 0, s.here(what, "a whole number without a sign")
	}
	s.at = i
	return n, nil
}

// str reads a string.
func (s *scanner) str(what string) (string, error) {
	if s.peek() != '"' {
		return "", s.here(what, "a string")
	}
	var out []byte // nil as long as nothing was escaped
	start := s.at + 1
	for i := start; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			return string(append(out, s.text[start:i]...)), nil
		case c < ' ':
			return "", s.wrong(i, what, "control characters escaped", strconv.QuoteRune(rune(c)))
		case c == '\\':
			r, n := unescape(s.text[i:])
			if n == 0 {
				s.at = i
				return "", s.here(what, "an escaped character")
			}
			out = utf8.AppendRune(append(out, s.text[start:i]...), r)
			i += n - 1
			start = i + 1
		}
	}
	return "", s.here(what, "a string that ends")
}

// unescape returns the character that text, which begins with a backslash,
// escapes, and the length of that; 0 if there is none.
func unescape(text []byte) (rune, int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch text[1] {
	case '"', '\\', '/':
		return rune(text[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r, ok := unit(text)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	low, ok := unit(text[6:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

// unit returns the number of a \uXXXX that text begins with.
func unit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
