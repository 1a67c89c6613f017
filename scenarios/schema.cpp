#include "scenarios/schema.hpp"

#include <array>
#include <utility>

namespace drdrill {

/// Made from the files by schema/embed.cmake.
extern const std::array<std::pair<std::string_view, std::string_view>, 6> schema_table;

std::optional<std::string_view> schema_text(std::string_view kind) {
  for (const auto& [name, text] : schema_table)
    if (name == kind) return text;
  return std::nullopt;
}

}  // namespace drdrill
