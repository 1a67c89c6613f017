#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/time.hpp"
#include "sim/drill/component.hpp"

/// What a system acknowledged, and what became of it. RPO is computed from this and nothing else.
namespace drdrill {

enum class Fate : std::uint8_t {
  kept,            ///< acknowledged and there after recovery
  lost,            ///< acknowledged and gone
  unacknowledged,  ///< there although nobody was told so; reported, not charged
  unread,          ///< acknowledged; whether it is there could not be found out
};

/// A run of records with the same fate, acknowledged from `first` to `last`.
struct LedgerRun {
  Offset first{};
  Offset last{};
  std::uint64_t count = 0;
  Fate fate = Fate::kept;
};

/// One database, slot range or room table: the unit whose worst case counts.
struct LedgerStream {
  ComponentId component = ComponentId::postgres;
  std::string name;
  std::vector<LedgerRun> runs;  ///< in order of `first`

  // How finely it was written; zero in worlds where every write is known.
  double planned_rate = 0;   ///< records a second
  double achieved_rate = 0;  ///< acknowledged, while any were
  Duration longest_gap{};    ///< without an acknowledgement between two
  std::string unread{};      ///< why its records could not be read back, when they could not

  /// A loss that is shorter may go unseen.
  Duration resolution() const {
    return achieved_rate > 0 ? from_seconds(1 / achieved_rate) : Duration{};
  }
};

struct Ledger {
  std::vector<LedgerStream> streams;
};

}  // namespace drdrill
