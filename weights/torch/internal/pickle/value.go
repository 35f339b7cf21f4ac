package pickle

// A value of a pickle is nil, bool, int64, float64, string, Long, Bytes, or one
// of the pointers below. Identity is kept: what a pickle refers to twice is one
// pointer.
type (
	// Global is a class or function by name. It is never looked up.
	Global struct{ Module, Name string }
	// List is a list, set or frozenset.
	List struct{ Items []any }
	// Tuple is a tuple.
	Tuple struct{ Items []any }
	// Dict is a mapping in the order of its first insertions; keys may repeat.
	Dict struct{ Entries []Entry }
	// Entry is a key and its value.
	Entry struct{ Key, Value any }
	// Object is an instance of a class that is not known, or what a function
	// that is not known would return.
	Object struct {
		Class *Global
		Args  *Tuple // of the call; nil if there was none
		State any    // what __setstate__ would be given
		Dict  Dict   // items set on a subclass of dict
		List  List   // items appended to a subclass of list
	}
	// Long is an integer beyond int64: its two's complement, little-endian.
	Long string
	// Bytes stands for a byte string of this length, whose content is not kept.
	Bytes int64
)

// String returns the qualified name.
func (g *Global) String() string { return g.Module + "." + g.Name }

// Get returns the last value of a key.
func (d *Dict) Get(key string) (any, bool) {
	for i := len(d.Entries) - 1; i >= 0; i-- {
		if k, ok := d.Entries[i].Key.(string); ok && k == key {
			return d.Entries[i].Value, true
		}
	}
	return nil, false
}
