package safetensors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// index is what a model.safetensors.index.json says.
type index struct {
	names    []string
	shards   map[string]string // by tensor name
	metadata map[string]any
}

// OpenIndex reads the index at path and the headers of the shards it names, which
// are beside it. Names are in the order of the shards' file names, then of their
// headers. The index and the shards must name the same tensors. Metadata are those
// of the index, then of the shards. Errors are *weights.Error.
func OpenIndex(path string) (*File, error) {
	in, err := readIndex(path)
	if err != nil {
		return nil, err
	}
	f := &File{name: path, tensors: map[string]*weights.Tensor{}, metadata: map[string]any{}}
	if err := f.openShards(in); err != nil {
		f.Close()
		return nil, err
	}
	maps.Copy(f.metadata, in.metadata)
	f.checkTotal()
	f.format = fmt.Sprintf("safetensors in %d shards", len(f.closers))
	return f, nil
}

func readIndex(path string) (*index, error) {
	r, size, err := input.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > maxHeader {
		return nil, &weights.Error{
			Kind: fault.BadInput, File: path, Expected: fmt.Sprintf("an index of at most %d bytes", maxHeader), Found: fmt.Sprint(size),
			Next: "name the index of a sharded safetensors file, or the file itself",
		}
	}
	text := make([]byte, size)
	if err := (&File{name: path, source: raw.Source{R: r}}).readAt(text, 0); err != nil {
		return nil, err
	}
	if format, err := input.Sniff(r, size); err == nil && format != input.SafeTensorsIndex {
		if s := (scanner{text: text}); s.peek() != '{' {
			return nil, format.Refuse(path, input.SafeTensorsIndex.String())
		}
	}
	return parseIndex(path, text)
}

func parseIndex(path string, text []byte) (*index, error) {
	s := &scanner{file: path, text: text}
	if at := invalid(text); at >= 0 {
		return nil, s.wrong(at, "index", "UTF-8", fmt.Sprintf("%q", text[at:at+1]))
	}
	in := &index{}
	err := s.object("index", func(key string, at int) error {
		switch key {
		case "weight_map":
			if in.shards != nil {
				return s.wrong(at, "index", "weight_map once", "it a second time")
			}
			return in.readMap(s)
		case "metadata":
			if in.metadata != nil {
				return s.wrong(at, "index", "metadata once", "it a second time")
			}
			return s.value("metadata", &in.metadata)
		}
		return s.value(key, new(any))
	})
	if err == nil {
		err = s.end()
	}
	if err == nil && len(in.shards) == 0 {
		err = s.wrong(0, "index", "a weight_map that names tensors", "none")
	}
	return in, err
}

// readMap reads which tensor is in which shard.
func (in *index) readMap(s *scanner) error {
	in.shards = map[string]string{}
	return s.object("weight_map", func(name string, at int) error {
		s.tensor = name
		if _, twice := in.shards[name]; twice {
			return s.wrong(at, "weight_map", "each tensor once", "it a second time")
		}
		s.peek()
		at = s.at
		shard, err := s.str("weight_map")
		if err != nil {
			return err
		}
		// Elsewhere than beside the index is no place of a shard: what the index
		// says must not choose which files of the machine are read.
		if shard == "" || shard == "." || shard == ".." || strings.ContainsAny(shard, "/\\:\x00") {
			return s.wrong(at, "weight_map", "the name of a file beside the index", fmt.Sprintf("%q", shard))
		}
		in.names = append(in.names, name)
		in.shards[name] = shard
		s.tensor = ""
		return nil
	})
}

// value reads any JSON.
func (s *scanner) value(what string, v any) error {
	s.peek()
	d := json.NewDecoder(bytes.NewReader(s.text[s.at:]))
	if err := d.Decode(v); err != nil {
		return s.wrong(s.at, what, "JSON that can be read", err.Error())
	}
	s.at += int(d.InputOffset())
	return nil
}

// openShards opens each shard and takes its tensors.
func (f *File) openShards(in *index) error {
	dir, base := filepath.Split(f.name)
	const next = "take the index and all shards of the same download"
	for _, shard := range slices.Compact(slices.Sorted(maps.Values(in.shards))) {
		path := filepath.Join(dir, shard)
		g, err := Open(path)
		if err != nil {
			return err
		}
		f.closers = append(f.closers, g)
		for _, name := range g.names {
			if in.shards[name] != shard {
				found := "not at all"
				if other, ok := in.shards[name]; ok {
					found = "in " + other
				}
				return &weights.Error{Kind: fault.BadInput, File: path, Tensor: name, Expected: "it in " + base + " as in this shard", Found: found, Next: next}
			}
			f.names = append(f.names, name)
			f.tensors[name] = g.tensors[name]
		}
		for key, v := range g.metadata {
			if _, ok := f.metadata[key]; !ok {
				f.metadata[key] = v
			}
		}
	}
	for _, name := range in.names {
		if f.tensors[name] == nil {
			return &weights.Error{Kind: fault.BadInput, File: f.name, Tensor: name, Expected: "it in " + in.shards[name], Found: "it missing there", Next: next}
		}
	}
	return nil
}

// checkTotal compares the size that an index states with what there is. It says
// nothing else, and would be wrong of any copy.
func (f *File) checkTotal() {
	stated, ok := f.metadata["total_size"].(float64)
	delete(f.metadata, "total_size")
	if !ok {
		return
	}
	total := int64(0)
	for _, t := range f.tensors {
		total += t.Count * int64(t.Type.Size())
	}
	if stated != float64(total) {
		f.warnings = append(f.warnings, fmt.Sprintf("the index states a total_size of %.0f bytes, the tensors have %d", stated, total))
	}
}
