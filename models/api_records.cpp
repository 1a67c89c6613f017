#include "models/api_records.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "models/context.hpp"

namespace drdrill::models {
namespace {

/// Of what Redis acknowledged between the two, where no stretch begins or ends, what is lost.
double lost_share(std::span<const SlotWrites::Stretch> keys, Offset from, Offset to) {
  double all = 0, lost = 0;
  for (const SlotWrites::Stretch& stretch : keys) {
    if (stretch.first > from || stretch.last < to || stretch.last == stretch.first) continue;
    const double rate = stretch.writes / to_seconds(stretch.last - stretch.first);
    all += rate;
    lost += stretch.lost ? rate : 0;
  }
  return all > 0 ? lost / all : 0;
}

void add(std::vector<LedgerRun>& runs, const LedgerRun& run) {
  if (run.count == 0) return;
  if (!runs.empty() && runs.back().last == run.first) {
    runs.back().last = run.last;
    runs.back().count += run.count;
  } else {
    runs.push_back(run);
  }
}

}  // namespace

void lose_with_keys(LedgerStream& api, std::span<const SlotWrites::Stretch> keys) {
  std::vector<LedgerRun> all;
  for (const LedgerRun& run : api.runs) {
    if (run.fate != Fate::kept || run.last <= run.first) {
      all.push_back(run);
      continue;
    }
    std::vector<Offset> cuts{run.first, run.last};
    for (const SlotWrites::Stretch& stretch : keys)
      for (const Offset cut : {stretch.first, stretch.last})
        if (cut > run.first && cut < run.last) cuts.push_back(cut);
    std::sort(cuts.begin(), cuts.end());
    const double rate = static_cast<double>(run.count) / to_seconds(run.last - run.first);
    std::vector<LedgerRun> kept, lost;
    std::uint64_t told = 0;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      const Offset from = cuts[i], to = cuts[i + 1];
      const auto until =
          static_cast<std::uint64_t>(nearest_whole(rate * to_seconds(to - run.first)));
      const auto count = static_cast<double>(until - told);
      const auto gone =
          static_cast<std::uint64_t>(nearest_whole(lost_share(keys, from, to) * count));
      add(lost, {from, to, gone, Fate::lost});
      add(kept, {from, to, until - told - gone, Fate::kept});
      told = until;
    }
    all.insert(all.end(), kept.begin(), kept.end());
    all.insert(all.end(), lost.begin(), lost.end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const LedgerRun& a, const LedgerRun& b) { return a.first < b.first; });
  api.runs = std::move(all);
}

}  // namespace drdrill::models
