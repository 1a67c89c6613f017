#include "sim/study/fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numbers>
#include <optional>

namespace drdrill::study {
namespace {

constexpr std::size_t enough = 5;

/// Whose start it is, by the name that the parameter has.
std::optional<std::string> start_parameter(ComponentId component) {
  switch (component) {
    case ComponentId::api:
      return "api.process_start";
    case ComponentId::postgres:
      return "postgres.process_start";
    case ComponentId::load_balancer:
      return "load_balancer.process_start";
    default:
      return std::nullopt;
  }
}

class Collector {
 public:
  void add(const std::string& parameter, double value, const std::string& where) {
    Measured& measured = found_[parameter];
    measured.parameter = parameter;
    measured.values.push_back(value);
    if (std::find(measured.where.begin(), measured.where.end(), where) == measured.where.end())
      measured.where.push_back(where);
  }
  std::vector<Measured> take() {
    std::vector<Measured> all;
    for (auto& [name, measured] : found_) all.push_back(std::move(measured));
    return all;
  }

 private:
  std::map<std::string, Measured> found_;
};

double seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

void collect(const Journal& journal, Collector& into) {
  const std::string where = journal.world + "/" + journal.scenario.name;
  std::map<SubjectId, Offset> started;
  std::map<std::uint32_t, Offset> begun;
  std::optional<Offset> prometheus, evaluating;
  for (const JournalEntry& entry : journal.entries) {
    if (const auto* note = std::get_if<Note>(&entry.what)) {
      if (note->kind == NoteKind::container_restarted) {
        started[note->subject] = entry.at;
        if (note->component == ComponentId::monitoring) prometheus = entry.at;
      }
      if (note->kind == NoteKind::pod_killed) started.erase(note->subject);
      const auto start = started.find(note->subject);
      if (note->kind != NoteKind::pod_ready || start == started.end()) continue;
      if (const auto parameter = start_parameter(note->component))
        into.add(*parameter, seconds(note->began - start->second), where);
      started.erase(start);
    }
    if (const auto* sample = std::get_if<Sample>(&entry.what);
        sample && sample->probe == ProbeKind::scrapes && sample->answer == Answer::holds)
      evaluating = entry.at;
    if (const auto* step = std::get_if<StepStarted>(&entry.what); step && !step->verifying)
      begun[step->step] = entry.at;
    if (const auto* step = std::get_if<StepEnded>(&entry.what); step && !step->verifying) {
      const Step& what = journal.scenario.runbook.steps[step->step];
      const bool promotes = what.run.find("pg_promote") != std::string::npos;
      if (promotes && step->exit_status == 0 && begun.count(step->step) != 0)
        into.add("postgres.promote", seconds(entry.at - begun[step->step]), where);
    }
  }
  if (prometheus && evaluating && *evaluating > *prometheus)
    into.add("monitoring.process_start", seconds(*evaluating - *prometheus), where);
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

}  // namespace

std::vector<Measured> measured_phases(const std::vector<Journal>& journals) {
  Collector collector;
  for (const Journal& journal : journals) collect(journal, collector);
  return collector.take();
}

Fit fit(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  Fit out;
  if (*least == *most) {
    out.distribution = constant(*least);
    out.words = "all alike";
    return out;
  }
  // The range of n uniform values falls short of the whole by 2 in n + 1; widened by that, and not
  // below nothing.
  const double margin = (*most - *least) / (n - 1);
  const double low = std::max(0.0, *least - margin), high = *most + margin;
  const Fit uniform{{Shape::uniform, low, high, 0}, -n * std::log(high - low), ""};
  if (values.size() < enough || *least <= 0) {
    out = uniform;
    out.words = "what they span, widened by what so few leave open";
    return out;
  }
  double mean = 0, squares = 0, logs = 0;
  for (const double value : values) mean += std::log(value) / n;
  for (const double value : values) {
    squares += (std::log(value) - mean) * (std::log(value) - mean);
    logs += std::log(value);
  }
  const double sigma = std::sqrt(squares / (n - 1));
  const double likelihood =
      -logs - n * std::log(sigma * std::sqrt(2 * std::numbers::pi)) - squares / (2 * sigma * sigma);
  const Fit lognormal{{Shape::lognormal, std::exp(mean), sigma, 0}, likelihood, ""};
  const bool first = lognormal.log_likelihood >= uniform.log_likelihood;
  out = first ? lognormal : uniform;
  out.words = std::string(first ? "lognormal before uniform" : "uniform before lognormal") +
              " by " + rounded(std::abs(lognormal.log_likelihood - uniform.log_likelihood)) +
              " in log likelihood";
  return out;
}

}  // namespace drdrill::study
