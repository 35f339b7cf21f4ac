// api.cpp: the table and the shim's one export.
#include "entry.h"
#include "families.h"

namespace {

#define TB_FILL(result, name, params, args) tb::entry::name,
#define TB_FILL_VOID(name, params, args) tb::entry::name,
constexpr tb_api table = {
	sizeof(tb_api), TB_ABI, tb::family_name, tb::compiled_with, TB_FUNCTIONS(TB_FILL, TB_FILL_VOID)};
#undef TB_FILL
#undef TB_FILL_VOID

} // namespace

extern "C" __attribute__((visibility("default"))) const tb_api *trtbridge_api(void);
const tb_api *trtbridge_api(void) { return &table; }
