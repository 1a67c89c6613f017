#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Markdown as a row of blocks: what procedures are made of, nothing that only looks nice.
namespace drdrill::procedures {

struct Block {
  enum class Kind {
    heading,  ///< `level` 1 to 6
    label,    ///< a line that is nothing but bold
    code,     ///< `text` is its lines; `line` is the first of them
    ordered,  ///< an item of a numbered list
    bullet,
    row,  ///< of a table; `cells`
    text,
  };
  Kind kind = Kind::text;
  int level = 0;
  int line = 1;
  std::string text;  ///< without marks of emphasis
  std::string language;
  std::vector<std::string> cells;
};

std::vector<Block> read_markdown(std::string_view text);

}  // namespace drdrill::procedures
