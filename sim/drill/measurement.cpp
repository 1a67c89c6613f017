#include "sim/drill/measurement.hpp"

#include "sim/drill/verdict.hpp"

namespace drdrill {
namespace {

/// Is this entry the moment?
class Matches {
 public:
  Matches(const Journal& journal, const Moment& moment) : journal_(journal), moment_(moment) {}

  bool operator()(const FaultInjected& fault) const {
    return moment_.kind == Moment::Kind::fault && fault.fault == moment_.index;
  }
  bool operator()(const FaultUndone& fault) const {
    return moment_.kind == Moment::Kind::undo && fault.fault == moment_.index;
  }
  bool operator()(const StepStarted& step) const {
    return moment_.kind == Moment::Kind::step && step.step == moment_.index;
  }
  bool operator()(const StepEnded& step) const {
    return moment_.kind == Moment::Kind::step_ended && step.step == moment_.index;
  }
  bool operator()(const Note& note) const {
    if (moment_.kind != Moment::Kind::note || note.kind != moment_.note) return false;
    return moment_.about.empty() || subject_of(journal_, note) == moment_.about;
  }
  bool operator()(const Sample& sample) const {
    return moment_.kind == Moment::Kind::probe && sample.probe == moment_.probe &&
           sample.answer == moment_.answer;
  }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }

 private:
  const Journal& journal_;
  const Moment& moment_;
};

std::optional<double> between(const Journal& journal, const Quantity& quantity) {
  const Matches begins(journal, quantity.from);
  const Matches ends(journal, quantity.to);
  std::optional<Offset> from;
  std::optional<Offset> to;
  for (const JournalEntry& entry : journal.entries) {
    if (!from) {
      if (std::visit(begins, entry.what)) from = entry.at;
      continue;
    }
    if (!std::visit(ends, entry.what)) continue;
    to = entry.at;
    if (!quantity.last) break;
  }
  if (!to) return std::nullopt;
  return to_seconds(*to - *from);
}

std::optional<double> seconds(const std::optional<Duration>& time) {
  if (!time) return std::nullopt;
  return to_seconds(*time);
}

/// A loss that went on when the drill ended had lasted so long by then, in every world alike.
std::optional<double> lost_span(const RpoResult& rpo) {
  return seconds(rpo.achieved || rpo.unread > 0 ? rpo.achieved : rpo.at_least);
}

}  // namespace

std::optional<double> measure(const Journal& journal, const Quantity& quantity) {
  if (quantity.kind == Quantity::Kind::between) return between(journal, quantity);
  const Judgement judgement = judge(journal);
  for (const ObjectiveResult& objective : judgement.objectives) {
    if (objective.component != quantity.component || !objective.evaluated) continue;
    if (quantity.kind == Quantity::Kind::rto) return seconds(objective.rto.achieved);
    if (quantity.kind == Quantity::Kind::rpo) return lost_span(objective.rpo);
    return static_cast<double>(objective.rpo.lost_writes);
  }
  return std::nullopt;
}

}  // namespace drdrill
