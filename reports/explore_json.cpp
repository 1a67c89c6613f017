#include <ostream>

#include "reports/explore.hpp"
#include "reports/json_writer.hpp"
#include "reports/words.hpp"
#include "sim/drill/drill.hpp"

namespace drdrill::reports {
namespace {

using study::Break;
using study::Coverage;

void put_strings(JsonWriter& json, const std::vector<std::string>& words) {
  json.begin_array(JsonWriter::Layout::one_line);
  for (const std::string& word : words) json.string(word);
  json.end_array();
}

void put_coverage(JsonWriter& json, std::string_view key, const Coverage& coverage) {
  json.key(key).begin_object(JsonWriter::Layout::one_line);
  json.key("looked_at").natural(coverage.looked_at);
  json.key("all").natural(coverage.all);
  json.key("complete").boolean(coverage.complete());
  json.end_object();
}

void put_picks(JsonWriter& json, const ExploreReport& report, const study::Combination& picks) {
  json.begin_array(JsonWriter::Layout::one_line);
  for (const study::Pick& pick : picks) {
    json.begin_object();
    json.key("what").string(report.exploration.space.ingredients[pick.ingredient].words);
    json.key("after_s");
    report.exploration.space.timed(pick.ingredient) ? json.seconds(pick.after) : json.null();
    json.end_object();
  }
  json.end_array();
}

void put_break(JsonWriter& json, const ExploreReport& report, std::size_t index) {
  const Break& made = report.exploration.breaks[index];
  json.begin_object();
  json.key("combination");
  put_picks(json, report, made.picks);
  json.key("found_as");
  put_picks(json, report, made.found_as);
  json.key("missed").begin_array(JsonWriter::Layout::one_line);
  for (std::size_t i = 0; i < made.targets.size(); ++i) {
    json.begin_object();
    json.key("target").string(spelled(report.scenario, made.targets[i]));
    json.key("achieved_s").seconds(made.states[i].achieved);
    json.key("replication").natural(made.replication[i]);
    json.end_object();
  }
  json.end_array();
  json.key("fingerprint").string(hex(made.fingerprint));
  json.key("instants_missed").natural(made.instants_missed);
  json.key("instants_looked_at").natural(made.instants_looked_at);
  json.key("file");
  report.files.empty() ? json.null() : json.string(report.files[index]);
  json.end_object();
}

}  // namespace

void write_explore_json(const ExploreReport& report, std::ostream& out, const WriteOptions&) {
  const study::Exploration& found = report.exploration;
  JsonWriter json;
  json.begin_object();
  json.key("format").string("drdrill-explore-1");
  json.key("version").string(drdrill_version());
  json.key("command");
  put_strings(json, report.command);
  json.key("scenario").string(report.scenario.name);
  json.key("platform").string(report.platform);
  json.key("seed").natural(report.seed);
  json.key("replications").natural(report.replications);
  const auto put_targets = [&](std::string_view key, const std::vector<study::TargetId>& targets) {
    std::vector<std::string> words;
    words.reserve(targets.size());
    for (const study::TargetId target : targets) words.push_back(spelled(report.scenario, target));
    json.key(key);
    put_strings(json, words);
  };
  put_targets("held", found.held);
  put_targets("missed_anyway", found.missed);
  json.key("ingredients").natural(found.space.ingredients.size());
  json.key("refused").natural(found.space.refused);
  json.key("instants_s").begin_array(JsonWriter::Layout::one_line);
  for (const Duration instant : found.space.instants) json.seconds(instant);
  json.end_array();
  put_coverage(json, "one", found.singles);
  put_coverage(json, "two", found.pairs);
  json.key("pairs_of_ingredients").natural(found.pairs_of_ingredients);
  json.key("pairs_like_others").natural(found.pairs_like_others);
  json.key("pairs_left_out").natural(found.pairs_left_out);
  json.key("pairs_of_nothing").natural(found.pairs_of_nothing);
  json.key("guided").natural(found.guided.looked_at);
  json.key("shrinking_runs").natural(found.shrinking_runs);
  json.key("breaks").begin_array();
  for (std::size_t i = 0; i < found.breaks.size(); ++i) put_break(json, report, i);
  json.end_array();
  json.end_object();
  out << json.take();
}

}  // namespace drdrill::reports
