#include "scenarios/procedures/written_lists.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "scenarios/procedures/words.hpp"

namespace drdrill::procedures {

void read_box(const Block& block, const std::vector<std::string>& headings,
              ProcedureDocument& out) {
  if (!block.text.starts_with("[ ]") && !lowered(block.text).starts_with("[x]")) return;
  const auto any = [&](std::span<const std::string_view> words) {
    return std::any_of(headings.begin(), headings.end(), [&](const std::string& heading) {
      return has_any(lowered(heading), words);
    });
  };
  // What is only to be done is somebody's word; what is to be found out needs a means.
  constexpr std::array<std::string_view, 2> validating{"validat", "verif"};
  constexpr std::array<std::string_view, 4> recovering{"recover", "disaster", "restor", "failover"};
  if (!any(validating) || !any(recovering)) return;
  const std::string heading = headings.empty() ? "" : headings.back();
  if (out.checklists.empty() || out.checklists.back().heading != heading)
    out.checklists.push_back({heading, {out.file, block.line}, 0, 0});
  WrittenChecklist& list = out.checklists.back();
  ++list.items;
  if (block.text.find_first_of("`0123456789", 3) != std::string::npos) ++list.measured;
}

void read_contact(const Block& block, const std::vector<std::string>& headings,
                  ProcedureDocument& out) {
  const bool about_people =
      std::any_of(headings.begin(), headings.end(), [](const std::string& heading) {
        return lowered(heading).find("contact") != std::string::npos;
      });
  if (!about_people) return;
  if (block.text.find_first_of("@0123456789") != std::string::npos ||
      lowered(block.text).find("tbd") != std::string::npos)
    out.contacts.push_back({block.text, {out.file, block.line}});
}

}  // namespace drdrill::procedures
