#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reports/report.hpp"

/// The words that several formats share, so that a thing is called the same in all of them.
namespace drdrill::reports {

/// A word that a shell takes as it stands, quoted when it must be.
std::string shell_word(std::string_view text);
/// "14:00:30" on the platform's wall clock.
std::string clock_of(const Journal& journal, Offset at);
/// "8,140"; rounded to a whole number.
std::string grouped(double number);
/// "1 user", "2 users".
std::string counted(std::uint64_t n, std::string_view noun);
/// "71 %"; never "0 %" or "100 %" for a share that is neither.
std::string percent(double share);
/// Sixteen hexadecimal digits.
std::string hex(std::uint64_t number);
/// "scenarios/mine.json:12", or "" for a place without a file.
std::string place_words(const SourcePlace& place);

/// "database-failover (as documented)"
std::string scenario_words(const Scenario& scenario);
/// "2 of 7 objectives missed · SEV-0 · 500 of 500 users affected · 8,140 participant-minutes lost"
std::string summary_words(const Report& report);
/// The command that runs the same drill again.
std::string command_again(const Journal& journal);
/// The command that runs the scenario to look at next, or "".
std::string command_next(const Journal& journal);

/// "x", " " or "-", as it stands between the brackets of a ticked list.
std::string_view tick_of(const ChecklistAnswer& answer);
/// "done at 14:03:05: 30 of 30 pods run", "not: …", "not evaluated: …".
std::string answer_words(const Journal& journal, const ChecklistAnswer& answer);
/// "5 of 6 done, 1 not evaluated".
std::string checklist_words(const std::vector<ChecklistAnswer>& answers);

/// Met means that everything which could be missed was looked at.
enum class Mark { met, missed, not_judged };
Mark mark_of(const ObjectiveResult& result);
std::string_view symbol_of(Mark mark);  ///< ✓ ✗ –

/// Of the decisive outage's time, the share that parameters set which are estimates; nothing when
/// there was none.
std::optional<double> estimate_share(const Journal& journal, const RtoResult& rto);
/// "On estimates rest 31 % of livekit-sfu's time and 82 % of postgres'", or "".
std::string estimate_words(const Journal& journal, const Judgement& judgement);
/// How long it lasted; until `end` when it was not over.
Duration length_of(const Outage& outage, Offset end);
/// When the drill ended: the last entry's time.
Offset end_of(const Journal& journal);

std::string target_words(const std::optional<Duration>& target);  ///< "5m 00s" or "–"
/// "absorbed", "4m 12s", "not recovered", "not exercised", "not evaluated"
std::string rto_words(const ObjectiveResult& result);
/// " ± 100 ms", or nothing when there is none.
std::string plus_minus(Duration uncertainty);
/// "0 s", "12.5 s, 41 lost", "≥ 5.4 s, 12 lost", "undefined", "no state to lose", "not exercised",
/// "not evaluated"; live with how finely it is known: "0 s (< 20 ms)", "12.5 s ± 20 ms, 41 lost".
std::string rpo_words(const ObjectiveResult& result);
/// What a reader should know beside the figures: since when it is broken, how many outages, what
/// was lost besides; or "".
std::string remark_words(const Journal& journal, const ObjectiveResult& result);

/// "fault crash node/sfu-1", "step 3 (Promote replica 0)", "undo of crash node/sfu-1", …
std::string happening_words(const Journal& journal, std::size_t entry);
std::string fault_words(const Journal& journal, std::uint32_t fault);
/// The step's title, or its id when it has none.
std::string_view step_name(const Journal& journal, std::uint32_t step);
/// "Service postgres-primary has no endpoints"
std::string note_words(const Journal& journal, const Note& note);
/// "step 3, Promote replica 0" or the words of the note.
std::string cause_words(const Journal& journal, const Cause& cause);
/// "kubernetes.pod_start = lognormal median 3 s, sigma 0.8 (estimate, scenarios/…json:12)", or ""
/// when no parameter is behind the cause.
std::string cause_parameter_words(const Journal& journal, const Cause& cause);

std::string_view part_name(Part part);
std::string_view better_name(InventoryItem::Better better);

}  // namespace drdrill::reports
