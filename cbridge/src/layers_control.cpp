// layers_control.cpp: conditionals and loops, whose parts are added one by one
// around the layers of their bodies.
#include "layer.h"

namespace tb {

using namespace nvinfer1;

namespace {

constexpr Choice<TripLimit> trip_limits[] = {{TB_TRIP_COUNT, TripLimit::kCOUNT}, {TB_TRIP_WHILE, TripLimit::kWHILE}};

constexpr Choice<LoopOutput> loop_outputs[] = {{TB_LOOP_LAST, LoopOutput::kLAST_VALUE},
                                               {TB_LOOP_CONCATENATE, LoopOutput::kCONCATENATE},
                                               {TB_LOOP_REVERSE, LoopOutput::kREVERSE}};

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

tb_error *open_loop(TB_ADD_PARAMS, int32_t *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		given(out, "out") = opened(a, net->loops, a.nv().addLoop());
	});
}

tb_error *add_trip_limit(TB_ADD_PARAMS, int32_t loop, int32_t kind, int32_t tensor) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		ILoop &l = part(net->loops, loop, "loop");
		a.made(l.addTripLimit(a.tensor(tensor), choose(trip_limits, kind, "trip limit")));
	});
}

tb_error *add_recurrence(TB_ADD_PARAMS, int32_t loop, int32_t initial, tb_outputs *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		ILoop &l = part(net->loops, loop, "loop");
		auto &layer = a.made(l.addRecurrence(a.tensor(initial)));
		a.finish(layer, given(out, "out"));
		net->recurrences[out->tensor[0].id] = &layer;
	});
}

tb_error *close_recurrence(TB_ADD_PARAMS, int32_t state, int32_t next) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		const auto found = net->recurrences.find(state);
		if (found == net->recurrences.end()) {
			fail(TB_ERR_ARGUMENT, "no recurrence made the tensor " + std::to_string(state));
		}
		found->second->setInput(1, a.tensor(next));
	});
}

tb_error *add_iterator(TB_ADD_PARAMS, int32_t loop, int32_t in, const tb_iterator *p, tb_outputs *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		ILoop &l = part(net->loops, loop, "loop");
		const tb_iterator &i = given(p, "parameters");
		auto &layer = a.made(l.addIterator(a.tensor(in), i.axis, i.reverse != 0));
		a.took(layer.getAxis() == i.axis, "axis");
		a.took(layer.getReverse() == (i.reverse != 0), "direction");
		a.finish(layer, given(out, "out"));
	});
}

tb_error *add_loop_output(TB_ADD_PARAMS, int32_t loop, int32_t in, const tb_loop_output *p, tb_outputs *out) noexcept {
	return network_call(net, name, name_len, [&](Adding &a) {
		ILoop &l = part(net->loops, loop, "loop");
		const tb_loop_output &o = given(p, "parameters");
		const LoopOutput kind = choose(loop_outputs, o.kind, "output of a loop");
		auto &layer = a.made(l.addLoopOutput(a.tensor(in), kind, o.axis));
		a.took(layer.getLoopOutput() == kind, "kind of output");
		if (kind != LoopOutput::kLAST_VALUE) {
			a.took(layer.getAxis() == o.axis, "axis");
			layer.setInput(1, a.tensor(o.length));
		}
		a.finish(layer, given(out, "out"));
	});
}

} // namespace tb::entry
