// entry.h: declares what the table points at, from the same list as the table.
#pragma once

#include "bridge.h"

namespace tb::entry {

#define TB_ENTRY(result, name, params, args) result name params noexcept;
#define TB_ENTRY_VOID(name, params, args) void name params noexcept;
TB_FUNCTIONS(TB_ENTRY, TB_ENTRY_VOID)
#undef TB_ENTRY
#undef TB_ENTRY_VOID

} // namespace tb::entry
