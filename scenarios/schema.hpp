#pragma once

#include <optional>
#include <string_view>

/// The JSON Schemas (draft 7) of what drdrill reads and writes, embedded at build time from
/// scenarios/schema/.
namespace drdrill {

/// "scenario", "platform", "runbook", "parameters", "report", "validation"; nothing for any other
/// name.
std::optional<std::string_view> schema_text(std::string_view kind);

}  // namespace drdrill
