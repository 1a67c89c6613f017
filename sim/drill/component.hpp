#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

/// The components whose recovery is measured, and the whole platform as a participant meets it.
namespace drdrill {

enum class ComponentId : std::uint8_t {
  livekit_sfu,
  api,
  postgres,
  redis,
  load_balancer,
  monitoring,
  platform,  ///< a new participant can join and gets media
};

inline constexpr std::size_t component_count = 7;

struct ComponentRow {
  std::string_view id;            ///< as files and reports spell it
  std::string_view steady_state;  ///< when it holds, in words
  std::string_view record;        ///< what its RPO counts; empty when there is no state to lose
};

inline constexpr std::array<ComponentRow, component_count> components{{
    {"livekit-sfu", "at least 99.5 % of joined participants have media",
     "room and participant records"},
    {"api", "at least 99.5 % of requests succeed and p95 is below 200 ms",
     "writes acknowledged to a client through the API"},
    {"postgres", "write and read through the Service work, in every database",
     "append-only rows; the worst database counts"},
    {"redis", "every slot reads and writes", "fresh keys; the worst slot range counts"},
    {"load-balancer", "new connections succeed", ""},
    {"monitoring", "samples are younger than two scrapes and rules evaluate",
     "samples that were due"},
    {"platform", "a new participant can join and gets media", ""},
}};

constexpr std::size_t index_of(ComponentId c) {
  return static_cast<std::size_t>(c);
}
constexpr const ComponentRow& row_of(ComponentId c) {
  return components[index_of(c)];
}
constexpr std::string_view name_of(ComponentId c) {
  return row_of(c).id;
}
constexpr bool has_state_to_lose(ComponentId c) {
  return !row_of(c).record.empty();
}

constexpr std::optional<ComponentId> component_of(std::string_view name) {
  for (std::size_t i = 0; i < component_count; ++i)
    if (components[i].id == name) return static_cast<ComponentId>(i);
  return std::nullopt;
}

/// A set of components.
class ComponentSet {
 public:
  constexpr void add(ComponentId c) { bits_ |= bit(c); }
  constexpr bool has(ComponentId c) const { return (bits_ & bit(c)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr ComponentSet operator|(ComponentSet other) const {
    return ComponentSet(bits_ | other.bits_);
  }
  constexpr bool operator==(const ComponentSet&) const = default;
  constexpr ComponentSet() = default;

 private:
  constexpr explicit ComponentSet(unsigned bits) : bits_(bits) {}
  static constexpr unsigned bit(ComponentId c) { return 1U << index_of(c); }
  unsigned bits_ = 0;
};

}  // namespace drdrill
