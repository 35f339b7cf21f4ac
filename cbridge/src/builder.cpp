// builder.cpp: making a builder, which is also the test whether a library can
// build on this machine.
#include "entry.h"
#include "objects.h"

namespace tb::entry {

tb_error *builder_create(tb_library *lib, tb_log_fn log, uintptr_t log_data, int32_t log_level,
                         tb_builder **out) noexcept {
	std::unique_ptr<tb_builder> builder;
	tb_error *err = guarded(nullptr, TB_PHASE_BUILDER, "", [&] {
		builder = std::make_unique<tb_builder>();
		builder->object = std::make_shared<Builder>(given(lib, "library").object, log, log_data, log_level);
	});
	if (err != nullptr) {
		return err;
	}
	Builder &b = *builder->object;
	return guarded(&b.journal, TB_PHASE_BUILDER, "", [&] {
		// Said to be checked against the headers' version; what it is checked against
		// must be the library's own, or an older library of the family would refuse.
		b.nv.reset(static_cast<nvinfer1::IBuilder *>(
			b.library->create_builder(&b.journal.logger(), b.library->version_number())));
		if (b.nv == nullptr) {
			fail(TB_ERR_NO_BUILDER, b.library->path + " makes no builder on this machine");
		}
		b.nv->setErrorRecorder(&b.journal);
		given(out, "out") = builder.release();
	});
}

void builder_free(tb_builder *builder) noexcept { delete builder; }

} // namespace tb::entry
