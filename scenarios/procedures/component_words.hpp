#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "sim/drill/component.hpp"

/// Which component people mean.
namespace drdrill::procedures {

/// Where a word stands by itself, or a beginning ("databas*"); npos: nowhere.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0);

/// The component that a row, a heading or a sentence names; nothing for what is not modelled.
std::optional<ComponentId> component_named(std::string_view text);

}  // namespace drdrill::procedures
