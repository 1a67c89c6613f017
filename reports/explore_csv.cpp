#include <ostream>

#include "reports/csv.hpp"
#include "reports/explore.hpp"

namespace drdrill::reports {

void write_explore_csv(const ExploreReport& report, std::ostream& out, const WriteOptions&) {
  CsvRow line;
  line.texts({"break", "combination", "ingredients", "target", "achieved_s", "limit_s",
              "replication", "instants_missed", "instants_looked_at", "file"});
  out << line.take();
  const auto& breaks = report.exploration.breaks;
  for (std::size_t i = 0; i < breaks.size(); ++i)
    for (std::size_t t = 0; t < breaks[i].targets.size(); ++t) {
      const study::TargetId target = breaks[i].targets[t];
      const Objective& objective = report.scenario.objectives[target.objective];
      line.natural(i + 1).text(spelled(report.exploration.space, breaks[i].picks));
      line.natural(breaks[i].picks.size()).text(spelled(report.scenario, target));
      line.seconds(breaks[i].states[t].achieved);
      line.seconds(target.rpo ? objective.rpo : objective.rto);
      line.natural(breaks[i].replication[t]).natural(breaks[i].instants_missed);
      line.natural(breaks[i].instants_looked_at).text(report.files.empty() ? "" : report.files[i]);
      out << line.take();
    }
}

}  // namespace drdrill::reports
