package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const header = `
namespace apiv {
class VRoot { public: virtual ~VRoot() noexcept = default; };
//! virtual void commented() = 0;
class VThing : public VRoot
{
public:
    virtual void setStride(Dims const& stride) noexcept = 0;
    virtual Dims getStride() const noexcept = 0;
    virtual void setName(char const* name) noexcept = 0;
    virtual char const* getName() const noexcept = 0;
    TRT_NODISCARD virtual bool setIndex(int32_t index) noexcept = 0;
    virtual ITensor* add(
        ITensor& a, Dims const& b) noexcept
        = 0;
#if SOMETIMES
    virtual void setUnnamed(Flags) noexcept = 0;
    virtual Flags getUnnamed() const noexcept = 0;
#endif // SOMETIMES
};
}
class IPluginRegistry;
class IPluginRegistry
{
protected:
    virtual ~IPluginRegistry() noexcept = 0;
public:
    using Handle = void*;
    virtual Handle load(char const* path) noexcept = 0;
};
`

func TestStubsKeepPropertiesAndRefuseTheRest(t *testing.T) {
	classes, err := parse(header)
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, write(&out, classes))
	require.Equal(t, `#pragma once
namespace nvinfer1 {
namespace fakenv {
class VThingStub : public apiv::VThing {
public:
	void setStride(Dims const& stride) noexcept override { store("VThing::setStride", propertyStride_, stride); }
	Dims getStride() const noexcept override { return propertyStride_; }
	void setName(char const* name) noexcept override { missing("VThing::setName"); }
	char const* getName() const noexcept override { missing("VThing::getName"); }
	bool setIndex(int32_t index) noexcept override { missing("VThing::setIndex"); }
	ITensor* add( ITensor& a, Dims const& b) noexcept override { missing("VThing::add"); }
#if SOMETIMES
	void setUnnamed(Flags) noexcept override { missing("VThing::setUnnamed"); }
	Flags getUnnamed() const noexcept override { missing("VThing::getUnnamed"); }
#endif
protected:
	Dims propertyStride_{};
#if SOMETIMES
#endif
};
class IPluginRegistryStub : public IPluginRegistry {
public:
	Handle load(char const* path) noexcept override { missing("IPluginRegistry::load"); }
protected:
};
}
}
`, out.String())
}

func TestHeaderThatCannotBeRead(t *testing.T) {
	_, err := parse("class Other {};")
	require.ErrorContains(t, err, "no class of a virtual table")
	_, err = parse("class VThing : public VRoot\n{\n    virtual int x;\n};")
	require.ErrorContains(t, err, "read 0 of 1")
	require.ErrorContains(t, run([]string{"/nowhere.h"}, nil), "/nowhere.h")
	require.ErrorContains(t, run(nil, nil), "usage")
}
