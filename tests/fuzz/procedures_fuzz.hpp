#pragma once

#include <string_view>

namespace drdrill::test {

/// Reads the input as a Markdown document: blocks in order, on lines that it has.
void read_any_document(std::string_view input);

/// Reads the input as shfmt's tree of a small script: statements in order and inside of it, or a
/// reason.
void read_any_tree(std::string_view input);

}  // namespace drdrill::test
