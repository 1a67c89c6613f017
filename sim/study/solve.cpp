#include "sim/study/solve.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "sim/base/ensure.hpp"

namespace drdrill::study {
namespace {

constexpr unsigned most_halvings = 7;  // of the gap between two candidates

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

Side side_of(const std::vector<Goal>& goals, const std::vector<Share>& shares) {
  bool all = true;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    const Interval interval = wilson(shares[i], normal_99);
    if (shares[i].of > 0 && interval.high < goals[i].probability) return Side::fails;
    all &= shares[i].of > 0 && interval.low >= goals[i].probability;
  }
  return all ? Side::meets : Side::undecided;
}

class Search {
 public:
  Search(const std::vector<Goal>& goals, const std::vector<Knob>& knobs, const Setter& set,
         const SolveOptions& options)
      : goals_(goals), knobs_(knobs), set_(set), options_(options) {}

  Solution run() {
    scan(0, {});
    for (std::size_t knob = 0; knob < knobs_.size(); ++knob) narrow(knob);
    return conclude();
  }

 private:
  using At = std::vector<double>;

  void scan(std::size_t knob, At at) {
    if (knob == knobs_.size()) {
      play(at);
      return;
    }
    at.push_back(0);
    for (const double value : knobs_[knob].candidates) {
      at.back() = value;
      scan(knob + 1, at);
    }
  }

  /// Runs are added until the setting is on one side.
  const Tried& play(const At& at) {
    const auto [place, added] = tried_.try_emplace(at);
    Tried& tried = place->second;
    if (!added) return tried;
    const Variant variant = set_(at);
    tried.at = at;
    tried.shares.resize(goals_.size());
    tried.usd_per_month = usd_per_month(*variant.platform);
    std::uint64_t done = 0;
    for (std::uint64_t to = options_.least_runs;
         tried.side == Side::undecided && done < options_.most_runs; to *= 2) {
      to = std::min(to, options_.most_runs);
      for (const Outcome& outcome : replicate(*variant.scenario, *variant.platform, options_.seed,
                                              {done, to - done}, options_.threads))
        for (std::size_t i = 0; i < goals_.size(); ++i)
          if (const auto hit = reached(goals_[i], *variant.scenario, outcome))
            tried.shares[i].add(*hit);
      runs_ += to - done;
      done = to;
      tried.side = side_of(goals_, tried.shares);
      // What no run exercises, more runs do not either.
      const bool idle = std::any_of(tried.shares.begin(), tried.shares.end(),
                                    [](const Share& share) { return share.of == 0; });
      if (idle) break;
      if (options_.watch) options_.watch(tried_.size(), runs_);
    }
    return tried;
  }

  /// Settings that differ in this knob alone, in order of it, by what the others are.
  std::map<At, std::vector<At>> lines(std::size_t knob) const {
    std::map<At, std::vector<At>> out;
    for (const auto& [at, tried] : tried_) {
      At others = at;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(knob));
      out[others].push_back(at);
    }
    return out;
  }

  /// Halves the gap wherever two neighbours are on different sides.
  void narrow(std::size_t knob) {
    if (!knobs_[knob].refine) return;
    for (const auto& [others, line] : lines(knob))
      for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        At low = line[i], high = line[i + 1];
        for (unsigned k = 0; k < most_halvings; ++k) {
          const Side below = play(low).side;
          if (below == play(high).side || below == Side::undecided ||
              play(high).side == Side::undecided)
            break;
          At middle = low;
          middle[knob] = between(knobs_[knob], low[knob], high[knob]);
          if (middle[knob] <= low[knob] || middle[knob] >= high[knob]) break;
          const Side side = play(middle).side;
          if (side == Side::undecided) break;
          (side == below ? low : high) = middle;
        }
      }
  }

  static double between(const Knob& knob, double low, double high) {
    const double middle = (low + high) / 2;
    if (knob.whole) return std::floor(middle);
    constexpr double second = 1, coarse = 10;
    if (knob.is_duration && low >= coarse && high - low > second) return std::floor(middle);
    return middle;
  }

  Solution conclude() const {
    Solution solution;
    std::map<At, std::size_t> index;
    for (const auto& [at, tried] : tried_) {
      index[at] = solution.tried.size();
      solution.tried.push_back(tried);
    }
    for (std::size_t knob = 0; knob < knobs_.size(); ++knob)
      for (const auto& [others, line] : lines(knob)) add_boundaries(line, index, solution);
    choose(solution);
    return solution;
  }

  /// What meets and what fails, with at most undecided settings between them.
  static void add_boundaries(const std::vector<At>& line, const std::map<At, std::size_t>& index,
                             Solution& solution) {
    std::optional<std::size_t> last;
    for (const At& at : line) {
      const std::size_t here = index.at(at);
      const Side side = solution.tried[here].side;
      if (side == Side::undecided) continue;
      if (last && solution.tried[*last].side != side)
        solution.boundaries.push_back(side == Side::meets ? Boundary{here, *last}
                                                          : Boundary{*last, here});
      last = here;
    }
  }

  void choose(Solution& solution) const {
    const auto cost = [&](std::size_t i) { return solution.tried[i].usd_per_month.value_or(0); };
    const auto at_boundary = [&](std::size_t i) {
      return std::any_of(solution.boundaries.begin(), solution.boundaries.end(),
                         [&](const Boundary& b) { return b.meets == i; });
    };
    for (std::size_t i = 0; i < solution.tried.size(); ++i) {
      if (solution.tried[i].side != Side::meets) continue;
      const bool better =
          !solution.answer || cost(i) < cost(*solution.answer) ||
          (cost(i) == cost(*solution.answer) && at_boundary(i) && !at_boundary(*solution.answer));
      if (better) solution.answer = i;
    }
    if (solution.answer) return;
    for (std::size_t i = 0; i < solution.tried.size(); ++i)
      if (!solution.closest ||
          shortfall(solution.tried[i]) < shortfall(solution.tried[*solution.closest]))
        solution.closest = i;
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
  std::map<At, Tried> tried_;
  std::size_t runs_ = 0;
};

}  // namespace

std::vector<double> candidates_between(double low, double high, bool whole, std::size_t count) {
  constexpr double wide = 4;
  const bool by_ratio = low > 0 && high / low > wide;
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count - 1);
    double value =
        by_ratio ? low * std::exp(std::log(high / low) * share) : low + (high - low) * share;
    constexpr double coarse = 10;
    if (whole || value >= coarse) value = std::round(value);
    if (i == 0) value = low;
    if (i + 1 == count) value = high;
    if (out.empty() || value > out.back()) out.push_back(value);
  }
  return out;
}

std::string spelled(const Knob& knob, double value) {
  if (knob.is_duration)
    return spell_duration(std::chrono::round<std::chrono::milliseconds>(from_seconds(value)));
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::optional<Goal> parse_goal(std::string_view text) {
  const auto dot = text.find('.'), less = text.find("<="), at = text.find('@');
  if (dot == std::string_view::npos || less == std::string_view::npos ||
      at == std::string_view::npos || dot > less || less > at || !text.ends_with('%'))
    return std::nullopt;
  Goal goal;
  const auto component = component_of(text.substr(0, dot));
  const auto kind = text.substr(dot + 1, less - dot - 1);
  const auto limit = parse_duration(text.substr(less + 2, at - less - 2));
  const std::string share(text.substr(at + 1, text.size() - at - 2));
  char* end = nullptr;
  const double percent = std::strtod(share.c_str(), &end);
  if (!component || (kind != "rto" && kind != "rpo") || !limit || share.empty() || *end != '\0' ||
      !(percent > 0 && percent < 100))
    return std::nullopt;
  goal.component = *component;
  goal.rpo = kind == "rpo";
  goal.limit = *limit;
  goal.probability = percent / 100;
  return goal;
}

std::string spelled(const Goal& goal) {
  Knob number;
  return std::string(name_of(goal.component)) + (goal.rpo ? ".rpo" : ".rto") +
         "<=" + spell_duration(goal.limit) + "@" + spelled(number, goal.probability * 100) + "%";
}

Solution solve(const std::vector<Goal>& goals, const std::vector<Knob>& knobs, const Setter& set,
               const SolveOptions& options) {
  ENSURE(!goals.empty() && !knobs.empty(), "something to look for, and where");
  return Search(goals, knobs, set, options).run();
}

}  // namespace drdrill::study
