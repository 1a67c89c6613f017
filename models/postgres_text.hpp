#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What stands in PostgreSQL's settings.
namespace drdrill::models {

/// The value of the last "KEY = 'VALUE'" or "KEY = VALUE" in a configuration; empty: none.
std::string setting_in(std::string_view text, std::string_view key);
/// NAME in "… host=NAME port=…"; empty: none.
std::string host_in(std::string_view conninfo);

/// "16/B374D848": the two halves of a position in the WAL, in bytes.
std::string lsn_text(double bytes);
/// The first of two quoted positions less the second, in bytes; nothing: no two positions.
std::optional<std::int64_t> bytes_between(std::string_view text);

}  // namespace drdrill::models
