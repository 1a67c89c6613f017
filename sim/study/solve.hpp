#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/drill/component.hpp"
#include "sim/study/interval.hpp"
#include "sim/study/sweep.hpp"

/// Which settings meet an objective often enough. One or two knobs are tried over their range;
/// nothing is assumed of the way from one value to the next. First every candidate is played a
/// little. Then, the cheapest first and among those the nearest to what there is now, each is
/// played until it meets the goals or fails them, and the first one that meets them is the answer.
/// Where something nearer fails, the boundary between the two is narrowed down.
///
/// All sides are right together with a confidence of 99 %: the intervals are widened for the number
/// of goals, of settings, and of looks at each (Bonferroni).
namespace drdrill::study {

/// "postgres.rpo<=15m@99%"
struct Goal {
  ComponentId component = ComponentId::platform;
  bool rpo = false;
  Duration limit{};
  double probability = 0;  ///< more than 0, less than 1
};
std::optional<Goal> parse_goal(std::string_view text);
std::string spelled(const Goal& goal);

struct Knob {
  std::string pointer;
  bool is_duration = false;        ///< values are seconds
  bool whole = false;              ///< only whole numbers
  std::vector<std::string> words;  ///< where values are no numbers: a value is an index into these
  std::vector<double> candidates;  ///< ascending
  bool refine = false;             ///< there are values between the candidates
  /// What it is now: its value, or the mean of its distribution; nothing when it has none.
  std::optional<double> present;
  std::string present_words;  ///< as people read it
};
/// A value as a file has it.
std::string spelled(const Knob& knob, double value);
/// `count` candidates from `low` to `high`, evenly spread, by ratio when that is more than 4.
std::vector<double> candidates_between(double low, double high, bool whole, std::size_t count);

enum class Side : std::uint8_t {
  meets,      ///< the interval of every goal's share lies at or above its probability
  fails,      ///< that of some goal lies below
  undecided,  ///< not played long enough to tell, or too close
};

struct Tried {
  std::vector<double> at;     ///< by knob
  std::vector<Share> shares;  ///< by goal; runs that never recover miss it
  CellTally tally;            ///< of everything that the runs came to
  Side side = Side::undecided;
  bool refused = false;  ///< no sound scenario, or one that no simulated world can do
  std::optional<double> usd_per_month;

  /// Some goal was exercised in none of its runs, so it can neither meet nor fail it.
  bool idle() const;
};

/// Two settings that differ in one knob and lie on different sides.
struct Boundary {
  std::size_t meets = 0;  ///< index into Solution::tried
  std::size_t fails = 0;
};

struct Solution {
  std::vector<Tried> tried;  ///< by value of the knobs
  Tried present;             ///< the scenario as it is
  std::vector<Boundary> boundaries;
  /// The cheapest of what meets the goals, and of several as cheap the nearest to what there is
  /// now. Nothing when no setting in range meets them, or when the present one does already.
  std::optional<std::size_t> answer;
  bool present_is_enough = false;  ///< it meets them, and nothing that was tried costs less
  /// Without an answer: what came closest; nothing when no run exercised the goals.
  std::optional<std::size_t> closest;
  bool priced = true;  ///< costs are known of every setting, so that they count
  double z = 0;        ///< half-widths of the intervals, in standard deviations
};

/// A scenario with the knobs set so, or as it is; nothing when that is no sound scenario. Valid
/// until the next call.
using Setter = std::function<std::optional<Variant>(const std::vector<double>* at)>;

struct SolveOptions {
  std::uint64_t seed = 1;
  unsigned threads = 0;
  std::uint64_t first_runs = 200;    ///< of every setting
  std::uint64_t most_runs = 25'600;  ///< of a setting that is close to the probability
  /// `share` of what is to be done at most; settings in all, runs so far.
  std::function<void(double share, std::size_t settings, std::uint64_t runs)> watch;
};

Solution solve(const std::vector<Goal>& goals, const std::vector<Knob>& knobs, const Setter& set,
               const SolveOptions& options);

/// So many standard deviations on both sides of a normal distribution leave `outside` out.
double normal_width(double outside);

}  // namespace drdrill::study
