#include "sim/study/solve.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "sim/base/ensure.hpp"
#include "sim/drill/platform_cost.hpp"

namespace drdrill::study {
namespace {

constexpr unsigned most_halvings = 7;  // of the gap between two candidates
constexpr double confidence = 0.99;    // of all sides together

/// What a run says of a goal; nothing when it was not exercised.
std::optional<bool> reached(const Goal& goal, const Scenario& scenario, const Outcome& outcome) {
  for (std::size_t i = 0; i < scenario.objectives.size(); ++i) {
    if (scenario.objectives[i].component != goal.component) continue;
    const ObjectiveOutcome& row = outcome.objectives[i];
    if (!row.exercised || !row.evaluated) return std::nullopt;
    if (goal.rpo) return row.rpo_known && row.rpo <= goal.limit;
    return !row.censored && row.rto <= goal.limit;
  }
  return std::nullopt;
}

class Search {
 public:
  Search(const std::vector<Goal>& goals, const std::vector<Knob>& knobs, const Setter& set,
         const SolveOptions& options)
      : goals_(goals), knobs_(knobs), set_(set), options_(options) {
    std::size_t grid = 1, lines = 1;
    for (const Knob& knob : knobs) grid *= knob.candidates.size();
    for (const Knob& knob : knobs) lines = std::max(lines, grid / knob.candidates.size());
    planned_ = grid + 1 + 2 * knobs.size() * most_halvings;
    std::size_t looks = 1;
    for (std::uint64_t runs = options.first_runs; runs < options.most_runs; runs *= 2) ++looks;
    z_ = normal_width((1 - confidence) / static_cast<double>(planned_ * looks * goals.size()));
  }

  Solution run() {
    play(present_, nullptr, options_.first_runs);
    scan(0, {});
    prefer();
    Solution solution;
    solution.z = z_;
    solution.priced = priced_;
    if (const At* answer = find_answer(solution)) narrow(*answer);
    conclude(solution);
    return solution;
  }

 private:
  using At = std::vector<double>;

  void scan(std::size_t knob, At at) {
    if (knob == knobs_.size()) {
      play(tried_[at], &at, options_.first_runs);
      return;
    }
    at.push_back(0);
    for (const double value : knobs_[knob].candidates) {
      at.back() = value;
      scan(knob + 1, at);
    }
  }

  Side side_of(const std::vector<Share>& shares) const {
    bool all = true;
    for (std::size_t i = 0; i < goals_.size(); ++i) {
      const Interval interval = wilson(shares[i], z_);
      if (shares[i].of > 0 && interval.high < goals_[i].probability) return Side::fails;
      all &= shares[i].of > 0 && interval.low >= goals_[i].probability;
    }
    return all ? Side::meets : Side::undecided;
  }

  /// Runs are added, up to so many, until it is on one side.
  void play(Tried& tried, const At* at, std::uint64_t to) {
    if (tried.refused || tried.side != Side::undecided || tried.tally.runs >= to) return;
    if (at) tried.at = *at;
    const std::optional<Variant> variant = set_(at);
    tried.refused = !variant;
    if (!variant) return;
    tried.shares.resize(goals_.size());
    tried.usd_per_month = monthly_cost(*variant->platform).total();
    while (tried.side == Side::undecided && tried.tally.runs < to) {
      const std::uint64_t done = tried.tally.runs;
      const std::uint64_t next =
          std::min(to, done == 0 ? options_.first_runs : std::max(2 * done, done + 1));
      for (const Outcome& outcome : replicate(*variant->scenario, *variant->platform, options_.seed,
                                              {done, next - done}, options_.threads)) {
        tried.tally.add(outcome, false);
        for (std::size_t i = 0; i < goals_.size(); ++i)
          if (const auto hit = reached(goals_[i], *variant->scenario, outcome))
            tried.shares[i].add(*hit);
      }
      runs_ += next - done;
      tried.side = side_of(tried.shares);
      tell();
      if (tried.idle()) break;  // what no run exercises, more runs do not either
    }
  }

  /// At most, everything is played to the end; mostly it is not.
  void tell() const {
    if (!options_.watch) return;
    const auto most = static_cast<double>(options_.first_runs * planned_) +
                      static_cast<double>(options_.most_runs);
    options_.watch(std::min(0.99, static_cast<double>(runs_) / most), tried_.size(), runs_);
  }

  /// How far from what there is now: by ratio where that makes sense, in shares of the range.
  double distance(const At& at) const {
    double sum = 0;
    for (std::size_t i = 0; i < knobs_.size(); ++i) {
      const Knob& knob = knobs_[i];
      if (!knob.present) continue;
      const double low = knob.candidates.front(), high = knob.candidates.back();
      const double here = at[i], now = *knob.present;
      if (!knob.words.empty())
        sum += here == now ? 0 : 1;
      else if (low > 0 && now > 0 && high > low)
        sum += std::abs(std::log(here / now)) / std::log(high / low);
      else if (high > low)
        sum += std::abs(here - now) / (high - low);
    }
    return sum;
  }

  bool comes_before(const Tried& a, const Tried& b) const {
    if (priced_ && *a.usd_per_month != *b.usd_per_month) return *a.usd_per_month < *b.usd_per_month;
    return distance(a.at) < distance(b.at);
  }

  /// The order in which settings are wanted.
  void prefer() {
    for (const auto& [at, tried] : tried_)
      priced_ = priced_ && (tried.refused || tried.usd_per_month.has_value());
    priced_ = priced_ && present_.usd_per_month.has_value();
    for (const auto& [at, tried] : tried_)
      if (!tried.refused) order_.push_back(at);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](const At& a, const At& b) { return comes_before(tried_[a], tried_[b]); });
  }

  /// The first in that order that meets the goals; null when none does or none need be.
  const At* find_answer(Solution& solution) {
    play(present_, nullptr, options_.most_runs);
    const bool enough = present_.side == Side::meets;
    for (const At& at : order_) {
      Tried& tried = tried_[at];
      if (enough && !(priced_ && *tried.usd_per_month < *present_.usd_per_month)) break;
      play(tried, &at, options_.most_runs);
      if (tried.side != Side::meets) continue;
      answer_ = at;
      return &*answer_;
    }
    solution.present_is_enough = enough;
    return nullptr;
  }

  /// Settings that differ from `at` in this knob alone, in order of it.
  std::vector<At> line_through(const At& at, std::size_t knob) const {
    std::vector<At> out;
    for (const auto& [other, tried] : tried_) {
      bool same = !tried.refused;
      for (std::size_t i = 0; i < at.size(); ++i) same = same && (i == knob || other[i] == at[i]);
      if (same) out.push_back(other);
    }
    return out;
  }

  /// Halves the gaps between the answer and the neighbours that fail. What meets the goals in such
  /// a gap is as good as the answer or better, so the answer moves there.
  void narrow(At at) {
    for (std::size_t knob = 0; knob < knobs_.size(); ++knob) {
      if (!knobs_[knob].words.empty()) continue;
      for (const bool up : {false, true}) {
        const auto line = line_through(at, knob);
        const auto here = std::find(line.begin(), line.end(), at);
        if (up ? here + 1 == line.end() : here == line.begin()) continue;
        At beside = up ? *(here + 1) : *(here - 1);
        play(tried_[beside], &beside, options_.most_runs);
        At meets = at;
        for (unsigned k = 0; k < most_halvings && knobs_[knob].refine; ++k) {
          if (tried_[beside].side != Side::fails) break;
          At middle = meets;
          middle[knob] = between(knobs_[knob], std::min(meets[knob], beside[knob]),
                                 std::max(meets[knob], beside[knob]));
          if (middle == meets || middle == beside) break;
          Tried& tried = tried_[middle];
          play(tried, &middle, options_.most_runs);
          if (tried.side == Side::undecided || tried.refused) break;
          (tried.side == Side::meets ? meets : beside) = middle;
        }
        if (meets != at && comes_before(tried_[meets], tried_[at])) at = meets;
      }
    }
    answer_ = at;
  }

  static double between(const Knob& knob, double low, double high) {
    const double middle = (low + high) / 2;
    if (knob.whole) return std::floor(middle);
    constexpr double second = 1, coarse = 10;
    if (knob.is_duration && low >= coarse && high - low > second) return std::floor(middle);
    return middle;
  }

  void conclude(Solution& solution) {
    std::map<At, std::size_t> index;
    for (const auto& [at, tried] : tried_) {
      index[at] = solution.tried.size();
      solution.tried.push_back(tried);
    }
    if (answer_) solution.answer = index.at(*answer_);
    solution.present = present_;
    for (const auto& [at, tried] : tried_)
      for (std::size_t knob = 0; knob < knobs_.size(); ++knob)
        add_boundary(line_through(at, knob), at, index, solution);
    if (solution.answer || solution.present_is_enough) return;
    for (std::size_t i = 0; i < solution.tried.size(); ++i) {
      if (solution.tried[i].refused || solution.tried[i].idle()) continue;
      if (!solution.closest ||
          shortfall(solution.tried[i]) < shortfall(solution.tried[*solution.closest]))
        solution.closest = i;
    }
  }

  /// Between `at` and the next one on the line that is on a side, when that is the other side.
  void add_boundary(const std::vector<At>& line, const At& at,
                    const std::map<At, std::size_t>& index, Solution& solution) const {
    const Side here = tried_.at(at).side;
    if (here == Side::undecided) return;
    for (auto next = std::find(line.begin(), line.end(), at) + 1; next < line.end(); ++next) {
      const Side side = tried_.at(*next).side;
      if (side == Side::undecided) continue;
      if (side == here) return;
      const std::size_t one = index.at(at), other = index.at(*next);
      solution.boundaries.push_back(here == Side::meets ? Boundary{one, other}
                                                        : Boundary{other, one});
      return;
    }
  }

  double shortfall(const Tried& tried) const {
    double worst = 0;
    for (std::size_t i = 0; i < goals_.size(); ++i)
      worst = std::max(worst, goals_[i].probability - tried.shares[i].value());
    return worst;
  }

  const std::vector<Goal>& goals_;
  const std::vector<Knob>& knobs_;
  const Setter& set_;
  const SolveOptions& options_;
  Tried present_;
  std::map<At, Tried> tried_;
  std::vector<At> order_;
  std::optional<At> answer_;
  bool priced_ = true;
  std::size_t planned_ = 0;  ///< settings, at most
  double z_ = 0;
  std::uint64_t runs_ = 0;
};

}  // namespace

bool Tried::idle() const {
  return std::any_of(shares.begin(), shares.end(),
                     [](const Share& share) { return share.of == 0; });
}

double normal_width(double outside) {
  double low = 0, high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) > outside ? low : high) = middle;
  }
  return high;
}

Solution solve(const std::vector<Goal>& goals, const std::vector<Knob>& knobs, const Setter& set,
               const SolveOptions& options) {
  ENSURE(!goals.empty() && !knobs.empty(), "something to look for, and where");
  return Search(goals, knobs, set, options).run();
}

}  // namespace drdrill::study
