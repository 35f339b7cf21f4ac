package pickle

import "slices"

// object carries out the opcodes that name, call, build or refer.
func (m *Machine) object(op byte) error {
	switch op {
	case opGlobal, opInst:
		module, err := m.src.line()
		if err != nil {
			return within(err)
		}
		name, err := m.src.line()
		if err != nil {
			return within(err)
		}
		g, err := m.names.global(m.src.budget, module, name)
		if err != nil {
			return err
		}
		if op == opGlobal {
			return m.push(g)
		}
		items, err := m.popMark()
		if err != nil {
			return err
		}
		return m.instantiate(g, items)
	case opStackGlobal:
		name, err := m.popString()
		if err != nil {
			return err
		}
		module, err := m.popString()
		if err != nil {
			return err
		}
		if err := m.charge(int64(len(module) + len(name))); err != nil {
			return err
		}
		g, err := m.names.global(m.src.budget, module, name)
		if err != nil {
			return err
		}
		return m.push(g)
	case opObj:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return wrong("makes an object of no class")
		}
		return m.instantiate(items[0], items[1:])
	case opPersID:
		id, err := m.src.line()
		if err != nil {
			return within(err)
		}
		return m.persistent(id)
	case opBinPersID:
		id, err := m.pop()
		if err != nil {
			return err
		}
		return m.persistent(id)
	case opBuild:
		return m.build()
	}
	return m.call(op)
}

func (m *Machine) popString() (string, error) {
	v, err := m.pop()
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", wrong("names a global by what is no string")
	}
	return s, nil
}

func (m *Machine) persistent(id any) error {
	v, err := m.hooks.Persistent(id)
	if err != nil {
		return err
	}
	return m.push(v)
}

// call carries out REDUCE, NEWOBJ and NEWOBJ_EX.
func (m *Machine) call(op byte) error {
	if op == opNewObjEx {
		if _, err := m.pop(); err != nil { // keyword arguments
			return err
		}
	}
	v, err := m.pop()
	if err != nil {
		return err
	}
	args, ok := v.(*Tuple)
	if !ok {
		return wrong("calls with arguments that are no tuple")
	}
	callee, err := m.pop()
	if err != nil {
		return err
	}
	return m.apply(callee, args)
}

// instantiate carries out INST and OBJ.
func (m *Machine) instantiate(class any, items []any) error {
	own, err := m.own(items)
	if err != nil {
		return err
	}
	return m.apply(class, &Tuple{Items: own})
}

func (m *Machine) apply(callee any, args *Tuple) error {
	g, ok := callee.(*Global)
	if !ok {
		// What an unknown call made may be called in its turn.
		if o, ok := callee.(*Object); ok {
			return m.pushObject(&Object{Class: o.Class, Args: args})
		}
		return wrong("calls what is no function")
	}
	if harmful(g) && !m.Lenient {
		return problem{text: "calls " + clip(g.Module) + "." + clip(g.Name), harmful: true}
	}
	made, known, err := m.hooks.Call(g, args.Items)
	if err != nil {
		return err
	}
	if !known {
		return m.pushObject(&Object{Class: g, Args: args})
	}
	return m.push(made)
}

func (m *Machine) pushObject(o *Object) error {
	const size = 96
	if err := m.charge(size); err != nil {
		return err
	}
	return m.push(o)
}

// build carries out BUILD: what is known has no state that matters here.
func (m *Machine) build() error {
	state, err := m.pop()
	if err != nil {
		return err
	}
	v, err := m.top()
	if err != nil {
		return err
	}
	if o, ok := v.(*Object); ok {
		o.State = state
	}
	return nil
}

// harmful reports whether a function is one that only an attacker has called:
// it runs programs, loads code or touches files.
func harmful(g *Global) bool {
	switch g.Module {
	case "os", "posix", "nt", "subprocess", "pty", "runpy", "importlib", "socket", "shutil", "ctypes", "webbrowser", "sys":
		return true
	case "builtins", "__builtin__", "__builtins__":
		return slices.Contains([]string{"eval", "exec", "execfile", "compile", "open", "file", "__import__", "input", "breakpoint", "apply"}, g.Name)
	}
	return false
}
