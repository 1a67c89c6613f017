#include "scenarios/procedures/component_words.hpp"

#include <array>
#include <cctype>
#include <string>

#include "scenarios/procedures/words.hpp"

namespace drdrill::procedures {
namespace {

struct ComponentWord {
  std::string_view word;
  ComponentId component;
};
/// The first that a name has as a word is meant; "…*" is a beginning.
constexpr std::array<ComponentWord, 26> component_words{{
    {"livekit", ComponentId::livekit_sfu},
    {"sfu", ComponentId::livekit_sfu},
    {"media server*", ComponentId::livekit_sfu},
    {"postgres*", ComponentId::postgres},
    {"database*", ComponentId::postgres},
    {"db", ComponentId::postgres},
    {"redis", ComponentId::redis},
    {"valkey", ComponentId::redis},
    {"cache*", ComponentId::redis},
    {"session*", ComponentId::redis},
    {"load balanc*", ComponentId::load_balancer},
    {"load-balanc*", ComponentId::load_balancer},
    {"loadbalanc*", ComponentId::load_balancer},
    {"ingress", ComponentId::load_balancer},
    {"traefik", ComponentId::load_balancer},
    {"haproxy", ComponentId::load_balancer},
    {"monitoring", ComponentId::monitoring},
    {"prometheus", ComponentId::monitoring},
    {"grafana", ComponentId::monitoring},
    {"api", ComponentId::api},
    {"apis", ComponentId::api},
    {"backend", ComponentId::api},
    {"platform", ComponentId::platform},
    {"overall", ComponentId::platform},
    {"production", ComponentId::platform},
    {"whole system", ComponentId::platform},
}};
/// Stores that no model has: their database is none of ours.
constexpr std::array<std::string_view, 10> other_stores{
    "mysql", "mariadb", "mongo",     "dynamo", "cassandra",
    "click", "elastic", "cosmos db", "neo4j",  "vector"};

bool is_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  const bool beginning = word.ends_with('*');
  if (beginning) word.remove_suffix(1);
  for (std::size_t at = text.find(word, from); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if (at > 0 && is_letter(text[at - 1])) continue;
    if (!beginning && end < text.size() && is_letter(text[end])) continue;
    return at;
  }
  return std::string_view::npos;
}

std::optional<ComponentId> component_named(std::string_view text) {
  const std::string name = lowered(text);
  const bool other = has_any(name, other_stores);
  for (const ComponentWord& row : component_words) {
    if (other && (row.component == ComponentId::postgres || row.component == ComponentId::redis) &&
        row.word != "postgres*" && row.word != "redis")
      continue;
    if (find_word(name, row.word) != std::string::npos) return row.component;
  }
  return std::nullopt;
}

}  // namespace drdrill::procedures
