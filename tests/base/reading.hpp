#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/base/reader.hpp"
#include "tests/base/values.hpp"

namespace drdrill::test {

using Lines = std::vector<std::string>;

inline constexpr std::array<std::string_view, 3> colours{"red", "green", "blue"};

/// A reader of a value, and what it has complained about so far. Values built by `object` have
/// their nth member at line n.
struct Reading {
  explicit Reading(Value v) : root(std::move(v)), reader(root, "f", problems) {}

  Lines complaints() const {
    Lines lines;
    for (const Problem& p : problems.all()) lines.push_back(to_string(p));
    return lines;
  }

  Value root;
  Problems problems;
  Reader reader;
};

}  // namespace drdrill::test
