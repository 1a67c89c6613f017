#include <algorithm>
#include <array>

#include "sim/audit/audit.hpp"
#include "sim/audit/table_backups.hpp"
#include "sim/audit/table_procedures.hpp"
#include "sim/audit/table_texts.hpp"

/// The table of rules, put together of its parts.
namespace drdrill::audit {
namespace {

template <std::size_t... Sizes>
constexpr auto joined_tables(const std::array<Rule, Sizes>&... tables) {
  std::array<Rule, (Sizes + ...)> all{};
  auto next = all.begin();
  ((next = std::copy(tables.begin(), tables.end(), next)), ...);
  return all;
}

constexpr auto table = joined_tables(table_texts, table_backups, table_procedures);

}  // namespace

std::span<const Rule> rules() {
  return table;
}

const Rule* find_rule(std::string_view id) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Rule& rule) { return rule.id == id; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace drdrill::audit
