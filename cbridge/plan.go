//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

import "unsafe"

// Plan is a finished engine.
type Plan struct {
	api *API
	c   *C.tb_plan
}

// Build builds the engine and blocks until it is done. It reads the weights. It
// may be repeated.
func (n *Network) Build(c *Config) (*Plan, error) {
	p := &Plan{api: n.api}
	err := n.api.failed(C.tb_build(n.api.c, n.c, c.c, &p.c))
	for _, panicked := range []error{n.builder.log.err(), c.progress.err()} {
		if panicked != nil {
			err = panicked
		}
	}
	if err != nil {
		p.Free()
		return nil, err
	}
	return p, nil
}

// Bytes returns the engine; valid until Free.
func (p *Plan) Bytes() []byte {
	var data unsafe.Pointer
	var size C.size_t
	C.tb_plan_bytes(p.api.c, p.c, &data, &size)
	return unsafe.Slice((*byte)(data), int(size))
}

// Free releases the plan's memory.
func (p *Plan) Free() {
	if p != nil {
		C.tb_plan_free(p.api.c, p.c)
		p.c = nil
	}
}
