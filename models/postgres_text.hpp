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
/// The bytes up to the position that such a text names; nothing: it names none.
std::optional<double> position_in(const std::string& text);

}  // namespace drdrill::models
