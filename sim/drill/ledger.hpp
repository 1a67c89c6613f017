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
};

struct Ledger {
  std::vector<LedgerStream> streams;
};

}  // namespace drdrill
