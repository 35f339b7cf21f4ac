package pickle

import "slices"

// container carries out the opcodes of lists, tuples, sets and dicts.
func (m *Machine) container(op byte) error {
	switch op {
	case opEmptyList, opEmptySet:
		return m.fresh(&List{})
	case opEmptyDict:
		return m.fresh(&Dict{})
	case opEmptyTuple:
		return m.fresh(&Tuple{})
	case opTuple1, opTuple2, opTuple3:
		n := int(op-opTuple1) + 1
		if len(m.stack)-n < m.floor() {
			return wrong("makes a tuple of %d from %d values", n, len(m.stack)-m.floor())
		}
		items := m.stack[len(m.stack)-n:]
		m.stack = m.stack[:len(m.stack)-n]
		return m.tuple(items)
	case opTuple, opList, opFrozenSet, opDict, opAppends, opAddItems, opSetItems:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		return m.fromMark(op, items)
	case opAppend:
		v, err := m.pop()
		if err != nil {
			return err
		}
		return m.extend([]any{v})
	case opSetItem:
		v, err := m.pop()
		if err != nil {
			return err
		}
		k, err := m.pop()
		if err != nil {
			return err
		}
		return m.set([]any{k, v})
	}
	return wrong("has the byte 0x%02x where an opcode belongs", op)
}

func (m *Machine) fromMark(op byte, items []any) error {
	switch op {
	case opTuple:
		return m.tuple(items)
	case opList, opFrozenSet:
		// The items lie where the list goes: take them first.
		own, err := m.own(items)
		if err != nil {
			return err
		}
		return m.fresh(&List{Items: own})
	case opDict:
		d := &Dict{}
		if err := m.entries(d, items); err != nil {
			return err
		}
		return m.fresh(d)
	case opSetItems:
		return m.set(items)
	}
	return m.extend(items)
}

// own copies values off the stack.
func (m *Machine) own(items []any) ([]any, error) {
	if err := m.charge(int64(len(items)) * valueSize); err != nil {
		return nil, err
	}
	return slices.Clone(items), nil
}

func (m *Machine) fresh(container any) error {
	if err := m.charge(headSize); err != nil {
		return err
	}
	return m.push(container)
}

func (m *Machine) tuple(items []any) error {
	own, err := m.own(items)
	if err != nil {
		return err
	}
	return m.fresh(&Tuple{Items: own})
}

// maxScalars is how many numbers of one list are kept: the history of a training
// may have millions, and nobody looks them up here.
const maxScalars = 1 << 16

// extend appends to the list on top of the stack.
func (m *Machine) extend(items []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	var l *List
	switch v := v.(type) {
	case *List:
		l = v
	case *Object:
		l = &v.List
	default:
		return wrong("appends to what is no list")
	}
	if len(l.Items) >= maxScalars {
		items = slices.DeleteFunc(items, isScalar)
	}
	if l.Items, err = grow(m.src.budget, l.Items, len(items), valueSize); err == nil {
		l.Items = append(l.Items, items...)
	}
	return err
}

func isScalar(v any) bool {
	switch v.(type) {
	case nil, bool, int64, float64:
		return true
	}
	return false
}

// set sets items of the dict on top of the stack.
func (m *Machine) set(items []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case *Dict:
		return m.entries(v, items)
	case *Object:
		return m.entries(&v.Dict, items)
	}
	return wrong("sets items of what is no dict")
}

// entries adds keys and values that alternate.
func (m *Machine) entries(d *Dict, items []any) (err error) {
	if len(items)%2 != 0 {
		return wrong("sets a key without a value")
	}
	if d.Entries, err = grow(m.src.budget, d.Entries, len(items)/2, entrySize); err != nil {
		return err
	}
	for i := 0; i < len(items); i += 2 {
		d.Entries = append(d.Entries, Entry{items[i], items[i+1]})
	}
	return nil
}
