#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/drill/component.hpp"
#include "sim/study/interval.hpp"
#include "sim/study/sweep.hpp"

/// Which settings meet an objective often enough: one or two knobs are tried over their range, and
/// the boundaries between what meets it and what does not are narrowed down. Nothing is assumed of
/// the way from one to the other: every candidate is played, and every change of side is a
/// boundary.
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
  std::vector<double> candidates;  ///< ascending
  bool refine = false;             ///< there are values between the candidates
};
/// A value as a file has it.
std::string spelled(const Knob& knob, double value);
/// `count` candidates from `low` to `high`, evenly spread, by ratio when that is more than 4.
std::vector<double> candidates_between(double low, double high, bool whole, std::size_t count);

enum class Side : std::uint8_t {
  meets,      ///< the interval of 99 % of every goal's share lies at or above its probability
  fails,      ///< that of some goal lies below
  undecided,  ///< too close to tell in the runs that it was given
};

struct Tried {
  std::vector<double> at;     ///< by knob
  std::vector<Share> shares;  ///< by goal; runs that never recover miss it
  Side side = Side::undecided;
  std::optional<double> usd_per_month;
};

/// Two settings that differ in one knob and lie on different sides.
struct Boundary {
  std::size_t meets = 0;  ///< index into Solution::tried
  std::size_t fails = 0;
};

struct Solution {
  std::vector<Tried> tried;  ///< by value of the knobs
  std::vector<Boundary> boundaries;
  /// Of what meets the goals: the cheapest a month and, of several as cheap, one at a boundary, so
  /// that it gives no more than is asked for. Nothing when no setting in range meets them.
  std::optional<std::size_t> answer;
  /// Without an answer: what came closest.
  std::optional<std::size_t> closest;
};

/// A scenario with the knobs set so; valid until the next call.
using Setter = std::function<Variant(const std::vector<double>& at)>;

struct SolveOptions {
  std::uint64_t seed = 1;
  unsigned threads = 0;
  std::uint64_t least_runs = 500;    ///< of every setting
  std::uint64_t most_runs = 16'000;  ///< of a setting that is close to the probability
  std::function<void(std::size_t tried, std::size_t runs)> watch;
};

Solution solve(const std::vector<Goal>& goals, const std::vector<Knob>& knobs, const Setter& set,
               const SolveOptions& options);

}  // namespace drdrill::study
