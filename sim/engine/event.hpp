#pragma once

#include <bit>
#include <cstdint>

#include "sim/base/random.hpp"
#include "sim/base/time.hpp"

/// What the engine schedules. An event is plain data: the model that handles it knows what its
/// numbers mean, and one switch over `kind` is the cheapest dispatch there is.
namespace drdrill {

/// A set of events that are cancelled together: a timer is a group with one event, and all that a
/// component has in flight is a group that dies with it.
enum class Group : std::uint32_t { none = 0 };

/// What happens, without when.
struct What {
  std::uint16_t component = 0;
  std::uint16_t kind = 0;
  std::uint32_t subject = 0;
  std::uint64_t data = 0;
};

struct Event {
  Offset time{};
  std::uint16_t component = 0;
  std::uint16_t kind = 0;
  std::uint32_t subject = 0;
  std::uint64_t data = 0;
  /// The engine's own: whose event it is, and which generation of that group it belongs to.
  Group group = Group::none;
  std::uint32_t generation = 0;
};
static_assert(sizeof(Event) == 32);

/// A hash over a sequence of events (time, component, kind, subject) that depends on their order.
/// Two runs with equal fingerprints did the same things at the same times, but for a chance of
/// about 2^-64.
class Fingerprint {
 public:
  void add(const Event& e) {
    state_ = (std::rotl(state_, 29) ^ static_cast<std::uint64_t>(e.time.count())) * odd_1;
    state_ = (std::rotl(state_, 31) ^
              (std::uint64_t{e.component} << 48 | std::uint64_t{e.kind} << 32 | e.subject)) *
             odd_2;
  }

  std::uint64_t value() const { return mix_bits(state_); }

 private:
  static constexpr std::uint64_t odd_1 = 0x9e3779b97f4a7c15U;
  static constexpr std::uint64_t odd_2 = 0xd1342543de82ef95U;
  std::uint64_t state_ = 0x243f6a8885a308d3U;
};

}  // namespace drdrill
