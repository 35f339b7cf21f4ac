// convert.h: our vocabulary in TensorRT's terms and back. Only this and the
// layers name TensorRT's constants, and never by number: numbers differ between
// its majors.
#pragma once

#include "errors.h"
#include "families.h"

#include <NvInfer.h>

namespace tb {

nvinfer1::DataType data_type(int32_t dtype);
int32_t dtype_of(nvinfer1::DataType type);

nvinfer1::Dims dims_of(const tb_dims &dims, const char *what);
tb_dims dims_of(const nvinfer1::Dims &dims);

// spatial gives a field with one entry per spatial dimension; fallback stands for
// a field of rank 0.
nvinfer1::Dims spatial(const tb_dims &dims, int32_t rank, int64_t fallback, const char *what);

nvinfer1::Weights weights_of(const tb_weights &w, const char *what);
bool present(const tb_weights &w);

std::string text(const nvinfer1::Dims &dims);
bool same(const nvinfer1::Dims &a, const nvinfer1::Dims &b);
template <class T> bool same(const T &a, const T &b) { return a == b; }

// Choice pairs one of our constants with TensorRT's.
template <class T> struct Choice {
	int32_t ours;
	T theirs;
};

template <class T, size_t N> T choose(const Choice<T> (&choices)[N], int32_t ours, const char *what) {
	for (const auto &c : choices) {
		if (c.ours == ours) {
			return c.theirs;
		}
	}
	fail(TB_ERR_ARGUMENT, std::string("unknown ") + what + " " + std::to_string(ours));
}

} // namespace tb
