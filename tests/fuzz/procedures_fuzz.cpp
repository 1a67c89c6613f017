#include "tests/fuzz/procedures_fuzz.hpp"

#include <algorithm>
#include <string>

#include "scenarios/procedures/markdown.hpp"
#include "scenarios/procedures/objectives.hpp"
#include "scenarios/procedures/shfmt.hpp"
#include "sim/base/ensure.hpp"

namespace drdrill::test {

void read_any_document(std::string_view input) {
  const auto blocks = procedures::read_markdown(input);
  const auto lines = std::count(input.begin(), input.end(), '\n') + 1;
  int before = 0;
  for (const procedures::Block& block : blocks) {
    // A fence that opens in the last line has its first line behind it.
    ENSURE(block.line >= before && block.line <= lines + 1, "a block on no line of the document");
    before = block.line;
  }
  ProcedureDocument document;
  procedures::read_objectives(blocks, document);
}

void read_any_tree(std::string_view input) {
  const std::string script(200, '\n');
  const auto syntax = procedures::read_tree(std::string(input), script);
  std::size_t before = 0;
  for (const procedures::Statement& each : syntax.statements) {
    ENSURE(each.begin >= before && each.begin <= each.end && each.end <= script.size(),
           "a statement that is not in the script");
    before = each.begin;
  }
}

}  // namespace drdrill::test
