#include "convert.h"

namespace tb {

using nvinfer1::DataType;

namespace {

constexpr Choice<DataType> data_types[] = {
	{TB_FLOAT32, DataType::kFLOAT}, {TB_FLOAT16, DataType::kHALF}, {TB_BFLOAT16, DataType::kBF16},
	{TB_INT8, DataType::kINT8},     {TB_UINT8, DataType::kUINT8},  {TB_INT32, DataType::kINT32},
	{TB_INT64, DataType::kINT64},   {TB_BOOL, DataType::kBOOL},    {TB_FLOAT8, DataType::kFP8},
	{TB_INT4, DataType::kINT4},
#if TB_HEADERS_SINCE(100800, 10000)
	{TB_FLOAT4, DataType::kFP4},
#endif
#if TB_HEADERS_SINCE(101200, 10300)
	{TB_FLOAT8_SCALE, DataType::kE8M0},
#endif
};

} // namespace

DataType data_type(int32_t dtype) { return choose(data_types, dtype, "element type"); }

int32_t dtype_of(DataType type) {
	for (const auto &c : data_types) {
		if (c.theirs == type) {
			return c.ours;
		}
	}
	fail(TB_ERR_UNSUPPORTED, "TensorRT gave a tensor an element type that has no name here");
}

nvinfer1::Dims dims_of(const tb_dims &dims, const char *what) {
	if (dims.rank < 0 || dims.rank > TB_MAX_DIMS) {
		fail(TB_ERR_ARGUMENT, std::string(what) + " has rank " + std::to_string(dims.rank) + ", expected 0 to " +
		                          std::to_string(TB_MAX_DIMS));
	}
	nvinfer1::Dims out{};
	out.nbDims = dims.rank;
	for (int32_t i = 0; i < dims.rank; i++) {
		out.d[i] = dims.d[i];
	}
	return out;
}

tb_dims dims_of(const nvinfer1::Dims &dims) {
	tb_dims out{};
	out.rank = dims.nbDims;
	for (int32_t i = 0; i < dims.nbDims; i++) {
		out.d[i] = dims.d[i];
	}
	return out;
}

nvinfer1::Dims spatial(const tb_dims &dims, int32_t rank, int64_t fallback, const char *what) {
	if (dims.rank == rank) {
		return dims_of(dims, what);
	}
	if (dims.rank != 0) {
		fail(TB_ERR_ARGUMENT, std::string(what) + " has " + std::to_string(dims.rank) + " entries, expected " +
		                          std::to_string(rank));
	}
	nvinfer1::Dims out{};
	out.nbDims = rank;
	for (int32_t i = 0; i < rank; i++) {
		out.d[i] = fallback;
	}
	return out;
}

nvinfer1::Weights weights_of(const tb_weights &w, const char *what) {
	if (w.count < 0 || (w.count > 0) != (w.values != nullptr)) {
		fail(TB_ERR_ARGUMENT, std::string(what) + " has count " + std::to_string(w.count) + " and values " +
		                          (w.values == nullptr ? "null" : "not null"));
	}
	return {w.dtype == 0 && w.count == 0 ? DataType::kFLOAT : data_type(w.dtype), w.values, w.count};
}

bool present(const tb_weights &w) { return w.count != 0; }

std::string text(const nvinfer1::Dims &dims) {
	std::string out = "[";
	for (int32_t i = 0; i < dims.nbDims; i++) {
		out += (i == 0 ? "" : ",") + std::to_string(dims.d[i]);
	}
	return out + "]";
}

bool same(const nvinfer1::Dims &a, const nvinfer1::Dims &b) {
	if (a.nbDims != b.nbDims) {
		return false;
	}
	for (int32_t i = 0; i < a.nbDims; i++) {
		if (a.d[i] != b.d[i]) {
			return false;
		}
	}
	return true;
}

} // namespace tb
