package pickle_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// hooks know the containers of Python's standard library, as far as the pickles
// of the tests need.
type hooks struct{ persistent []any }

func (*hooks) Call(g *pickle.Global, args []any) (any, bool, error) {
	switch g.Module + "." + g.Name {
	case "collections.OrderedDict":
		d := &pickle.Dict{}
		if len(args) == 1 {
			pairs, _ := args[0].(*pickle.List)
			for i := 0; pairs != nil && i < len(pairs.Items); i++ {
				if pair, ok := pairs.Items[i].(*pickle.List); ok && len(pair.Items) == 2 {
					d.Entries = append(d.Entries, pickle.Entry{Key: pair.Items[0], Value: pair.Items[1]})
				}
			}
		}
		return d, true, nil
	case "__builtin__.set", "__builtin__.frozenset", "builtins.set", "builtins.frozenset":
		if len(args) == 1 {
			return args[0], true, nil
		}
	}
	return nil, false, nil
}

func (h *hooks) Persistent(id any) (any, error) {
	h.persistent = append(h.persistent, id)
	if id == "bad" {
		return nil, errors.New("no such object")
	}
	return "object", nil
}

func load(content []byte) (any, *pickle.Machine, error) {
	m := pickle.New(bytes.NewReader(content), int64(len(content)), &hooks{}, &pickle.Budget{}, &pickle.Names{})
	v, err := m.Load()
	return v, m, err
}

// tagged writes a value as the generator does.
func tagged(v any) any {
	each := func(items []any) []any {
		all := []any{}
		for _, x := range items {
			all = append(all, tagged(x))
		}
		return all
	}
	switch v := v.(type) {
	case int64:
		return map[string]any{"int": strconv.FormatInt(v, 10)}
	case pickle.Long:
		return map[string]any{"long": hex.EncodeToString([]byte(v))}
	case float64:
		return map[string]any{"float": v}
	case pickle.Bytes:
		return map[string]any{"bytes": float64(v)}
	case *pickle.List:
		return each(v.Items)
	case *pickle.Tuple:
		return map[string]any{"tuple": each(v.Items)}
	case *pickle.Dict:
		rows := []any{}
		for _, e := range v.Entries {
			rows = append(rows, []any{tagged(e.Key), tagged(e.Value)})
		}
		return map[string]any{"dict": rows}
	}
	return v
}

// parseFloats turns Python's hexadecimal floats into numbers.
func parseFloats(t *testing.T, v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = parseFloats(t, v[i])
		}
	case map[string]any:
		for k := range v {
			if s, ok := v[k].(string); ok && k == "float" {
				x, err := strconv.ParseFloat(s, 64)
				require.NoError(t, err)
				v[k] = x
				continue
			}
			v[k] = parseFloats(t, v[k])
		}
	}
	return v
}

// TestPython holds what is loaded against what CPython loads.
func TestPython(t *testing.T) {
	b, err := os.ReadFile("testdata/pickles.json")
	require.NoError(t, err)
	var rows []struct {
		Name, Pickle string
		Value        any
	}
	require.NoError(t, json.Unmarshal(b, &rows))
	require.Greater(t, len(rows), 200)
	for _, r := range rows {
		content, err := hex.DecodeString(r.Pickle)
		require.NoError(t, err)
		v, m, err := load(content)
		require.NoError(t, err, r.Name)
		require.Equal(t, int64(len(content)), m.Offset(), r.Name)
		require.Equal(t, parseFloats(t, r.Value), tagged(v), r.Name)
	}
}

// TestInert: what is not known is remembered and never done.
func TestInert(t *testing.T) {
	v, _, err := load([]byte("\x80\x02cmodels.yolo\nDetect\n)\x81}X\x02\x00\x00\x00ncK\x50sb."))
	require.NoError(t, err)
	o := v.(*pickle.Object)
	require.Equal(t, "models.yolo.Detect", o.Class.String())
	nc, ok := o.State.(*pickle.Dict).Get("nc")
	require.True(t, ok)
	require.Equal(t, int64(80), nc)

	// A subclass of dict, and one of list; what a call returned is called again.
	v, _, err = load([]byte("\x80\x02cm\nD\n)\x81X\x01\x00\x00\x00aK\x01s."))
	require.NoError(t, err)
	require.Equal(t, []pickle.Entry{{Key: "a", Value: int64(1)}}, v.(*pickle.Object).Dict.Entries)
	v, _, err = load([]byte("\x80\x02cm\nL\n)\x81(K\x01K\x02e."))
	require.NoError(t, err)
	require.Equal(t, []any{int64(1), int64(2)}, v.(*pickle.Object).List.Items)
	v, _, err = load([]byte("\x80\x02cfunctools\npartial\ncm\nf\n\x85RK\x07\x85R."))
	require.NoError(t, err)
	require.Equal(t, []any{int64(7)}, v.(*pickle.Object).Args.Items)
}

// TestLongLists: millions of numbers are no reason to refuse a file, nor to keep
// them.
func TestLongLists(t *testing.T) {
	p := []byte("\x80\x02](")
	for range 2_000 {
		p = append(append(p, bytes.Repeat([]byte("G\x3f\xf0\x00\x00\x00\x00\x00\x00"), 1000)...), "e("...)
	}
	v, _, err := load(append(p, "X\x01\x00\x00\x00ae."...))
	require.NoError(t, err)
	items := v.(*pickle.List).Items
	require.Less(t, len(items), 70_000)
	require.Equal(t, "a", items[len(items)-1])
}

// TestSequence: pickles lie one behind the other, with bytes between them.
func TestSequence(t *testing.T) {
	content := []byte("K\x01.\x02\x00\x00\x00\x00\x00\x00\x00")
	content = append(append(content, make([]byte, 100_000)...), "K\x02."...)
	h := &hooks{}
	m := pickle.New(bytes.NewReader(content), int64(len(content)), h, &pickle.Budget{}, &pickle.Names{})
	v, err := m.Load()
	require.NoError(t, err)
	require.Equal(t, int64(1), v)
	b, err := m.Take(8)
	require.NoError(t, err)
	require.Equal(t, byte(2), b[0])
	require.NoError(t, m.Skip(100_000))
	v, err = m.Load()
	require.NoError(t, err)
	require.Equal(t, int64(2), v)
	require.Error(t, m.Skip(1))
	_, err = m.Take(1)
	require.Error(t, err)
}

func TestHookErrors(t *testing.T) {
	_, _, err := load([]byte("Pbad\n."))
	require.EqualError(t, err, "no such object")
}

func FuzzLoad(f *testing.F) {
	b, err := os.ReadFile("testdata/pickles.json")
	require.NoError(f, err)
	var rows []struct{ Pickle string }
	require.NoError(f, json.Unmarshal(b, &rows))
	for _, r := range rows {
		content, err := hex.DecodeString(r.Pickle)
		require.NoError(f, err)
		if len(content) < 400 {
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		_, m, err := load(content)
		require.LessOrEqual(t, m.Offset(), int64(len(content)))
		var e *pickle.Error
		if err != nil && !errors.As(err, &e) {
			require.EqualError(t, err, "no such object")
		}
	})
}
