// build.cpp: profiles, the settings of a build, and the build.
#include "convert.h"
#include "entry.h"
#include "objects.h"

namespace tb {

using namespace nvinfer1;

void Monitor::phaseStart(const char *phase, const char *parent, int32_t steps) noexcept {
	tell(TB_PROGRESS_START, phase, parent, 0, steps);
}

bool Monitor::stepComplete(const char *phase, int32_t step) noexcept {
	tell(TB_PROGRESS_STEP, phase, nullptr, step, 0);
	return !canceled;
}

void Monitor::phaseFinish(const char *phase) noexcept { tell(TB_PROGRESS_FINISH, phase, nullptr, 0, 0); }

void Monitor::tell(int32_t event, const char *phase, const char *parent, int32_t step, int32_t steps) noexcept {
	if (progress != nullptr && progress(data, event, phase, parent, step, steps) != 0) {
		canceled = true;
	}
}

namespace {

// configuring runs body as a call about a config or profile.
template <class Handle, class Body>
tb_error *configuring(Handle *handle, std::string_view about, Body &&body) noexcept {
	Journal *journal = handle == nullptr ? nullptr : &handle->builder->journal;
	if (journal != nullptr) {
		journal->begin();
	}
	return guarded(journal, TB_PHASE_CONFIG, about, [&] { body(given(handle, "handle")); });
}

// creating runs body(builder, handle) for a new handle of the builder's.
template <class Handle, class Body>
tb_error *creating(tb_builder *builder, Handle **out, Body &&body) noexcept {
	Journal *journal = builder == nullptr ? nullptr : &builder->object->journal;
	if (journal != nullptr) {
		journal->begin();
	}
	return guarded(journal, TB_PHASE_CONFIG, "", [&] {
		auto made = std::make_unique<Handle>();
		made->builder = given(builder, "builder").object;
		body(*made->builder->nv, *made);
		if (made->nv == nullptr) {
			fail(TB_ERR_REFUSED, "TensorRT made none");
		}
		given(out, "out") = made.release();
	});
}

void set_range(IOptimizationProfile &profile, const char *input, OptProfileSelector which, const tb_dims *dims,
               const char *what) {
	if (!profile.setDimensions(input, which, dims_of(given(dims, what), what))) {
		fail(TB_ERR_REFUSED, std::string("TensorRT did not take the ") + what + " shape");
	}
}

#if TB_HEADERS_SINCE(101100, 10300)
void set_values(IOptimizationProfile &profile, const char *input, OptProfileSelector which, const int64_t *values,
                int32_t count, const char *what) {
	if (!profile.setShapeValuesV2(input, which, &given(values, what), count)) {
		fail(TB_ERR_REFUSED, std::string("TensorRT did not take the ") + what + " values");
	}
}
#else
void set_values(IOptimizationProfile &, const char *, OptProfileSelector, const int64_t *, int32_t, const char *) {
	newer_headers("an input that is read as dimensions");
}
#endif

#ifdef TRT_MAJOR_RTX
void set_compute_capabilities(IBuilderConfig &config, const int32_t *cc, size_t count) {
	using C = ComputeCapability;
	constexpr Choice<C> known[] = {
		{75, C::kSM75}, {80, C::kSM80}, {86, C::kSM86}, {89, C::kSM89}, {120, C::kSM120},
#if TB_HEADERS_SINCE(0, 10500)
		{121, C::kSM121},
#endif
	};
	// The number goes first: an index beyond it is refused, an index left unset
	// fails the build.
	const auto n = static_cast<int32_t>(count);
	if (!config.setNbComputeCapabilities(n) || config.getNbComputeCapabilities() != n) {
		fail(TB_ERR_REFUSED, "TensorRT did not take the number of compute capabilities");
	}
	for (int32_t i = 0; i < n; i++) {
		const C want = choose(known, cc[i], "compute capability");
		if (!config.setComputeCapability(want, i) || config.getComputeCapability(i) != want) {
			fail(TB_ERR_REFUSED, "TensorRT did not take the compute capability " + std::to_string(cc[i]));
		}
	}
}
#else
void set_compute_capabilities(IBuilderConfig &, const int32_t *, size_t) {
	fail(TB_ERR_UNSUPPORTED, "TensorRT Enterprise builds for the GPU at hand, not for a list of compute capabilities");
}
#endif

} // namespace

} // namespace tb

namespace tb::entry {

using namespace nvinfer1;

tb_error *profile_create(tb_builder *builder, tb_profile **out) noexcept {
	return creating(builder, out, [](IBuilder &b, tb_profile &p) { p.nv = b.createOptimizationProfile(); });
}

tb_error *profile_set(tb_profile *profile, const char *input, size_t input_len, const tb_dims *min, const tb_dims *opt,
                      const tb_dims *max) noexcept {
	const std::string_view shown(input == nullptr ? "" : input, input == nullptr ? 0 : input_len);
	return configuring(profile, shown, [&](tb_profile &p) {
		const std::string name = checked_name(input, input_len, "input");
		set_range(*p.nv, name.c_str(), OptProfileSelector::kMIN, min, "smallest");
		set_range(*p.nv, name.c_str(), OptProfileSelector::kOPT, opt, "usual");
		set_range(*p.nv, name.c_str(), OptProfileSelector::kMAX, max, "largest");
	});
}

tb_error *profile_set_values(tb_profile *profile, const char *input, size_t input_len, const int64_t *min,
                             const int64_t *opt, const int64_t *max, int32_t count) noexcept {
	const std::string_view shown(input == nullptr ? "" : input, input == nullptr ? 0 : input_len);
	return configuring(profile, shown, [&](tb_profile &p) {
		const std::string name = checked_name(input, input_len, "input");
		const tb_version &v = p.builder->library->version;
		if (!rtx && number(v.major, v.minor, v.patch) < number(10, 11)) {
			fail(TB_ERR_UNSUPPORTED, "inputs that are read as dimensions need TensorRT 10.11");
		}
		set_values(*p.nv, name.c_str(), OptProfileSelector::kMIN, min, count, "smallest");
		set_values(*p.nv, name.c_str(), OptProfileSelector::kOPT, opt, count, "usual");
		set_values(*p.nv, name.c_str(), OptProfileSelector::kMAX, max, count, "largest");
	});
}

void profile_free(tb_profile *profile) noexcept { delete profile; }

tb_error *config_create(tb_builder *builder, tb_config **out) noexcept {
	return creating(builder, out, [](IBuilder &b, tb_config &c) {
		c.nv.reset(b.createBuilderConfig());
		if (c.nv != nullptr) {
			c.nv->setProgressMonitor(&c.monitor);
		}
	});
}

tb_error *config_set_workspace(tb_config *config, int64_t bytes) noexcept {
	return configuring(config, "", [&](tb_config &c) {
		if (bytes <= 0) {
			fail(TB_ERR_ARGUMENT, "the workspace is not positive");
		}
		const auto want = static_cast<size_t>(bytes);
		c.nv->setMemoryPoolLimit(MemoryPoolType::kWORKSPACE, want);
		if (c.nv->getMemoryPoolLimit(MemoryPoolType::kWORKSPACE) != want) {
			fail(TB_ERR_REFUSED, "TensorRT did not take the workspace limit");
		}
	});
}

tb_error *config_set_tf32(tb_config *config, int32_t on) noexcept {
	return configuring(config, "", [&](tb_config &c) {
		if (on != 0) {
			c.nv->setFlag(BuilderFlag::kTF32);
		} else {
			c.nv->clearFlag(BuilderFlag::kTF32);
		}
		if (c.nv->getFlag(BuilderFlag::kTF32) != (on != 0)) {
			fail(TB_ERR_REFUSED, "TensorRT did not take the TF32 flag");
		}
	});
}

tb_error *config_set_compute_capabilities(tb_config *config, const int32_t *cc, size_t cc_count) noexcept {
	return configuring(config, "", [&](tb_config &c) {
		given(cc, "the list of compute capabilities");
		set_compute_capabilities(*c.nv, cc, cc_count);
	});
}

tb_error *config_set_progress(tb_config *config, tb_progress_fn progress, uintptr_t data) noexcept {
	return configuring(config, "", [&](tb_config &c) {
		c.monitor.progress = progress;
		c.monitor.data = data;
	});
}

tb_error *config_add_profile(tb_config *config, tb_profile *profile) noexcept {
	return configuring(config, "", [&](tb_config &c) {
		if (given(profile, "profile").builder != c.builder) {
			fail(TB_ERR_ARGUMENT, "the profile is of another builder");
		}
		if (!profile->nv->isValid() || c.nv->addOptimizationProfile(profile->nv) < 0) {
			fail(TB_ERR_REFUSED, "TensorRT did not take the profile: in every entry smallest <= usual <= largest");
		}
	});
}

void config_cancel(tb_config *config) noexcept { config->monitor.canceled = true; }

void config_free(tb_config *config) noexcept { delete config; }

tb_error *build(tb_network *net, tb_config *config, tb_plan **out) noexcept {
	Journal *journal = net == nullptr ? nullptr : &net->builder->journal;
	if (journal != nullptr) {
		journal->begin();
	}
	return guarded(journal, TB_PHASE_BUILD, net == nullptr ? "" : net->name, [&] {
		Builder &builder = *given(net, "network").builder;
		if (given(config, "config").builder != net->builder) {
			fail(TB_ERR_ARGUMENT, "the config is of another builder");
		}
		if (config->monitor.canceled) {
			fail(TB_ERR_CANCELED, "the build was canceled before it began");
		}
		auto plan = std::make_unique<tb_plan>();
		plan->nv.reset(builder.nv->buildSerializedNetwork(*net->nv, *config->nv));
		if (plan->nv == nullptr) {
			fail(config->monitor.canceled ? TB_ERR_CANCELED : TB_ERR_REFUSED,
			     config->monitor.canceled ? "the build was canceled" : "TensorRT built no engine");
		}
		given(out, "out") = plan.release();
	});
}

void plan_bytes(const tb_plan *plan, const void **data, size_t *size) noexcept {
	*data = plan->nv->data();
	*size = plan->nv->size();
}

void plan_free(tb_plan *plan) noexcept { delete plan; }

} // namespace tb::entry
