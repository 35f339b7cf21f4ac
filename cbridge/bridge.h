/* bridge.h: the C ABI between this project and TensorRT.
 *
 * A shim (libtrtbridge_FAMILY.so) exports one function, trtbridge_api, that
 * returns a table of functions, tb_api. The shim links no TensorRT: it is given
 * a library's path, opens it, checks its version, and from then on every call
 * goes through the table. Nothing here needs an NVIDIA header, and no number
 * that is TensorRT's own crosses: all enumerations are ours.
 *
 * The calling rules, which hold for every function unless its text differs:
 *
 *  - A function that can fail returns an owned tb_error*, null when it did what
 *    was asked. Read it with error_describe, release it with error_free. Nothing is
 *    kept in thread-local state. No C++ exception crosses.
 *  - Out parameters are written only on success.
 *  - A handle belongs to the caller and is released by its own _free function,
 *    which accepts null. Handles keep what they depend on alive, so the order
 *    of the frees does not matter.
 *  - Strings go in as pointer and length and need no terminating zero; they are
 *    copied. Names of layers, tensors and networks are printable ASCII, 1 to
 *    TB_MAX_NAME bytes, and unique within a network. Strings that come out are
 *    zero-terminated and live as long as the handle they were asked of.
 *  - Structs that come in are read during the call and not kept. The one thing
 *    that is kept is tb_weights.values: TensorRT reads those bytes when build
 *    runs, so they must stay mapped and unchanged until the last build of the
 *    network has returned. Never point it at memory that a collector moves or
 *    frees.
 *  - A handle is used by one thread at a time, except that config_cancel may be
 *    called from any thread. Different builders may be used side by side.
 *  - In a struct, a zeroed field is the usual default of the field, as named
 *    beside it.
 */
#ifndef TRTBUILD_BRIDGE_H
#define TRTBUILD_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The ABI number: raised whenever anything in this file changes meaning or
 * layout. A loader compares it, the family's name and the table's size. */
#define TB_ABI 5

#define TB_MAX_DIMS 8
#define TB_MAX_OUTPUTS 16
#define TB_MAX_NAME 4095
#define TB_NO_TENSOR 0 /* the id of an operand that is left out */
#define TB_ANY_SIZE (-1) /* a dimension that is known only at run time */

/* The ABI families, each with the versions it serves: FIRST <= version < END.
 * TensorRT-RTX changed its tables between 1.4 and 1.5 and promises nothing for
 * minors, so its upper bound is the newest minor that has been compiled and
 * run; Enterprise promises a stable ABI within a major (and broke it in 10.8,
 * which is refused). Numbers are major*10000 + minor*100 + patch. */
#define TB_FAMILIES(X)         \
	X(rtx14, 10300, 10500)     \
	X(rtx15, 10500, 10800)     \
	X(trt10, 100000, 110000)   \
	X(trt11, 110000, 120000)

/* ---- vocabulary ---------------------------------------------------------- */

typedef const char *tb_string; /* zero-terminated; named so that cgo can spell it */

typedef struct tb_error tb_error;     /* why a call failed */
typedef struct tb_library tb_library; /* an opened TensorRT */
typedef struct tb_builder tb_builder; /* makes networks, configs, profiles */
typedef struct tb_network tb_network; /* a network being defined; tensors are ids in it */
typedef struct tb_profile tb_profile; /* ranges of the dynamic inputs */
typedef struct tb_config tb_config;   /* settings of one build */
typedef struct tb_plan tb_plan;       /* a finished engine's bytes */

/* Kinds of handles, for live_handles. */
enum {
	TB_HANDLE_ANY = 0,
	TB_HANDLE_ERROR,
	TB_HANDLE_LIBRARY,
	TB_HANDLE_BUILDER,
	TB_HANDLE_NETWORK,
	TB_HANDLE_PROFILE,
	TB_HANDLE_CONFIG,
	TB_HANDLE_PLAN,
	TB_HANDLE_KINDS
};

/* What kind of failure an error is. */
enum {
	TB_ERR_ARGUMENT = 1,  /* the caller's mistake, found here before TensorRT was asked */
	TB_ERR_NO_LIBRARY,    /* the file is missing or unfit, or the loader refused it */
	TB_ERR_NOT_TENSORRT,  /* the file was opened but is no TensorRT */
	TB_ERR_WRONG_FAMILY,  /* a TensorRT that this shim was not compiled for */
	TB_ERR_BAD_VERSION,   /* of this family, but known to be broken (10.8.x) */
	TB_ERR_NO_BUILDER,    /* the library makes no builder here: it wants a GPU or driver */
	TB_ERR_NO_PLUGIN,     /* no creator of that name is registered */
	TB_ERR_UNSUPPORTED,   /* this version or product has no such call */
	TB_ERR_REFUSED,       /* TensorRT said no; its reason is the error's text */
	TB_ERR_CANCELED,      /* config_cancel or the progress callback asked for it */
	TB_ERR_OUT_OF_MEMORY, /* TensorRT or the shim */
	TB_ERR_INTERNAL       /* a mistake in the shim */
};

/* Where a failure happened. */
enum {
	TB_PHASE_LIBRARY = 1, /* opening the library */
	TB_PHASE_BUILDER,     /* making a builder or what it makes */
	TB_PHASE_NETWORK,     /* adding a layer, marking an output */
	TB_PHASE_CONFIG,      /* settings and profiles */
	TB_PHASE_BUILD        /* the build itself */
};

/* Severity of a log line. A smaller number is worse. */
enum {
	TB_LOG_FATAL = 1,
	TB_LOG_ERROR,
	TB_LOG_WARNING,
	TB_LOG_INFO,
	TB_LOG_VERBOSE
};

/* Element types. Any other value is a TB_ERR_ARGUMENT. */
enum {
	TB_FLOAT32 = 1,
	TB_FLOAT16,
	TB_BFLOAT16,
	TB_INT8,
	TB_UINT8,
	TB_INT32,
	TB_INT64,
	TB_BOOL,
	TB_FLOAT8, /* OCP E4M3 */
	TB_FLOAT8_SCALE, /* OCP E8M0: a power of two, for scales */
	TB_INT4,         /* two a byte, the first in the low bits */
	TB_FLOAT4        /* OCP E2M1, likewise */
};

typedef struct tb_version {
	int32_t major, minor, patch, build;
} tb_version;

/* A shape, or one number per dimension. rank 0 is a scalar, or in an optional
 * field "the default". Only the first rank entries of d count. */
typedef struct tb_dims {
	int32_t rank;
	int64_t d[TB_MAX_DIMS];
} tb_dims;

/* count elements of type dtype in row-major order. Absent: count 0 and values
 * null; anything else with one of the two is a TB_ERR_ARGUMENT. See the calling
 * rules for how long values must live. */
typedef struct tb_weights {
	const void *values;
	int64_t count;
	int32_t dtype;
} tb_weights;

/* A tensor of a network, as TensorRT inferred it. Ids count from 1 in the order
 * in which tensors were made. */
typedef struct tb_tensor {
	int32_t id;
	int32_t dtype;
	tb_dims dims; /* TB_ANY_SIZE where dynamic */
} tb_tensor;

/* The outputs of an added layer. */
typedef struct tb_outputs {
	int32_t count;
	tb_tensor tensor[TB_MAX_OUTPUTS];
} tb_outputs;

typedef struct tb_error_info {
	int32_t code;      /* TB_ERR_... */
	int32_t phase;     /* TB_PHASE_... */
	tb_string layer;   /* layer, tensor or network the call was about; may be empty */
	tb_string message; /* one sentence of ours */
	tb_string native;  /* TensorRT's own words, one record a line; may be empty */
	tb_string log;     /* the last lines TensorRT logged during the call, oldest first; may be empty */
} tb_error_info;

typedef struct tb_library_info {
	tb_version version; /* of the opened library */
	tb_string path;     /* the file that the loader really opened */
	tb_string family;   /* this shim's family */
	int32_t rtx;        /* 1: TensorRT-RTX, 0: Enterprise */
} tb_library_info;

/* Receives TensorRT's log lines, errors included. It may be called from threads
 * of the library, and during any call. It must not call back into the table and
 * must not unwind. */
typedef void (*tb_log_fn)(uintptr_t data, int32_t severity, tb_string text);

/* Told of a build's progress. phase is the name of what starts, advances or
 * ends; parent the phase it is part of, or null. TB_PROGRESS_START has steps,
 * TB_PROGRESS_STEP has step (from 0). Returning non-zero cancels the build at
 * its next step. Same restrictions as tb_log_fn. */
typedef int32_t (*tb_progress_fn)(uintptr_t data, int32_t event, tb_string phase, tb_string parent,
	int32_t step, int32_t steps);

enum {
	TB_PROGRESS_START = 1,
	TB_PROGRESS_STEP,
	TB_PROGRESS_FINISH
};

/* ---- parameters of the layers --------------------------------------------
 * One struct an op, named after its function without add_. Spatial fields have
 * one entry per spatial dimension, 2 or 3, and rank 0 means the default. */

/* Convolution and deconvolution. The input is N, C, spatial...; its type, the
 * weights' and the bias's are one and the same floating type.
 * weight: convolution [out_channels, C/groups, kernel...];
 *         deconvolution [C, out_channels/groups, kernel...].
 * bias: [out_channels] or absent.
 * Either may be a tensor instead, and its weights are absent then.
 * Deconvolution gives (in-1)*stride + dilation*(kernel-1) + 1 - pre - post. */
typedef struct tb_convolution {
	int64_t out_channels;
	int64_t groups; /* 0: 1 */
	tb_dims kernel;
	tb_dims stride;       /* default 1 */
	tb_dims pre_padding;  /* default 0 */
	tb_dims post_padding; /* default: as pre_padding */
	tb_dims dilation;     /* default 1 */
	tb_weights weight;
	tb_weights bias;
	int32_t kernel_tensor, bias_tensor;
} tb_convolution;

/* alpha and beta are used by the kinds that name them. */
typedef struct tb_activation {
	int32_t kind;
	float alpha, beta;
} tb_activation;

enum {
	TB_RELU = 1,
	TB_SIGMOID,
	TB_TANH,
	TB_LEAKY_RELU, /* x < 0: alpha*x */
	TB_ELU,        /* x < 0: alpha*(exp(x)-1) */
	TB_SELU,       /* beta*(x > 0 ? x : alpha*exp(x)-alpha) */
	TB_SOFTSIGN,
	TB_SOFTPLUS,         /* alpha*log(exp(beta*x)+1) */
	TB_CLIP,             /* max(alpha, min(beta, x)) */
	TB_HARD_SIGMOID,     /* max(0, min(1, alpha*x+beta)) */
	TB_SCALED_TANH,      /* alpha*tanh(beta*x) */
	TB_THRESHOLDED_RELU, /* x > alpha ? x : 0 */
	TB_GELU_ERF,
	TB_GELU_TANH
};

/* (x*scale + shift)^power, absent ones 1, 0 and 1, all of the input's type.
 * TB_SCALE_UNIFORM: each holds 1 value; TB_SCALE_CHANNEL: one per entry of
 * channel_axis; TB_SCALE_ELEMENTWISE: one per element of channel_axis and the axes
 * behind it. */
typedef struct tb_scale {
	int32_t mode;
	int32_t channel_axis;
	tb_weights scale, shift, power;
} tb_scale;

enum { TB_SCALE_UNIFORM = 1, TB_SCALE_CHANNEL, TB_SCALE_ELEMENTWISE };

/* A window larger than the padded input is refused here: TensorRT would make a
 * tensor of size 0 of it. */
typedef struct tb_pooling {
	int32_t kind;
	int32_t ceil_mode;           /* round sizes up instead of down */
	int32_t count_includes_pad;  /* averages divide by the whole window */
	float blend;                 /* of TB_POOL_BLEND, 0 to 1 */
	tb_dims window;
	tb_dims stride;       /* default: the window, as frameworks have it */
	tb_dims pre_padding;  /* default 0 */
	tb_dims post_padding; /* default: as pre_padding */
} tb_pooling;

enum {
	TB_POOL_MAX = 1,
	TB_POOL_AVERAGE,
	TB_POOL_BLEND /* (1-blend)*max + blend*average */
};

/* Element-wise operations: two operands of one type and rank, size 1 broadcasts.
 * AND, OR, XOR take bool; the comparisons return it. */
enum {
	TB_ADD = 1,
	TB_MUL,
	TB_MAX,
	TB_MIN,
	TB_SUB,
	TB_DIV,
	TB_POW,
	TB_FLOOR_DIV,
	TB_AND,
	TB_OR,
	TB_XOR,
	TB_EQUAL,
	TB_GREATER,
	TB_LESS
};

/* Unary operations. NOT takes bool; ISINF and ISNAN return it. */
enum {
	TB_EXP = 1,
	TB_LOG,
	TB_SQRT,
	TB_RECIP,
	TB_ABS,
	TB_NEG,
	TB_SIN,
	TB_COS,
	TB_TAN,
	TB_SINH,
	TB_COSH,
	TB_ASIN,
	TB_ACOS,
	TB_ATAN,
	TB_ASINH,
	TB_ACOSH,
	TB_ATANH,
	TB_CEIL,
	TB_FLOOR,
	TB_ERF,
	TB_NOT,
	TB_SIGN,
	TB_ROUND,
	TB_ISINF,
	TB_ISNAN
};

/* Transpose, reshape, transpose; each part optional. A permutation's entry i is
 * the input axis that becomes axis i. In reshape, one TB_ANY_SIZE is inferred,
 * and 0 copies the input's size at that place when zero_copies is set. */
typedef struct tb_shuffle {
	int32_t has_reshape; /* reshape may be of rank 0, so its presence is said here */
	int32_t zero_copies;
	tb_dims first;  /* permutation before the reshape */
	tb_dims reshape;
	tb_dims second; /* permutation after the reshape */
	int32_t shape; /* in place of reshape, int32 or int64 */
} tb_shuffle;

/* start, size and stride have one entry per entry of axes; without axes one per
 * dimension. Axes that are not named keep their whole extent, also when that is
 * dynamic. stride default 1; may be negative; 0 repeats one element. Strict
 * bounds TensorRT checks only at build. What the input_ fields give takes the
 * place of the field of its name, which still says by its rank how many there
 * are. input_value, of TB_SLICE_FILL, is one element of the input's type. */
typedef struct tb_slice {
	int32_t mode;
	tb_dims axes;
	tb_dims start, size, stride;
	int32_t input_start, input_size, input_stride, input_axes, input_value;
} tb_slice;

enum { TB_SLICE_STRICT = 0, TB_SLICE_CLAMP, TB_SLICE_WRAP, TB_SLICE_REFLECT, TB_SLICE_FILL };

/* A tensor of type dtype made of nothing. TB_FILL_LINSPACE: element [i,j,...] is
 * alpha + beta[0]*i + beta[1]*j + ..., of type int32, int64 or float32. Random:
 * uniform in [alpha, beta], or normal with mean alpha and deviation beta; float32
 * or float16. alpha and beta are numbers (beta then of one axis), or both are
 * tensors: alpha of rank 0, beta of rank 1 with TB_FILL_LINSPACE and of rank 0
 * else. input_dims, of rank 1, takes the place of dims. */
typedef struct tb_fill {
	int32_t operation;
	int32_t dtype;
	tb_dims dims;
	double alpha, beta;
	int64_t alpha_int, beta_int; /* in place of alpha and beta, of int32 and int64 */
	int32_t input_dims, input_alpha, input_beta;
} tb_fill;

enum { TB_FILL_LINSPACE = 1, TB_FILL_UNIFORM, TB_FILL_NORMAL };

/* Exactly one of size (full rank), scale_count (the rank; output is
 * floor(in*scale)) and input_size is given. Linear and cubic: at most the last 3 axes change. */
typedef struct tb_resize {
	int32_t mode;
	int32_t coordinates;
	int32_t rounding;        /* of TB_RESIZE_NEAREST */
	int32_t upper_left;      /* sizes of 1 take the first sample, whatever the coordinates */
	int32_t exclude_outside; /* TB_RESIZE_CUBIC: weights outside the image count 0 */
	float cubic_coefficient; /* of TB_RESIZE_CUBIC */
	int32_t scale_count;
	float scales[TB_MAX_DIMS];
	tb_dims size;
	int32_t input_size; /* int32 or int64 */
} tb_resize;

enum { TB_RESIZE_NEAREST = 1, TB_RESIZE_LINEAR, TB_RESIZE_CUBIC };
enum { TB_ASYMMETRIC = 0, TB_HALF_PIXEL, TB_ALIGN_CORNERS };
enum { TB_ROUND_FLOOR = 0, TB_ROUND_CEIL, TB_ROUND_HALF_UP, TB_ROUND_HALF_DOWN };

/* axes is a bit mask, bit i for axis i, at least one bit. */
typedef struct tb_reduce {
	int32_t kind;
	uint32_t axes;
	int32_t keep_dims;
} tb_reduce;

enum { TB_REDUCE_SUM = 1, TB_REDUCE_PROD, TB_REDUCE_MAX, TB_REDUCE_MIN, TB_REDUCE_MEAN };

/* How an operand of a matrix multiply is read. Ranks agree, leading axes
 * broadcast; a TB_VECTOR operand has one dimension less. */
enum { TB_MATRIX = 0, TB_TRANSPOSED, TB_VECTOR };

/* The last two axes of an input of rank 4 or more; negative entries crop. Both
 * have rank 2. */
typedef struct tb_padding {
	tb_dims pre, post;
} tb_padding;

/* TB_GATHER_AXIS: out = data[:axis] + indices + data[axis+1:] with
 * batch_dims leading axes shared. TB_GATHER_ELEMENT: one index per output
 * element, ranks equal. TB_GATHER_ND: the last axis of indices holds tuples;
 * indices of rank 0 are refused here (TensorRT would crash). */
typedef struct tb_gather {
	int32_t mode;
	int32_t axis;       /* not used by TB_GATHER_ND; not negative */
	int32_t batch_dims; /* 0 in TB_GATHER_ELEMENT */
} tb_gather;

enum { TB_GATHER_AXIS = 0, TB_GATHER_ELEMENT, TB_GATHER_ND };

/* Quantize: clamp(round(in / scale)), ties to even. Dequantize: in * scale.
 * scale has rank 0: one for all; rank 1: one for each entry of axis; the rank
 * of in: one for each block, of block_shape (TB_ANY_SIZE: the whole axis) or, by
 * default, as the two shapes imply. A zero point has the dimensions of the scale and
 * is a constant of zeros: TensorRT knows no others, and says so at build. */
typedef struct tb_quantize {
	int32_t to;   /* quantize: TB_INT8, TB_INT4, TB_FLOAT8 or TB_FLOAT4; dequantize: a floating type */
	int32_t axis; /* of a scale of rank 1 */
	tb_dims block_shape;
	int32_t zero_point;
} tb_quantize;

/* The greatest or least k entries of an axis, best first, and their indices. */
typedef struct tb_topk {
	int32_t kind;
	int32_t k;
	int32_t axis;
	int32_t index_dtype; /* TB_INT32 or TB_INT64 */
	int32_t input_k;    /* in place of k, int32 or int64 of rank 0 */
} tb_topk;

enum { TB_TOPK_MAX = 1, TB_TOPK_MIN };

/* TB_SCATTER_ELEMENT: data, indices and updates have one rank, an update goes
 * where its own coordinates lead, with that of axis replaced by its index.
 * TB_SCATTER_ND: the last axis of indices holds tuples; indices of rank 0 are
 * refused here (TensorRT would crash). */
typedef struct tb_scatter {
	int32_t mode;
	int32_t axis; /* 0 in TB_SCATTER_ND */
} tb_scatter;

enum { TB_SCATTER_ELEMENT = 1, TB_SCATTER_ND };

/* A new axis of depth entries: values[1] at the index, values[0] elsewhere. */
typedef struct tb_one_hot {
	int32_t depth;
	int32_t axis; /* in the output; negative from its end */
} tb_one_hot;

/* Sums along an axis up to each entry, without it when exclusive, from the last
 * one back when reverse. */
typedef struct tb_cumulative {
	int32_t kind;
	int32_t axis;
	int32_t exclusive;
	int32_t reverse;
} tb_cumulative;

enum { TB_CUMULATIVE_SUM = 1 };

/* Reverses the first lengths[i] entries along sequence_axis of entry i of
 * batch_axis. */
typedef struct tb_reverse_sequence {
	int32_t batch_axis;
	int32_t sequence_axis;
} tb_reverse_sequence;

/* boxes [N, S, 4] or [N, S, C, 4], scores [N, S, C]. Two outputs: rows of batch,
 * class, box, as many as are selected; and their number. */
typedef struct tb_nms {
	int32_t format;
	int32_t index_dtype;   /* TB_INT32 or TB_INT64 */
	int32_t max_per_class; /* of each batch entry */
	int32_t box_limit;     /* candidates of a batch entry; 0: TensorRT's default */
	float iou_threshold;   /* boxes that overlap a better one by more are dropped */
	float score_threshold; /* scores must be greater */
} tb_nms;

enum { TB_BOX_CORNERS = 1, TB_BOX_CENTER };

/* (x - mean)/sqrt(variance + epsilon)*scale + bias over axes, a bit mask. scale
 * and bias have x's rank and stretch to it. With groups of more than 1 the axes
 * are those after axis 1, which is split, and scale and bias are [1,C,1...]. The
 * compute precision is TensorRT's: it has been no property since RTX 1.5 and 11. */
typedef struct tb_normalization {
	uint32_t axes;
	float epsilon;  /* taken as it is */
	int64_t groups; /* 0: 1 */
} tb_normalization;

/* mode is TB_RESIZE_...; places are of -1 to 1, the last spatial axis first. */
typedef struct tb_grid_sample {
	int32_t mode;
	int32_t padding;
	int32_t align_corners;
} tb_grid_sample;

enum { TB_GRID_ZEROS = 1, TB_GRID_BORDER, TB_GRID_REFLECT };

/* x / (k + alpha*mean of squares over window channels)^beta */
typedef struct tb_lrn {
	int64_t window; /* odd, at most 15 */
	float alpha, beta, k;
} tb_lrn;

/* normalize(query x key^T + mask) x value, tensors [batch, heads, sequence, head
 * size], unscaled. A mask of bool says which keys to see, one of the query's type
 * is added; it cannot be beside a causal one. */
typedef struct tb_attention {
	int32_t normalization;
	int32_t causal;
	int32_t decomposable; /* may be built where there is no fused kernel */
} tb_attention;

enum { TB_ATTENTION_SOFTMAX = 1, TB_ATTENTION_NONE };
enum { TB_CAUSAL_NONE = 1, TB_CAUSAL_UPPER_LEFT, TB_CAUSAL_LOWER_RIGHT };

typedef struct tb_rotary_embedding {
	int32_t interleaved;
	int64_t dim; /* 0: the head size */
} tb_rotary_embedding;

/* An iterator gives its input's entry i of axis in iteration i, or, when reverse
 * is set, the entry trip count - 1 - i. */
typedef struct tb_iterator {
	int32_t axis;
	int32_t reverse;
} tb_iterator;

/* TB_LOOP_LAST: the value of a recurrence when the loop ends. The others join a
 * tensor of each iteration along a new axis, in order or in the reverse order;
 * length is the id of an integer of rank 0 that says how many there are. */
typedef struct tb_loop_output {
	int32_t kind;
	int32_t axis;
	int32_t length;
} tb_loop_output;

enum { TB_LOOP_LAST = 0, TB_LOOP_CONCATENATE, TB_LOOP_REVERSE };
enum { TB_TRIP_COUNT = 1, TB_TRIP_WHILE };

/* Finds the scales itself, one for each block, and returns the quantized tensor
 * and the scales. A block of 0 is refused here: TensorRT would divide by it. */
typedef struct tb_dynamic_quantize {
	int32_t to;            /* TB_FLOAT8 or TB_FLOAT4 */
	int32_t scale_type;    /* TB_FLOAT8_SCALE; TB_FLOAT32 for TB_FLOAT8, TB_FLOAT8 for TB_FLOAT4 */
	tb_dims block_shape;   /* with a double_scale: along one axis */
	int32_t double_scale;  /* of scales of TB_FLOAT8: what they are divided by, a constant */
} tb_dynamic_quantize;

/* One attribute of a plugin: count elements of a type. They are copied; a zero
 * byte follows the copy, for plugins that read characters up to one. */
typedef struct tb_plugin_field {
	const char *name;
	size_t name_len;
	int32_t type; /* TB_FIELD_... */
	const void *values;
	int32_t count;
} tb_plugin_field;

enum {
	TB_FIELD_FLOAT16 = 1,
	TB_FIELD_FLOAT32,
	TB_FIELD_FLOAT64,
	TB_FIELD_BFLOAT16,
	TB_FIELD_FLOAT8,
	TB_FIELD_INT8,
	TB_FIELD_INT16,
	TB_FIELD_INT32,
	TB_FIELD_INT64,
	TB_FIELD_CHAR
};

/* A plugin of the V3 interface, which the creator of this name, version and
 * namespace makes for the build phase. The three are at most TB_MAX_PLUGIN_NAME
 * bytes long, and the namespace may be empty. */
typedef struct tb_plugin {
	const char *creator;
	size_t creator_len;
	const char *version;
	size_t version_len;
	const char *plugin_namespace;
	size_t plugin_namespace_len;
	const tb_plugin_field *fields;
	size_t field_count;
} tb_plugin;

#define TB_MAX_PLUGIN_NAME 1023

/* How a library of plugins registers its creators. */
enum {
	TB_PLUGINS_STATIC = 1, /* by itself when it is opened, or when its initLibNvInferPlugins
	                        * is called, which is, once; for the life of the process */
	TB_PLUGINS_DYNAMIC     /* by its getCreators; with the one builder, until that is freed */
};

/* ---- the functions --------------------------------------------------------
 *
 * Library, builder, errors
 *   library_open    Opens a TensorRT library by file path or soname and checks
 *                   its version. It stays mapped for the life of the process.
 *   library_describe  Version, real path, family.
 *   builder_create  Makes a builder. Failing with TB_ERR_NO_BUILDER is how one
 *                   learns that this library cannot build here. log may be
 *                   null; lines worse than or equal to log_level reach it.
 *   builder_load_plugins  Opens a library of plugins and registers what it holds.
 *                   Not on TensorRT-RTX, which has none. file is the one that the
 *                   loader really opened; it lives as long as the builder.
 *   error_describe  Reads an error.
 *   live_handles    How many handles of a kind exist in this shim.
 *
 * Network: strongly typed, explicit batch
 *   network_create  A network; its name becomes part of the plan.
 *   add_input       A network input; dims may have TB_ANY_SIZE. Returns the tensor.
 *   add_...         One layer, named; all properties are set and read back, and
 *                   the output's type and shape inferred before it returns, so
 *                   that what TensorRT refuses is refused here and not later.
 *                   in, a, b: tensor ids. After an error the network may hold a
 *                   half-made layer: free it.
 *   add_constant    A constant of shape dims; value.count is its volume.
 *   add_squeeze,    axes count: not negative, ascending. TensorRT wants them as
 *   add_unsqueeze   a tensor: an int64 constant layer NAME.axes is added in
 *                   front, held by the network. Ids of hidden tensors are not used
 *                   up. unsqueeze's axes are places in the output.
 *   open_if         Begins a conditional on condition, a bool of rank 0 (TensorRT
 *                   finds another one only at build), which goes into a hidden
 *                   layer NAME.condition. Returns the conditional's id; these
 *                   count from 0.
 *   add_if_input    A tensor from outside as the layers of the branches read it.
 *   add_if_output   The tensor that is then where the condition holds and
 *                   otherwise where it does not: of one type and rank; dimensions
 *                   that differ become TB_ANY_SIZE.
 *   add_einsum      equation: lower-case letters, ..., commas and ->.
 *   add_attention   mask: a tensor, or TB_NO_TENSOR.
 *   add_rotary_embedding  positions: a tensor, or TB_NO_TENSOR.
 *   add_kv_cache_update   The cache is an input of the network, the output one of
 *                   its outputs.
 *   add_moe         in: hidden, experts, scores, weights of gate, up, down, and
 *                   their biases: 6 or 9 tensors. Activation: SiLU.
 *   open_loop       Begins a loop. Returns its id; these count from 0.
 *   add_trip_limit  TB_TRIP_COUNT: how many iterations there are, an integer of
 *                   rank 0. TB_TRIP_WHILE: a bool of rank 0 computed from
 *                   recurrences, looked at before each iteration. One of each at
 *                   most; TensorRT checks all of this only at build.
 *   add_recurrence  A tensor that has the initial value in the first iteration.
 *   close_recurrence  And, in every other, the next value of the iteration before:
 *                   of the same type and shape, which TensorRT checks at build.
 *                   state is the tensor that add_recurrence made.
 *   add_one_hot,    depth, axis, the number of boxes and the thresholds are
 *   add_cumulative, tensors to TensorRT too: hidden constants of rank 0 named
 *   add_nms         NAME.depth, NAME.axis, ….
 *   add_plugin_v3   A plugin. shape_in: tensors that it reads as dimensions. Its
 *                   creator must be registered: TB_ERR_NO_PLUGIN names similar ones.
 *   mark_output     Names a tensor and makes it an output of the network. Not an
 *                   input, and once only.
 *
 * Config and profiles
 *   profile_set     The range of one input: min <= opt <= max in every entry,
 *                   equal to the input's where that is static (TensorRT finds a
 *                   mismatch only at build).
 *   profile_set_values  The range of each of count elements of an input that is
 *                   read as dimensions: min <= opt <= max.
 *   config_create   Settings of one build; TensorRT's defaults (TF32 on).
 *   config_set_workspace  Limit of scratch memory in bytes.
 *   config_set_tf32 Whether float32 layers may round to TF32.
 *   config_set_compute_capabilities  major*10+minor of the GPUs the engine is
 *                   for; TensorRT-RTX only.
 *   config_set_progress   Who is told of progress.
 *   config_add_profile    Copies nothing: the profile is complete by now.
 *   config_cancel   From any thread. Builds with this config, running or still
 *                   to come, end with TB_ERR_CANCELED at TensorRT's next step; its
 *                   compile phase is one step. A build that is nearly done may
 *                   still succeed.
 *
 * Build
 *   build           Blocks. Reads the weights. May be repeated.
 *   plan_bytes      The engine; valid until plan_free.
 *
 * One list makes the table, its initialiser and the typed trampolines
 * tb_NAME(api, ...):  X(result, name, (parameters), (arguments)), and V without
 * a result.
 */
#define TB_ADD_PARAMS tb_network *net, const char *name, size_t name_len

#define TB_FUNCTIONS(X, V) \
	X(tb_error *, library_open, (const char *path, size_t path_len, tb_library **out), (path, path_len, out)) \
	V(library_describe, (tb_library *lib, tb_library_info *out), (lib, out)) \
	V(library_free, (tb_library *lib), (lib)) \
	X(tb_error *, builder_create, (tb_library *lib, tb_log_fn log, uintptr_t log_data, int32_t log_level, tb_builder **out), (lib, log, log_data, log_level, out)) \
	X(tb_error *, builder_load_plugins, (tb_builder *builder, int32_t kind, const char *path, size_t path_len, tb_string *file), (builder, kind, path, path_len, file)) \
	V(builder_free, (tb_builder *builder), (builder)) \
	V(error_describe, (const tb_error *err, tb_error_info *out), (err, out)) \
	V(error_free, (tb_error *err), (err)) \
	X(int64_t, live_handles, (int32_t kind), (kind)) \
	\
	X(tb_error *, network_create, (tb_builder *builder, const char *name, size_t name_len, tb_network **out), (builder, name, name_len, out)) \
	V(network_free, (tb_network *net), (net)) \
	X(tb_error *, add_input, (TB_ADD_PARAMS, int32_t dtype, const tb_dims *dims, tb_outputs *out), (net, name, name_len, dtype, dims, out)) \
	X(tb_error *, add_constant, (TB_ADD_PARAMS, const tb_dims *dims, const tb_weights *value, tb_outputs *out), (net, name, name_len, dims, value, out)) \
	X(tb_error *, add_convolution, (TB_ADD_PARAMS, int32_t in, const tb_convolution *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_deconvolution, (TB_ADD_PARAMS, int32_t in, const tb_convolution *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_activation, (TB_ADD_PARAMS, int32_t in, const tb_activation *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_scale, (TB_ADD_PARAMS, int32_t in, const tb_scale *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_pooling, (TB_ADD_PARAMS, int32_t in, const tb_pooling *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_elementwise, (TB_ADD_PARAMS, int32_t a, int32_t b, int32_t op, tb_outputs *out), (net, name, name_len, a, b, op, out)) \
	X(tb_error *, add_unary, (TB_ADD_PARAMS, int32_t in, int32_t op, tb_outputs *out), (net, name, name_len, in, op, out)) \
	X(tb_error *, add_concatenation, (TB_ADD_PARAMS, const int32_t *in, size_t in_count, int32_t axis, tb_outputs *out), (net, name, name_len, in, in_count, axis, out)) \
	X(tb_error *, add_shuffle, (TB_ADD_PARAMS, int32_t in, const tb_shuffle *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_slice, (TB_ADD_PARAMS, int32_t in, const tb_slice *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_resize, (TB_ADD_PARAMS, int32_t in, const tb_resize *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_softmax, (TB_ADD_PARAMS, int32_t in, int32_t axis, tb_outputs *out), (net, name, name_len, in, axis, out)) \
	X(tb_error *, add_reduce, (TB_ADD_PARAMS, int32_t in, const tb_reduce *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_matmul, (TB_ADD_PARAMS, int32_t a, int32_t a_op, int32_t b, int32_t b_op, tb_outputs *out), (net, name, name_len, a, a_op, b, b_op, out)) \
	X(tb_error *, add_cast, (TB_ADD_PARAMS, int32_t in, int32_t dtype, tb_outputs *out), (net, name, name_len, in, dtype, out)) \
	X(tb_error *, add_identity, (TB_ADD_PARAMS, int32_t in, tb_outputs *out), (net, name, name_len, in, out)) \
	X(tb_error *, add_padding, (TB_ADD_PARAMS, int32_t in, const tb_padding *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_gather, (TB_ADD_PARAMS, int32_t data, int32_t indices, const tb_gather *p, tb_outputs *out), (net, name, name_len, data, indices, p, out)) \
	X(tb_error *, add_squeeze, (TB_ADD_PARAMS, int32_t in, const tb_dims *axes, tb_outputs *out), (net, name, name_len, in, axes, out)) \
	X(tb_error *, add_unsqueeze, (TB_ADD_PARAMS, int32_t in, const tb_dims *axes, tb_outputs *out), (net, name, name_len, in, axes, out)) \
	X(tb_error *, open_if, (TB_ADD_PARAMS, int32_t condition, int32_t *out), (net, name, name_len, condition, out)) \
	X(tb_error *, add_if_input, (TB_ADD_PARAMS, int32_t conditional, int32_t in, tb_outputs *out), (net, name, name_len, conditional, in, out)) \
	X(tb_error *, add_if_output, (TB_ADD_PARAMS, int32_t conditional, int32_t then, int32_t otherwise, tb_outputs *out), (net, name, name_len, conditional, then, otherwise, out)) \
	X(tb_error *, add_quantize, (TB_ADD_PARAMS, int32_t in, int32_t scale, const tb_quantize *p, tb_outputs *out), (net, name, name_len, in, scale, p, out)) \
	X(tb_error *, add_dequantize, (TB_ADD_PARAMS, int32_t in, int32_t scale, const tb_quantize *p, tb_outputs *out), (net, name, name_len, in, scale, p, out)) \
	X(tb_error *, add_normalization, (TB_ADD_PARAMS, int32_t in, int32_t scale, int32_t bias, const tb_normalization *p, tb_outputs *out), (net, name, name_len, in, scale, bias, p, out)) \
	X(tb_error *, add_parametric_relu, (TB_ADD_PARAMS, int32_t in, int32_t slope, tb_outputs *out), (net, name, name_len, in, slope, out)) \
	X(tb_error *, add_einsum, (TB_ADD_PARAMS, const int32_t *in, size_t in_count, const char *equation, size_t equation_len, tb_outputs *out), (net, name, name_len, in, in_count, equation, equation_len, out)) \
	X(tb_error *, add_grid_sample, (TB_ADD_PARAMS, int32_t in, int32_t grid, const tb_grid_sample *p, tb_outputs *out), (net, name, name_len, in, grid, p, out)) \
	X(tb_error *, add_lrn, (TB_ADD_PARAMS, int32_t in, const tb_lrn *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_attention, (TB_ADD_PARAMS, int32_t query, int32_t key, int32_t value, int32_t mask, const tb_attention *p, tb_outputs *out), (net, name, name_len, query, key, value, mask, p, out)) \
	X(tb_error *, add_rotary_embedding, (TB_ADD_PARAMS, int32_t in, int32_t cos, int32_t sin, int32_t positions, const tb_rotary_embedding *p, tb_outputs *out), (net, name, name_len, in, cos, sin, positions, p, out)) \
	X(tb_error *, add_kv_cache_update, (TB_ADD_PARAMS, int32_t cache, int32_t update, int32_t indices, tb_outputs *out), (net, name, name_len, cache, update, indices, out)) \
	X(tb_error *, add_moe, (TB_ADD_PARAMS, const int32_t *in, size_t in_count, tb_outputs *out), (net, name, name_len, in, in_count, out)) \
	X(tb_error *, open_loop, (TB_ADD_PARAMS, int32_t *out), (net, name, name_len, out)) \
	X(tb_error *, add_trip_limit, (TB_ADD_PARAMS, int32_t loop, int32_t kind, int32_t tensor), (net, name, name_len, loop, kind, tensor)) \
	X(tb_error *, add_recurrence, (TB_ADD_PARAMS, int32_t loop, int32_t initial, tb_outputs *out), (net, name, name_len, loop, initial, out)) \
	X(tb_error *, close_recurrence, (TB_ADD_PARAMS, int32_t state, int32_t next), (net, name, name_len, state, next)) \
	X(tb_error *, add_iterator, (TB_ADD_PARAMS, int32_t loop, int32_t in, const tb_iterator *p, tb_outputs *out), (net, name, name_len, loop, in, p, out)) \
	X(tb_error *, add_loop_output, (TB_ADD_PARAMS, int32_t loop, int32_t in, const tb_loop_output *p, tb_outputs *out), (net, name, name_len, loop, in, p, out)) \
	X(tb_error *, add_select, (TB_ADD_PARAMS, int32_t condition, int32_t a, int32_t b, tb_outputs *out), (net, name, name_len, condition, a, b, out)) \
	X(tb_error *, add_topk, (TB_ADD_PARAMS, int32_t in, const tb_topk *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_scatter, (TB_ADD_PARAMS, int32_t data, int32_t indices, int32_t updates, const tb_scatter *p, tb_outputs *out), (net, name, name_len, data, indices, updates, p, out)) \
	X(tb_error *, add_one_hot, (TB_ADD_PARAMS, int32_t indices, int32_t values, const tb_one_hot *p, tb_outputs *out), (net, name, name_len, indices, values, p, out)) \
	X(tb_error *, add_cumulative, (TB_ADD_PARAMS, int32_t in, const tb_cumulative *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_reverse_sequence, (TB_ADD_PARAMS, int32_t in, int32_t lengths, const tb_reverse_sequence *p, tb_outputs *out), (net, name, name_len, in, lengths, p, out)) \
	X(tb_error *, add_non_zero, (TB_ADD_PARAMS, int32_t in, int32_t index_dtype, tb_outputs *out), (net, name, name_len, in, index_dtype, out)) \
	X(tb_error *, add_nms, (TB_ADD_PARAMS, int32_t boxes, int32_t scores, const tb_nms *p, tb_outputs *out), (net, name, name_len, boxes, scores, p, out)) \
	X(tb_error *, add_ragged_softmax, (TB_ADD_PARAMS, int32_t in, int32_t bounds, tb_outputs *out), (net, name, name_len, in, bounds, out)) \
	X(tb_error *, add_shape, (TB_ADD_PARAMS, int32_t in, tb_outputs *out), (net, name, name_len, in, out)) \
	X(tb_error *, add_fill, (TB_ADD_PARAMS, const tb_fill *p, tb_outputs *out), (net, name, name_len, p, out)) \
	X(tb_error *, add_dynamic_quantize, (TB_ADD_PARAMS, int32_t in, const tb_dynamic_quantize *p, tb_outputs *out), (net, name, name_len, in, p, out)) \
	X(tb_error *, add_assertion, (TB_ADD_PARAMS, int32_t condition, const char *message, size_t message_len, tb_outputs *out), (net, name, name_len, condition, message, message_len, out)) \
	X(tb_error *, add_plugin_v3, (TB_ADD_PARAMS, const int32_t *in, size_t in_count, const int32_t *shape_in, size_t shape_in_count, const tb_plugin *p, tb_outputs *out), (net, name, name_len, in, in_count, shape_in, shape_in_count, p, out)) \
	X(tb_error *, mark_output, (TB_ADD_PARAMS, int32_t tensor), (net, name, name_len, tensor)) \
	\
	X(tb_error *, profile_create, (tb_builder *builder, tb_profile **out), (builder, out)) \
	X(tb_error *, profile_set, (tb_profile *profile, const char *input, size_t input_len, const tb_dims *min, const tb_dims *opt, const tb_dims *max), (profile, input, input_len, min, opt, max)) \
	X(tb_error *, profile_set_values, (tb_profile *profile, const char *input, size_t input_len, const int64_t *min, const int64_t *opt, const int64_t *max, int32_t count), (profile, input, input_len, min, opt, max, count)) \
	V(profile_free, (tb_profile *profile), (profile)) \
	X(tb_error *, config_create, (tb_builder *builder, tb_config **out), (builder, out)) \
	X(tb_error *, config_set_workspace, (tb_config *config, int64_t bytes), (config, bytes)) \
	X(tb_error *, config_set_tf32, (tb_config *config, int32_t on), (config, on)) \
	X(tb_error *, config_set_compute_capabilities, (tb_config *config, const int32_t *cc, size_t cc_count), (config, cc, cc_count)) \
	X(tb_error *, config_set_progress, (tb_config *config, tb_progress_fn progress, uintptr_t data), (config, progress, data)) \
	X(tb_error *, config_add_profile, (tb_config *config, tb_profile *profile), (config, profile)) \
	V(config_cancel, (tb_config *config), (config)) \
	V(config_free, (tb_config *config), (config)) \
	\
	X(tb_error *, build, (tb_network *net, tb_config *config, tb_plan **out), (net, config, out)) \
	V(plan_bytes, (const tb_plan *plan, const void **data, size_t *size), (plan, data, size)) \
	V(plan_free, (tb_plan *plan), (plan))

#define TB_PARAMS_(...) __VA_ARGS__

#define TB_SLOT_(result, name, params, args) result(*name) params;
#define TB_SLOT_VOID_(name, params, args) void(*name) params;
typedef struct tb_api {
	uint32_t size;      /* sizeof(tb_api) as the shim was compiled */
	uint32_t abi;       /* TB_ABI as the shim was compiled */
	tb_string family;   /* one of TB_FAMILIES */
	tb_version headers; /* of TensorRT that the shim was compiled with */
	TB_FUNCTIONS(TB_SLOT_, TB_SLOT_VOID_)
} tb_api;
#undef TB_SLOT_
#undef TB_SLOT_VOID_

#define TB_CALL_(result, name, params, args) \
	static inline result tb_##name(const tb_api *api, TB_PARAMS_ params) { return api->name args; }
#define TB_CALL_VOID_(name, params, args) \
	static inline void tb_##name(const tb_api *api, TB_PARAMS_ params) { api->name args; }
TB_FUNCTIONS(TB_CALL_, TB_CALL_VOID_)
#undef TB_CALL_
#undef TB_CALL_VOID_

/* The one export of a shim. The table is constant and lives as long as the shim. */
#define TB_API_SYMBOL "trtbridge_api"
typedef const tb_api *(*tb_api_fn)(void);

#ifdef __cplusplus
}
#endif

#endif
