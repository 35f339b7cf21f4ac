// layers_control.cpp: conditionals, whose parts are added one by one around the
// layers of their branches.
#include "layer.h"

namespace tb {

using namespace nvinfer1;

namespace {

// part looks up a conditional or a loop.
template <class T> T &part(const std::vector<T *> &all, int32_t id, const char *what) {
	if (id < 0 || static_cast<size_t>(id) >= all.size()) {
		fail(TB_ERR_ARGUMENT, std::string("no ") + what + " has the id " + std::to_string(id));
	}
	return *all[static_cast<size_t>(id)];
}

// opened takes what an add returned, names it, and gives it an id.
template <class T> int32_t opened(Adding &a, std::vector<T *> &all, T *made) {
	if (made == nullptr) {
		fail(TB_ERR_REFUSED, "TensorRT made none");
	}
	made->setName(a.name().c_str());
	a.took(a.name() == made->getName(), "name");
	all.push_back(made);
	return static_cast<int32_t>(all.size()) - 1;
}

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *open_if(TB_ADD_PARAMS, int32_t condition, int32_t *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		ITensor &c = a.tensor(condition);
		const int32_t id = opened(a, net->conditionals, a.nv().addIfConditional());
		a.made(net->conditionals.back()->setCondition(c), a.hidden(".condition"));
		given(out, "out") = id;
	});
}

tb_error *add_if_input(TB_ADD_PARAMS, int32_t conditional, int32_t in, tb_outputs *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		IIfConditional &c = part(net->conditionals, conditional, "conditional");
		a.finish(a.made(c.addInput(a.tensor(in))), given(out, "out"));
	});
}

tb_error *add_if_output(TB_ADD_PARAMS, int32_t conditional, int32_t then, int32_t otherwise, tb_outputs *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		IIfConditional &c = part(net->conditionals, conditional, "conditional");
		a.finish(a.made(c.addOutput(a.tensor(then), a.tensor(otherwise))), given(out, "out"));
	});
}

} // namespace tb::entry
