#pragma once

#include <deque>
#include <optional>

#include "sim/drill/probe.hpp"
#include "sim/live/clients/outcome.hpp"

/// Makes samples of the answers to one probe's questions, which come in the order in which they
/// were asked. Only changes are samples.
namespace drdrill::live {

inline constexpr Duration judged_second = std::chrono::seconds(1);

struct Answered {
  Offset asked{};
  Offset answered{};
  Outcome outcome = Outcome::ok;
};

class ProbeJudge {
 public:
  ProbeJudge(ProbeKind kind, bool over_a_second) : kind_(kind), over_a_second_(over_a_second) {}

  std::optional<Sample> take(const Answered& answered);

 private:
  struct Reading {
    Offset at;
    Answer answer;
    double value;
    Offset since;  ///< when the question before it was asked
  };
  struct Counted {
    Answered answered;
    Offset since;
  };
  Reading alone(const Answered& answered) const;
  Reading last_second(const Answered& answered);
  static bool fast_enough(const std::deque<Counted>& requests);

  ProbeKind kind_;
  bool over_a_second_;
  Offset since_{};  ///< when the question before was asked
  bool asked_before_ = false;
  std::deque<Counted> window_;
  std::optional<Sample> last_;
};

}  // namespace drdrill::live
