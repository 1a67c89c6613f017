#include <ostream>

#include "reports/csv.hpp"
#include "reports/solve.hpp"

namespace drdrill::reports {
namespace {

void put(CsvRow& line, const SolveReport& report, const study::Tried& tried, std::size_t goal) {
  const study::Share share = tried.refused ? study::Share{} : tried.shares[goal];
  const study::Interval interval = study::wilson(share, report.solution.z);
  line.text(side_name(tried)).text(spelled(report.goals[goal]));
  line.natural(share.of).natural(share.hits);
  if (share.of > 0)
    line.number(share.value()).number(interval.low).number(interval.high);
  else
    line.empty(3);
  line.number(tried.usd_per_month);
}

}  // namespace

void write_solve_csv(const SolveReport& report, std::ostream& out, const WriteOptions&) {
  const study::Solution& solution = report.solution;
  CsvRow line;
  for (const study::Knob& knob : report.knobs) line.text(knob.pointer);
  line.texts({"which", "side", "goal", "runs", "met", "share", "low", "high", "usd_per_month"});
  out << line.take();
  for (std::size_t goal = 0; goal < report.goals.size(); ++goal) {
    for (const study::Knob& knob : report.knobs) line.text(knob.present_words);
    line.text("now");
    put(line, report, solution.present, goal);
    out << line.take();
  }
  for (std::size_t i = 0; i < solution.tried.size(); ++i)
    for (std::size_t goal = 0; goal < report.goals.size(); ++goal) {
      const study::Tried& tried = solution.tried[i];
      for (std::size_t k = 0; k < report.knobs.size(); ++k)
        line.text(spelled(report.knobs[k], tried.at[k]));
      line.text(solution.answer == i ? "answer" : "");
      put(line, report, tried, goal);
      out << line.take();
    }
}

}  // namespace drdrill::reports
