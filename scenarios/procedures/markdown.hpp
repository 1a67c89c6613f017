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
  int indent = 0;    ///< of an item: the blanks before it
  std::string text;  ///< without marks of emphasis; an item with the lines that it goes on in
  std::string language;
  std::vector<std::string> cells;
};

std::vector<Block> read_markdown(std::string_view text);

}  // namespace drdrill::procedures
