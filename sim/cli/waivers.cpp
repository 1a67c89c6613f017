#include "sim/cli/waivers.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

#include "scenarios/document.hpp"
#include "sim/base/reader.hpp"
#include "sim/cli/options.hpp"
#include "sim/drill/component.hpp"

namespace drdrill::cli {
namespace {

/// "2026-12-31", of the calendar. Days order as their texts do.
bool is_day(const std::string& text) {
  int year = 0, month = 0, day = 0, length = 0;
  constexpr int whole = 10;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 ||
      length != whole || text.size() != whole)
    return false;
  return std::chrono::year_month_day(std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
      .ok();
}

}  // namespace

std::vector<study::Waiver> load_waivers(const std::string& file, const std::string& today) {
  Problems problems;
  std::vector<study::Waiver> waivers;
  const auto document = load_document(file, problems);
  if (document) {
    Reader root(*document, file, problems);
    std::vector<std::string_view> names;
    names.reserve(components.size());
    for (const ComponentRow& row : components) names.push_back(row.id);
    if (!root.has("waivers")) root.problem("\"waivers\" is missing");
    root.each("waivers", [&](Reader& reader) {
      study::Waiver waiver;
      waiver.scenario = reader.string("scenario", std::string());
      if (reader.has("component"))
        waiver.component = std::string(names[reader.one_of("component", names)]);
      if (!reader.has("scenario") && !reader.has("component"))
        reader.problem(
            "a waiver of everything hides everything: name a \"scenario\", a "
            "\"component\" or both");
      waiver.reason = reader.string("reason");
      if (waiver.reason.empty() && reader.has("reason"))
        reader.problem("reason", "a waiver says why");
      waiver.expires = reader.string("expires");
      if (reader.has("expires") && !is_day(waiver.expires))
        reader.problem("expires", "expected a day such as \"2026-12-31\"");
      waiver.place = {file, reader.at().line};
      waiver.expired = waiver.expires < today;
      reader.finish();
      waivers.push_back(std::move(waiver));
    });
    root.finish();
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return waivers;
}

std::string day_or_today(const std::string& given) {
  if (!given.empty()) {
    if (!is_day(given))
      throw UsageError("--today " + given + ": expected a day such as 2026-11-23");
    return given;
  }
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

}  // namespace drdrill::cli
