//go:build tensorrt && cgo

package cbridge

/*
#include "bridge.h"

int32_t trtbridge_progress(uintptr_t data, int32_t event, tb_string phase, tb_string parent, int32_t step, int32_t steps);
*/
import "C"

import "unsafe"

// Config is the settings of one build.
type Config struct {
	api      *API
	c        *C.tb_config
	progress *callback[ProgressFunc]
}

// NewConfig makes a config with TensorRT's defaults.
func (b *Builder) NewConfig() (*Config, error) {
	c := &Config{api: b.api}
	if err := b.api.failed(C.tb_config_create(b.api.c, b.c, &c.c)); err != nil {
		return nil, err
	}
	return c, nil
}

// SetWorkspace limits scratch memory, in bytes.
func (c *Config) SetWorkspace(bytes int64) error {
	return c.api.failed(C.tb_config_set_workspace(c.api.c, c.c, C.int64_t(bytes)))
}

// SetTF32 says whether float32 layers may round to TF32.
func (c *Config) SetTF32(on bool) error {
	return c.api.failed(C.tb_config_set_tf32(c.api.c, c.c, flag(on)))
}

// SetComputeCapabilities names the GPUs the engine is for, as 86 for 8.6.
func (c *Config) SetComputeCapabilities(list []int) error {
	ccs := make([]C.int32_t, len(list))
	for i, cc := range list {
		ccs[i] = C.int32_t(cc)
	}
	return c.api.failed(C.tb_config_set_compute_capabilities(c.api.c, c.c, unsafe.SliceData(ccs), C.size_t(len(ccs))))
}

// SetProgress says who is told of progress and may cancel the build. It is
// called once.
func (c *Config) SetProgress(f ProgressFunc) error {
	c.progress = newCallback(f)
	return c.api.failed(C.tb_config_set_progress(c.api.c, c.c,
		C.tb_progress_fn(C.trtbridge_progress), C.uintptr_t(c.progress.handle)))
}

// AddProfile adds a profile, which must be complete.
func (c *Config) AddProfile(p *Profile) error {
	return c.api.failed(C.tb_config_add_profile(c.api.c, c.c, p.c))
}

// Cancel ends builds with this config, running or still to come, at TensorRT's
// next step. It may be called from any goroutine before Free.
func (c *Config) Cancel() { C.tb_config_cancel(c.api.c, c.c) }

// Free releases the config.
func (c *Config) Free() {
	if c != nil && c.c != nil {
		C.tb_config_free(c.api.c, c.c)
		c.progress.free()
		c.c = nil
	}
}

// Profile is the ranges of the dynamic inputs.
type Profile struct {
	api *API
	c   *C.tb_profile
}

// NewProfile makes an empty profile.
func (b *Builder) NewProfile() (*Profile, error) {
	p := &Profile{api: b.api}
	if err := b.api.failed(C.tb_profile_create(b.api.c, b.c, &p.c)); err != nil {
		return nil, err
	}
	return p, nil
}

// Set gives the range of one input.
func (p *Profile) Set(input string, smallest, usual, largest []int64) error {
	name, n := chars(input)
	lo, opt, hi := dims(smallest), dims(usual), dims(largest)
	return p.api.failed(C.tb_profile_set(p.api.c, p.c, name, n, &lo, &opt, &hi))
}

// Free releases the profile.
func (p *Profile) Free() {
	if p != nil {
		C.tb_profile_free(p.api.c, p.c)
		p.c = nil
	}
}

func flag(on bool) C.int32_t {
	if on {
		return 1
	}
	return 0
}
