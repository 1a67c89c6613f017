#include "scenarios/procedures/placeholder_words.hpp"

#include <algorithm>
#include <cctype>

#include "scenarios/procedures/words.hpp"

namespace drdrill::procedures {

std::vector<std::string_view> name_parts(std::string_view name) {
  std::vector<std::string_view> parts;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('_'), name.size());
    if (end > 0) parts.push_back(name.substr(0, end));
    name.remove_prefix(std::min(name.size(), end + 1));
  }
  return parts;
}

std::optional<DatePattern> date_pattern(std::string_view text) {
  if (!text.starts_with("YYYY") && !text.starts_with("yyyy")) return std::nullopt;
  DatePattern made;
  bool month = false;
  while (made.size < text.size()) {
    const std::string_view rest = text.substr(made.size);
    const std::string pair = lowered(rest.substr(0, 2));
    if (made.size == 0) {
      made.format = "%Y";
      made.size = 4;
    } else if (pair == "mm") {
      made.format += month ? "%M" : "%m";
      month = true;
      made.size += 2;
    } else if (pair == "dd" || pair == "hh" || pair == "ss") {
      made.format += pair == "dd" ? "%d" : pair == "hh" ? "%H" : "%S";
      made.clock = made.clock || pair == "hh";
      made.size += 2;
    } else if (std::string_view("-_/:. T").find(rest[0]) != std::string_view::npos &&
               rest.size() > 2 &&
               std::string_view("MmDdHhSs").find(rest[1]) != std::string_view::npos &&
               std::toupper(static_cast<unsigned char>(rest[1])) ==
                   std::toupper(static_cast<unsigned char>(rest[2]))) {
      made.format += rest[0];
      ++made.size;
    } else {
      if (rest[0] == 'Z' && made.clock) made.format += 'Z', ++made.size;
      break;
    }
  }
  return month ? std::optional(made) : std::nullopt;
}

}  // namespace drdrill::procedures
