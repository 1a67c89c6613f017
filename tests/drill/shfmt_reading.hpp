#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sim/drill/shell.hpp"

/// The tree that shfmt has of a script, as our own parser would give it, and a way to compare them.
namespace drdrill::shell {

struct ShfmtReading {
  std::shared_ptr<const List> list;  ///< null: shfmt does not take the text, or `unknown` has words
  std::string unknown;               ///< something that our tree has no place for
  std::string error;                 ///< shfmt's
};

ShfmtReading read_with_shfmt(std::string_view text);

/// A tree as text: all that the evaluation of it depends on, but for the inside of arithmetic,
/// which is compared without blanks, and not where something is expanded in it.
std::string shown(const List& list);

}  // namespace drdrill::shell
