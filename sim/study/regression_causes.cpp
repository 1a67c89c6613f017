#include <algorithm>

#include "sim/study/regression.hpp"

namespace drdrill::study {
namespace {

constexpr double enough = 0.5;  // of the difference

double value_of(const RegressionRow& row, bool after) {
  if (row.is_share()) return (after ? row.share_after : row.share_before).value();
  return static_cast<double>(after ? row.after : row.before) / 1e9;
}

class Search {
 public:
  Search(ScenarioRegression& scenario, const RunVariant& run) : scenario_(scenario), run_(run) {
    for (RegressionRow& row : scenario.rows)
      if (row.state == RegressionRow::State::worse) worse_.push_back(&row);
  }

  void find() {
    const std::size_t changes = scenario_.changes.size();
    if (changes == 1)
      for (RegressionRow* row : worse_) row->because.push_back({});
    if (changes <= 1) return;
    look(true);
    if (std::any_of(worse_.begin(), worse_.end(), [](auto* row) { return row->because.empty(); }))
      look(false);
    for (RegressionRow* row : worse_)
      std::stable_sort(row->because.begin(), row->because.end(),
                       [](const Blame& a, const Blame& b) { return a.share > b.share; });
  }

 private:
  /// `alone`: each change by itself on the base; else everything without it.
  void look(bool alone) {
    const std::size_t changes = scenario_.changes.size();
    std::vector<std::vector<Blame>> found(worse_.size());
    const bool outcomes = std::any_of(worse_.begin(), worse_.end(),
                                      [](const RegressionRow* row) { return !row->is_target(); });
    for (std::uint32_t change = 0; change < changes && !worse_.empty(); ++change) {
      std::vector<bool> made(changes, !alone);
      made[change] = alone;
      const auto variant = run_(made, outcomes);
      if (!variant) continue;
      for (std::size_t i = 0; i < worse_.size(); ++i) {
        const RegressionRow& row = *worse_[i];
        const double value = figure_of(row, *variant);
        const double from = value_of(row, !alone), to = value_of(row, alone);
        const double share = (value - from) / (to - from);
        if (share >= enough) found[i].push_back({change, share, alone});
      }
    }
    for (std::size_t i = 0; i < worse_.size(); ++i)
      if (worse_[i]->because.empty()) worse_[i]->because = std::move(found[i]);
  }

  ScenarioRegression& scenario_;
  const RunVariant& run_;
  std::vector<RegressionRow*> worse_;
};

}  // namespace

void find_causes(ScenarioRegression& scenario, const RunVariant& run) {
  Search(scenario, run).find();
}

}  // namespace drdrill::study
