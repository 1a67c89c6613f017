#pragma once

#include <vector>

#include "sim/drill/ledger.hpp"

/// What a range of Redis' slots acknowledged, and which of it is gone.
namespace drdrill::models {

/// How many of so many keys are written at least once; without a number each write has its own.
double keys_written(double writes, double keys);

class SlotWrites {
 public:
  struct Stretch {
    Offset first{};
    Offset last{};
    double writes = 0;
    bool lost = false;
  };
  void clear() { stretches_.clear(); }
  /// Writes were acknowledged from `first` to `last`, after all that were added before.
  void add(Offset first, Offset last, double writes);
  /// The data that serve from now on lack what was acknowledged after `kept`.
  void lose_after(Offset kept);
  /// When the first one was acknowledged; `never` without any.
  Offset began() const { return stretches_.empty() ? never : stretches_.front().first; }
  /// Takes away this share of it, for a part of the range.
  SlotWrites split(double part);
  /// Adds what another part of the range acknowledged; false when it did so at other times.
  bool join(const SlotWrites& other);
  /// Is what was acknowledged at `when` still there?
  bool kept(Offset when) const;
  /// How many of those that are still there were acknowledged between the two.
  double kept_between(Offset first, Offset last) const;
  /// The keys that were written, by fate, each where its newest value was. There are `keys` of them
  /// and each write goes to any of them, so that however long a loss is, it never is of more
  /// records than there are keys. Without a number every write has a key of its own.
  std::vector<LedgerRun> runs(double keys) const;
  /// In order of time.
  const std::vector<Stretch>& stretches() const { return stretches_; }

 private:
  std::vector<Stretch> stretches_;
};

}  // namespace drdrill::models
