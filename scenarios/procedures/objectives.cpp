#include "scenarios/procedures/objectives.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "scenarios/procedures/words.hpp"
#include "sim/base/time.hpp"

namespace drdrill::procedures {
namespace {

struct ComponentWord {
  std::string_view word;
  ComponentId component;
};
/// The first that a name contains is meant.
constexpr std::array<ComponentWord, 17> component_words{{
    {"livekit", ComponentId::livekit_sfu},
    {"sfu", ComponentId::livekit_sfu},
    {"media", ComponentId::livekit_sfu},
    {"postgres", ComponentId::postgres},
    {"database", ComponentId::postgres},
    {"redis", ComponentId::redis},
    {"cache", ComponentId::redis},
    {"session", ComponentId::redis},
    {"load balancer", ComponentId::load_balancer},
    {"load-balancer", ComponentId::load_balancer},
    {"ingress", ComponentId::load_balancer},
    {"traefik", ComponentId::load_balancer},
    {"monitor", ComponentId::monitoring},
    {"prometheus", ComponentId::monitoring},
    {"grafana", ComponentId::monitoring},
    {"api", ComponentId::api},
    {"backend", ComponentId::api},
}};

std::optional<ComponentId> component_named(std::string_view text) {
  const std::string name = lowered(text);
  for (const ComponentWord& row : component_words)
    if (name.find(row.word) != std::string::npos) return row.component;
  return std::nullopt;
}

/// "30 minutes", "< 1 h", "5 min", "24 hours", "0".
std::optional<Duration> time_of(std::string_view cell) {
  const std::string text = lowered(cell);
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t end = std::min(text.find_first_not_of("0123456789.", begin), text.size());
  const std::size_t unit = std::min(text.find_first_of("smhd", end), text.size());
  const std::string number = text.substr(begin, end - begin);
  if (unit == text.size())
    return number.find_first_not_of("0.") == std::string::npos ? std::optional(Duration{})
                                                               : std::nullopt;
  return parse_duration(number + text[unit]);
}

std::size_t column_of(const Block& head, std::string_view word) {
  for (std::size_t i = 0; i < head.cells.size(); ++i) {
    const std::string cell = lowered(head.cells[i]);
    if (cell == word || cell.starts_with(std::string(word) + " ")) return i;
  }
  return head.cells.size();
}

void read_row(const Block& row, std::size_t rto, std::size_t rpo, ProcedureDocument& out) {
  Objective objective;
  const auto component = row.cells.empty() ? std::nullopt : component_named(row.cells[0]);
  if (rto < row.cells.size()) objective.rto = time_of(row.cells[rto]);
  if (rpo < row.cells.size()) objective.rpo = time_of(row.cells[rpo]);
  if (!component || (!objective.rto && !objective.rpo)) return;
  objective.component = *component;
  objective.place = {out.file, row.line};
  const auto known = std::find_if(out.objectives.begin(), out.objectives.end(),
                                  [&](const Objective& o) { return o.component == *component; });
  if (known == out.objectives.end()) {
    out.objectives.push_back(std::move(objective));
    return;
  }
  // A table for RTO and another one for RPO.
  if (!known->rto) known->rto = objective.rto;
  if (!known->rpo) known->rpo = objective.rpo;
}

}  // namespace

void read_objectives(std::span<const Block> blocks, ProcedureDocument& out) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].kind != Block::Kind::row) continue;
    const std::size_t rto = column_of(blocks[i], "rto"), rpo = column_of(blocks[i], "rpo");
    const bool head = rto < blocks[i].cells.size() || rpo < blocks[i].cells.size();
    std::size_t at = i + 1;
    for (; at < blocks.size() && blocks[at].kind == Block::Kind::row; ++at)
      if (head) read_row(blocks[at], rto, rpo, out);
    i = at - 1;
  }
}

}  // namespace drdrill::procedures
