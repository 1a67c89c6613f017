#include "models/redis_writes.hpp"

#include <algorithm>

#include "sim/engine/math.hpp"

namespace drdrill::models {
double keys_written(double writes, double keys) {
  return keys > 0 ? keys * (1 - math::exponential(-writes / keys)) : writes;
}

void SlotWrites::add(Offset first, Offset last, double writes) {
  if (last > first) stretches_.push_back({first, last, writes, false});
}

void SlotWrites::lose_after(Offset kept) {
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    Stretch& stretch = stretches_[i];
    if (stretch.lost || stretch.last <= kept) continue;
    if (stretch.first < kept) {
      Stretch before = stretch;
      before.last = kept;
      before.writes *= to_seconds(kept - stretch.first) / to_seconds(stretch.last - stretch.first);
      stretch.first = kept;
      stretch.writes -= before.writes;
      stretches_.insert(stretches_.begin() + static_cast<std::ptrdiff_t>(i), before);
      ++i;
    }
    stretches_[i].lost = true;
  }
}

SlotWrites SlotWrites::split(double part) {
  SlotWrites taken = *this;
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    taken.stretches_[i].writes *= part;
    stretches_[i].writes -= taken.stretches_[i].writes;
  }
  return taken;
}

bool SlotWrites::join(const SlotWrites& other) {
  const auto alike = [](const Stretch& a, const Stretch& b) {
    return a.first == b.first && a.last == b.last && a.lost == b.lost;
  };
  if (!std::equal(stretches_.begin(), stretches_.end(), other.stretches_.begin(),
                  other.stretches_.end(), alike))
    return false;
  for (std::size_t i = 0; i < stretches_.size(); ++i)
    stretches_[i].writes += other.stretches_[i].writes;
  return true;
}

bool SlotWrites::kept(Offset when) const {
  const auto found = std::find_if(stretches_.begin(), stretches_.end(),
                                  [&](const Stretch& stretch) { return when <= stretch.last; });
  return found == stretches_.end() || !found->lost;
}

double SlotWrites::kept_between(Offset first, Offset last) const {
  double writes = 0;
  for (const Stretch& stretch : stretches_) {
    const Offset from = std::max(first, stretch.first), to = std::min(last, stretch.last);
    if (stretch.lost || to <= from) continue;
    writes += stretch.writes * (to_seconds(to - from) / to_seconds(stretch.last - stretch.first));
  }
  return writes;
}

std::vector<LedgerRun> SlotWrites::runs(double keys) const {
  std::vector<LedgerRun> runs;  // the newest first
  double writes = 0;            // since the fate changed
  for (auto stretch = stretches_.rbegin(); stretch != stretches_.rend(); ++stretch) {
    if (stretch->writes <= 0) continue;
    const Fate fate = stretch->lost ? Fate::lost : Fate::kept;
    bool same = !runs.empty() && runs.back().fate == fate;
    // Of what is kept only what the drill saw is told.
    if (fate == Fate::kept && stretch->last <= Offset::zero()) same = false;
    if (!same) writes = 0;
    if (!same || runs.back().first != stretch->last)
      runs.push_back({stretch->first, stretch->last, 0, fate});
    const double newer = keys_written(writes, keys);
    writes += stretch->writes;
    runs.back().first = stretch->first;
    runs.back().count +=
        static_cast<std::uint64_t>(keys_written(writes, keys)) - static_cast<std::uint64_t>(newer);
  }
  runs.erase(
      std::remove_if(runs.begin(), runs.end(), [](const LedgerRun& run) { return run.count == 0; }),
      runs.end());
  std::reverse(runs.begin(), runs.end());
  return runs;
}

}  // namespace drdrill::models
