#include "reports/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "reports/utf8.hpp"

namespace drdrill::reports {
namespace {

std::string folder_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(file.substr(0, slash + 1));
}

std::size_t count_if_met(const Judgement& judgement, std::optional<bool> met) {
  return static_cast<std::size_t>(
      std::count_if(judgement.objectives.begin(), judgement.objectives.end(),
                    [&](const ObjectiveResult& o) { return o.met() == met; }));
}

std::string objectives_words(const Judgement& judgement) {
  const std::size_t all = judgement.objectives.size();
  if (all == 0) return "no objectives";
  const std::size_t missed = count_if_met(judgement, false);
  const std::size_t met = count_if_met(judgement, true);
  const std::string of_all = " of " + counted(all, "objective");
  if (missed > 0) return std::to_string(missed) + of_all + " missed";
  std::string out =
      met == all ? (all == 1 ? "the objective met" : "all " + counted(all, "objective") + " met")
                 : std::to_string(met) + of_all + " met";
  std::size_t unexercised = 0;
  for (const auto& o : judgement.objectives) unexercised += o.exercised ? 0 : 1;
  if (unexercised > 0) out += ", " + std::to_string(unexercised) + " not exercised";
  if (all - met > unexercised)
    out += ", " + std::to_string(all - met - unexercised) + " not judged";
  return out;
}

}  // namespace

std::string shell_word(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./=:,+@%~").find(c) != std::string_view::npos;
  };
  std::string clean = one_line(text);
  if (!clean.empty() && clean.front() != '~' && std::all_of(clean.begin(), clean.end(), plain))
    return clean;
  std::string out = "'";
  for (char c : clean) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string clock_of(const Journal& journal, Offset at) {
  return format_clock(journal.scenario.start, at);
}

std::string grouped(double number) {
  std::string digits = std::to_string(std::llround(number));
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string counted(std::uint64_t n, std::string_view noun) {
  return grouped(static_cast<double>(n)) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

std::string percent(double share) {
  const auto whole = std::llround(share * 100);
  if (whole == 0 && share > 0) return "< 1 %";
  if (whole == 100 && share < 1) return "> 99 %";
  return std::to_string(whole) + " %";
}

std::string hex(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; number >>= 4U) out[i] = digits[number & 0xfU];
  return out;
}

std::string place_words(const SourcePlace& place) {
  if (place.file.empty()) return {};
  return one_line(place.file) + (place.line > 0 ? ":" + std::to_string(place.line) : "");
}

std::string scenario_words(const Scenario& scenario) {
  std::string out = one_line(scenario.name);
  if (!scenario.variant.empty()) out += " (" + one_line(scenario.variant) + ")";
  return out;
}

std::string summary_words(const Report& report) {
  const UserImpact& impact = report.journal->impact;
  std::string out = objectives_words(*report.judgement);
  out += " · " + std::string(severity_name(report.judgement->severity));
  if (impact.joined <= 0) return out;
  out += impact.affected_30s == 0
             ? " · none of " + grouped(static_cast<double>(impact.joined)) + " users affected"
             : " · " + grouped(static_cast<double>(impact.affected_30s)) + " of " +
                   grouped(static_cast<double>(impact.joined)) + " users affected";
  if (impact.participant_minutes_lost >= 0.5)
    out += " · " + grouped(impact.participant_minutes_lost) + " participant-minutes lost";
  return out;
}

std::string command_again(const Journal& journal) {
  const std::string& file = journal.scenario.file;
  std::string out = "drdrill run " + shell_word(file.empty() ? journal.scenario.name : file);
  if (journal.world != "simulated") out += " --world " + shell_word(journal.world);
  out += " --seed " + std::to_string(journal.seed);
  if (journal.replication != 0) out += " --replication " + std::to_string(journal.replication);
  for (const std::string& setting : journal.settings) out += " --set " + shell_word(setting);
  for (const std::string& over : journal.parameter_files)
    out += " --parameters " + shell_word(over);
  return out;
}

std::string command_next(const Journal& journal) {
  const std::string& next = journal.scenario.counterpart;
  if (next.empty()) return {};
  const bool bare_file = next.find('/') == std::string::npos && next.ends_with(".json");
  return "drdrill run " + shell_word(bare_file ? folder_of(journal.scenario.file) + next : next);
}

std::string_view tick_of(const ChecklistAnswer& answer) {
  constexpr std::array<std::string_view, 3> ticks{"x", " ", "-"};
  return ticks[static_cast<std::size_t>(answer.outcome)];
}

std::string answer_words(const Journal& journal, const ChecklistAnswer& answer) {
  constexpr std::array<std::string_view, 3> words{"done at ", "not: ", "not evaluated: "};
  std::string out(words[static_cast<std::size_t>(answer.outcome)]);
  if (answer.outcome == ChecklistAnswer::Outcome::done) out += clock_of(journal, answer.at) + ": ";
  return out + one_line(answer.detail);
}

std::string checklist_words(const std::vector<ChecklistAnswer>& answers) {
  const auto count = [&](ChecklistAnswer::Outcome outcome) {
    return std::count_if(answers.begin(), answers.end(),
                         [&](const ChecklistAnswer& a) { return a.outcome == outcome; });
  };
  std::string out = std::to_string(count(ChecklistAnswer::Outcome::done)) + " of " +
                    std::to_string(answers.size()) + " done";
  if (const auto untold = count(ChecklistAnswer::Outcome::not_evaluated); untold > 0)
    out += ", " + std::to_string(untold) + " not evaluated";
  return out;
}

Mark mark_of(const ObjectiveResult& result) {
  const std::optional<bool> met = result.met();
  const bool no_ledger = result.exercised && result.rpo.applicable && !result.rpo.evaluated;
  if (!met || (*met && no_ledger)) return Mark::not_judged;
  return *met ? Mark::met : Mark::missed;
}

std::string_view symbol_of(Mark mark) {
  constexpr std::array<std::string_view, 3> symbols{"✓", "✗", "–"};
  return symbols[static_cast<std::size_t>(mark)];
}

std::optional<double> estimate_share(const Journal& journal, const RtoResult& rto) {
  const Outage* outage = decisive_outage(rto.outages);
  if (!outage) return std::nullopt;
  const Duration length = length_of(*outage, rto.censored_at.value_or(end_of(journal)));
  return length > Duration{} ? to_seconds(rto.on_estimates) / to_seconds(length) : 0.0;
}

std::string estimate_words(const Journal& journal, const Judgement& judgement) {
  std::string out;
  for (const ObjectiveResult& result : judgement.objectives) {
    const auto share = estimate_share(journal, result.rto);
    if (!share || *share <= 0) continue;
    out += (out.empty() ? "On estimates rest " : ", ") + percent(*share) + " of the time of " +
           std::string(name_of(result.component));
  }
  return out;
}

Duration length_of(const Outage& outage, Offset end) {
  return outage.ended.value_or(std::max(end, outage.began)) - outage.began;
}

Offset end_of(const Journal& journal) {
  return journal.entries.empty() ? Offset::zero() : journal.entries.back().at;
}

std::string target_words(const std::optional<Duration>& target) {
  return target ? format_duration(*target) : "–";
}

std::string rto_words(const ObjectiveResult& result) {
  if (result.rto.censored_at) return "not recovered";
  if (!result.exercised) return "not exercised";
  if (!result.evaluated || !result.rto.achieved) return "not evaluated";
  if (*result.rto.achieved == Duration::zero()) return "absorbed";
  return format_duration(*result.rto.achieved) + plus_minus(result.rto.uncertainty);
}

std::string plus_minus(Duration uncertainty) {
  return uncertainty > Duration::zero() ? " ± " + format_duration(uncertainty) : "";
}

std::string rpo_words(const ObjectiveResult& result) {
  if (!result.rpo.applicable) return "no state to lose";
  if (!result.rpo.evaluated && result.exercised) return "not evaluated";
  const RpoResult& rpo = result.rpo;
  if (rpo.achieved == Duration::zero() && result.exercised && rpo.resolution > Duration::zero())
    return "0 s (< " + format_duration(rpo.resolution) + ")";
  if ((rpo.achieved || rpo.at_least) && (result.exercised || rpo.lost_writes > 0)) {
    const std::uint64_t lost = rpo.lost_writes;
    return (rpo.achieved ? "" : "≥ ") +
           format_duration(rpo.achieved.value_or(rpo.at_least.value_or(Duration::zero()))) +
           plus_minus(rpo.uncertainty) +
           (lost > 0 ? ", " + grouped(static_cast<double>(lost)) + " lost" : "");
  }
  if (!result.exercised) return "not exercised";
  return result.evaluated && result.rpo.evaluated ? "undefined" : "not evaluated";
}

std::string remark_words(const Journal& journal, const ObjectiveResult& result) {
  std::string out;
  const auto add = [&](const std::string& words) { out += (out.empty() ? "" : ", ") + words; };
  const Outage* outage = decisive_outage(result.rto.outages);
  if (outage != nullptr && !outage->ended) add("broken since " + clock_of(journal, outage->began));
  if (result.rto.outages.size() > 1)
    add(counted(result.rto.outages.size(), "outage") + ", " + format_duration(result.rto.sum));
  const RpoResult& rpo = result.rpo;
  const auto count = [](std::uint64_t n) { return grouped(static_cast<double>(n)); };
  if (rpo.lost_after_undo > 0) add(count(rpo.lost_after_undo) + " more lost since the undo");
  if (rpo.unread > 0) add(count(rpo.unread) + " could not be read back");
  return out;
}

std::string fault_words(const Journal& journal, std::uint32_t fault) {
  if (fault >= journal.scenario.faults.size()) return "a fault";
  const FaultSpec& spec = journal.scenario.faults[fault];
  return one_line(spec.catalog_id) + " " + one_line(to_string(spec.effect.target));
}

std::string_view step_name(const Journal& journal, std::uint32_t step) {
  if (step >= journal.scenario.runbook.steps.size()) return "a step";
  const Step& spec = journal.scenario.runbook.steps[step];
  return spec.title.empty() ? spec.id : spec.title;
}

std::string note_words(const Journal& journal, const Note& note) {
  std::string text(row_of(note.kind).text);
  const std::size_t gap = text.find("{}");
  if (gap == std::string::npos) return text;
  std::string subject = one_line(subject_of(journal, note));
  if (subject.empty()) subject = name_of(note.component);
  return text.replace(gap, 2, subject);
}

std::string happening_words(const Journal& journal, std::size_t entry) {
  if (entry >= journal.entries.size()) return {};
  const Happening& what = journal.entries[entry].what;
  const auto step_words = [&](std::uint32_t step) {
    return "step " + std::to_string(step + 1) + " (" + one_line(step_name(journal, step)) + ")";
  };
  if (const auto* h = std::get_if<FaultInjected>(&what))
    return "fault " + fault_words(journal, h->fault);
  if (const auto* h = std::get_if<FaultTook>(&what))
    return "fault " + fault_words(journal, h->fault);
  if (const auto* h = std::get_if<FaultUndone>(&what))
    return "the undo of " + fault_words(journal, h->fault);
  if (const auto* h = std::get_if<StepStarted>(&what)) return "the start of " + step_words(h->step);
  if (const auto* h = std::get_if<StepEnded>(&what)) return step_words(h->step);
  if (const auto* h = std::get_if<Note>(&what)) return note_words(journal, *h);
  if (std::holds_alternative<Aborted>(what)) return "the abort";
  return {};
}

std::string cause_words(const Journal& journal, const Cause& cause) {
  if (cause.step)
    return "step " + std::to_string(*cause.step + 1) + ", " +
           one_line(step_name(journal, *cause.step));
  if (cause.fault) return "fault " + fault_words(journal, *cause.fault) + " lasts";
  return cause.note ? note_words(journal, *cause.note) : std::string("nothing that was noted");
}

std::string cause_parameter_words(const Journal& journal, const Cause& cause) {
  if (cause.step) {
    if (*cause.step >= journal.scenario.runbook.steps.size()) return {};
    return place_words(journal.scenario.runbook.steps[*cause.step].place);
  }
  if (cause.fault && *cause.fault < journal.scenario.faults.size())
    return place_words(journal.scenario.faults[*cause.fault].place);
  const UsedParameter* used = cause.note ? parameter_of(journal, *cause.note) : nullptr;
  if (used == nullptr) return {};
  const std::string place = place_words(used->place);
  return one_line(used->id) + " = " + one_line(used->value) + " (" +
         std::string(provenance_name(used->provenance)) + (place.empty() ? "" : ", " + place) + ")";
}

std::string_view part_name(Part part) {
  constexpr std::array<std::string_view, 5> names{"info", "detect", "decide", "act", "restore"};
  return names[static_cast<std::size_t>(part)];
}

std::string_view better_name(InventoryItem::Better better) {
  constexpr std::array<std::string_view, 3> names{"higher", "lower", "equal"};
  return names[static_cast<std::size_t>(better)];
}

}  // namespace drdrill::reports
