#include "sim/study/fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numbers>
#include <optional>
#include <utility>

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
    case ComponentId::monitoring:
      return "monitoring.process_start";
    case ComponentId::livekit_sfu:
      return "livekit.process_start";
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

/// Starts of one component's containers.
struct Starts {
  std::vector<std::optional<Duration>> took;
  std::map<SubjectId, std::pair<std::size_t, Offset>> open;  // those that have not answered yet
  Offset last{};
};

/// What a journal's notes and samples say of starts, entry by entry.
class StartReader {
 public:
  void take(const JournalEntry& entry) {
    if (const auto* note = std::get_if<Note>(&entry.what)) take(entry.at, *note);
    const auto* sample = std::get_if<Sample>(&entry.what);
    if (sample && sample->probe == ProbeKind::scrapes && sample->answer == Answer::holds)
      evaluating_ = entry.at;
  }
  /// Prometheus is up when scrapes and rules are fresh for good, which is later than its readiness
  /// probe tells.
  std::map<ComponentId, Starts> finish() {
    const auto monitoring = starts_.find(ComponentId::monitoring);
    if (monitoring == starts_.end()) return std::move(starts_);
    Starts& starts = monitoring->second;
    std::fill(starts.took.begin(), starts.took.end(), std::nullopt);
    if (evaluating_ && *evaluating_ > starts.last) starts.took.back() = *evaluating_ - starts.last;
    return std::move(starts_);
  }

 private:
  void take(Offset at, const Note& note) {
    if (note.kind == NoteKind::container_restarted) {
      Starts& starts = starts_[note.component];
      starts.open[note.subject] = {starts.took.size(), at};
      starts.took.emplace_back();
      starts.last = at;
    }
    const auto found = starts_.find(note.component);
    if (found == starts_.end()) return;
    Starts& starts = found->second;
    const auto start = starts.open.find(note.subject);
    if (start == starts.open.end()) return;
    if (note.kind == NoteKind::pod_ready)
      starts.took[start->second.first] = note.began - start->second.second;
    if (note.kind == NoteKind::pod_ready || note.kind == NoteKind::pod_killed)
      starts.open.erase(start);
  }

  std::map<ComponentId, Starts> starts_;
  std::optional<Offset> evaluating_;
};

std::vector<std::optional<Duration>> promotions(const Journal& journal, Offset until) {
  std::vector<std::optional<Duration>> took;
  std::map<std::uint32_t, Offset> begun;
  for (const JournalEntry& entry : journal.entries) {
    if (entry.at > until) break;
    if (const auto* step = std::get_if<StepStarted>(&entry.what); step && !step->verifying)
      begun[step->step] = entry.at;
    const auto* step = std::get_if<StepEnded>(&entry.what);
    if (!step || step->verifying || step->exit_status != 0 || begun.count(step->step) == 0)
      continue;
    const Step& what = journal.scenario.runbook.steps[step->step];
    if (what.run.find("pg_promote") != std::string::npos)
      took.emplace_back(entry.at - begun[step->step]);
  }
  return took;
}

/// How long clients of a live media server took to have media again, attempt included.
void add_media_setups(const Journal& journal, Collector& into) {
  if (journal.world == "simulated") return;
  for (const JournalEntry& entry : journal.entries)
    if (const auto* note = std::get_if<Note>(&entry.what);
        note && note->kind == NoteKind::clients_reconnected)
      into.add("livekit.media_setup", seconds(note->at - note->began),
               journal.world + "/" + journal.scenario.name);
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

}  // namespace

std::vector<Phases> phases_of(const Journal& journal, Offset until) {
  StartReader reader;
  for (const JournalEntry& entry : journal.entries)
    if (entry.at <= until) reader.take(entry);
  std::vector<Phases> all;
  for (auto& [component, starts] : reader.finish())
    all.push_back({start_parameter(component).value_or(""), std::string(name_of(component)),
                   std::move(starts.took)});
  if (auto took = promotions(journal, until); !took.empty())
    all.push_back({"postgres.promote", "postgres", std::move(took)});
  return all;
}

std::vector<Measured> measured_phases(const std::vector<Journal>& journals) {
  Collector collector;
  for (const Journal& journal : journals) {
    add_media_setups(journal, collector);
    for (const Phases& phases : phases_of(journal, never))
      for (const auto& took : phases.values)
        if (took && !phases.parameter.empty())
          collector.add(phases.parameter, seconds(*took),
                        journal.world + "/" + journal.scenario.name);
  }
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
