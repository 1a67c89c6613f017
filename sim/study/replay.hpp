#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/observed.hpp"
#include "sim/drill/journal.hpp"
#include "sim/drill/platform.hpp"
#include "sim/drill/verdict.hpp"

/// A drill that has taken place, run again in simulation with the durations that its journal holds:
/// when faults struck, when people knew what to do, how long each step and each start took. Then
/// with one of them changed.
namespace drdrill::study {

/// One time that a step's command or its verification began.
struct ObservedStep {
  std::uint32_t step = 0;
  std::size_t nth = 0;  ///< of this step's, commands and verifications counted together
  bool verifying = false;
  Offset began{};
  Duration waited{};  ///< until it began, since what it needs had ended; not for a precondition
  std::optional<Duration> took;  ///< nothing: it did not come to an end of its own

  Duration all() const { return waited + took.value_or(Duration::zero()); }
};

/// What a journal dates.
struct Observed {
  Duration steady{};             ///< from the start until faults and steps could begin
  std::vector<Offset> injected;  ///< each fault of the scenario; `never`: it was not made
  std::vector<ObservedStep> steps;
  ObservedTimes times;
  std::vector<std::string> undated;  ///< what it does not date, as sentences
};

/// Why nothing can be replayed: no fault was made, the drill was aborted, …; empty: it can.
std::string why_no_replay(const Journal& journal);
/// Of a journal that can be replayed.
Observed observe(const Journal& journal);

/// Had something been otherwise.
struct ReplayChange {
  Duration sooner{};  ///< people would have been paged so much sooner, but not before the fault
  std::vector<std::pair<std::uint32_t, Duration>> steps;  ///< and each time that these began
                                                          ///< they would have taken so long
};

/// A step as it was and as it is replayed.
struct ReplayedStep {
  ObservedStep observed;
  std::optional<ObservedStep> again;  ///< nothing: it does not begin in simulation
  Duration shift{};  ///< what was added to the time that the model gave it, or saved
};

struct Replayed {
  Journal journal;
  Judgement judgement;
  std::vector<ReplayedStep> steps;  ///< as `Observed::steps`
};

/// Replays one journal. `scenario` and `platform` are those that it was of.
class Replay {
 public:
  Replay(const Journal& journal, Scenario scenario, PlatformSpec platform, std::uint64_t seed);

  /// Nothing had to be taken from the journal: the seed alone gives the same run, event by event.
  bool exact() const { return exact_; }
  const Observed& observed() const { return observed_; }
  /// As it was.
  const Replayed& same() const { return same_; }
  /// As it would have been, on a scenario and a platform that may differ from what they were. The
  /// steps of the scenario are told by their ids.
  Replayed changed(const ReplayChange& change, Scenario scenario,
                   const PlatformSpec& platform) const;
  /// How much sooner each of `observed().times.people` would really have been paged.
  std::vector<Duration> sooner(Duration wanted) const;

 private:
  Replayed run(const Scenario& scenario, const PlatformSpec& platform,
               const ObservedTimes& times) const;
  std::vector<ReplayedStep> steps_of(const Journal& again) const;
  void place(Scenario& scenario) const;
  void fit();

  std::uint64_t seed_;
  std::uint64_t replication_;
  Observed observed_;
  Scenario scenario_;
  PlatformSpec platform_;
  Offset struck_{};  ///< the first fault
  bool exact_ = false;
  Replayed same_;
};

}  // namespace drdrill::study
