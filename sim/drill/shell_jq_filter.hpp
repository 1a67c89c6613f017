#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/value.hpp"

/// The filters of jq that are known here: paths, iteration, pipes, length, keys and select by a
/// comparison with a literal.
namespace drdrill::shell {

/// One thing that a filter does to each value.
struct JqAct {
  enum class Kind { member, item, each, length, keys, select };
  Kind kind = Kind::each;
  std::string name;       ///< member
  long long index = 0;    ///< item
  std::vector<JqAct> of;  ///< select: the path that is compared
  bool equals = true;     ///< select
  Value literal;          ///< select
};

/// What a filter does, in order. Nothing when it is not understood.
std::optional<std::vector<JqAct>> jq_filter(std::string_view text);

}  // namespace drdrill::shell
