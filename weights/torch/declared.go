package torch

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/torch/internal/pickle"
)

// declarations are what the code of a TorchScript archive says of its classes:
// which attributes are parameters, and which are buffers.
type declarations map[string]map[string]weights.Role

// role returns the role of an attribute, and false if it has none. Of classes
// without code it is guessed.
func (d declarations) role(class *pickle.Global, attribute string) (weights.Role, bool) {
	attributes, ok := d[class.String()]
	if !ok {
		return weights.RoleByName(attribute), true
	}
	role, ok := attributes[attribute]
	return role, ok
}

// maxCode bounds a file of code, and maxLine a line that declares something.
const (
	maxCode = 64 << 20
	maxLine = 1 << 20
)

// declarations reads the files of code that have the classes of the pickle.
func (l *loader) declarations() (declarations, error) {
	wanted := map[string]string{} // from file to module
	for _, g := range l.names.All() {
		if strings.HasPrefix(g.Module, "__torch__") {
			wanted[l.prefix+"code/"+strings.ReplaceAll(g.Module, ".", "/")+".py"] = g.Module
		}
	}
	var files []member
	err := l.dir.each(func(name []byte, m member) error {
		if wanted[string(name)] != "" && len(files) < len(wanted) {
			m.name = string(name)
			files = append(files, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := declarations{}
	for _, m := range files {
		if err := l.dir.locate(&m); err != nil {
			return nil, err
		}
		if err := l.declared(all, &m, wanted[m.name]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// declared reads one file, whose classes begin as in
//
//	class Conv2d(Module):
//	  __parameters__ = ["weight", "bias", ]
//	  __buffers__ = []
func (l *loader) declared(all declarations, m *member, module string) error {
	if m.length > maxCode {
		return broken(m.name, m.start, "has %d bytes, expected at most %d", m.length, maxCode)
	}
	code := l.content(m)
	lines := bufio.NewReaderSize(code, int(min(maxLine, m.length+1)))
	class := ""
	for {
		line, long, err := lines.ReadLine()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return broken(m.name, m.start, "cannot be read: %v", err)
		}
		if class, err = l.declare(all, class, module, string(line), long); err != nil {
			return err
		}
		for long && err == nil {
			_, long, err = lines.ReadLine()
		}
	}
	if code.sum.Sum32() != m.crc {
		return broken(m.name, m.start, "%v", errChecksum)
	}
	return nil
}

// declare takes over what a line says, and returns the class that the next line
// is part of.
func (l *loader) declare(all declarations, class, module, line string, long bool) (string, error) {
	if rest, ok := strings.CutPrefix(line, "class "); ok {
		name, _, _ := strings.Cut(rest, "(")
		class = module + "." + name
		if err := l.budget.Charge(int64(len(class)) + recordSize); err != nil {
			return "", l.unfit(err)
		}
		all[class] = map[string]weights.Role{}
		return class, nil
	}
	for prefix, role := range map[string]weights.Role{"  __parameters__ = [": weights.Parameter, "  __buffers__ = [": weights.Buffer} {
		list, ok := strings.CutPrefix(line, prefix)
		if !ok || class == "" {
			continue
		}
		if long {
			return "", l.malformed("the class %s, whose tensors take a line of more than %d bytes", class, maxLine)
		}
		if err := l.budget.Charge(8 * int64(len(list))); err != nil {
			return "", l.unfit(err)
		}
		for i, part := range strings.Split(list, `"`) {
			if i%2 == 1 {
				all[class][part] = role
			}
		}
	}
	return class, nil
}
