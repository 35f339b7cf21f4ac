package pickle

import "strings"

// Names are the globals that pickles name, each once.
type Names struct {
	all  map[string]*Global
	list []*Global // in the order of their first appearance
}

// All returns the globals in the order of their first appearance.
func (n *Names) All() []*Global { return n.list }

// global returns the one Global of a name.
func (n *Names) global(b *Budget, module, name string) (*Global, error) {
	key := module + "." + name
	if g := n.all[key]; g != nil && g.Module == module {
		return g, nil
	}
	if err := b.Charge(int64(2*len(key)) + 8*valueSize); err != nil {
		return nil, err
	}
	if n.all == nil {
		n.all = map[string]*Global{}
	}
	g := &Global{Module: strings.Clone(module), Name: strings.Clone(name)}
	n.all[key] = g
	n.list = append(n.list, g)
	return g, nil
}
