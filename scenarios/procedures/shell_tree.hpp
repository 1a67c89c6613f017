#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/procedures/shfmt.hpp"

/// What is taken from the tree that `shfmt --to-json` prints.
namespace drdrill::procedures {

/// What one statement of the outermost level occupies, gathered from the events of its subtree.
struct Extent {
  std::size_t begin = 0;  ///< of the statement itself
  std::size_t last = 0;   ///< the greatest offset anywhere in it
  std::size_t line = 1;
  bool document = false;  ///< it has a here-document, whose end the tree does not tell
  bool calls = false;     ///< it calls something, so it is no mere assignment
  std::string type;
};

struct Tree {
  std::vector<Extent> extents;
  std::vector<Quoted> quoted;
  std::vector<Quoted> documents;
  std::string error;  ///< why there is none
  int error_line = 1;
  bool out_of_bounds = false;
};

/// The tree of a script, or what is wrong with it.
Tree tree_of(const std::string& json, std::string_view script);

ShellSyntax syntax_of(Tree tree, std::string_view script);

/// The part of a tree of several scripts that is about one of them: bytes [begin, end), from `line`
/// on. Nothing when something reaches over its end.
std::optional<Tree> part_of(const Tree& tree, std::size_t begin, std::size_t end, std::size_t line);

}  // namespace drdrill::procedures
