#include <algorithm>
#include <array>
#include <cctype>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/images.hpp"

/// What the shell itself makes of a script, whatever it talks to.
namespace drdrill::audit {
namespace {

/// Variables that every shell has or that people are expected to have set.
bool is_given(std::string_view name) {
  constexpr std::array<std::string_view, 30> given{
      "REPLY",  "OPTARG", "OPTIND",   "BASH_REMATCH", "EPOCHSECONDS", "LOGNAME",   "HOME", "PATH",
      "PWD",    "USER",   "HOSTNAME", "RANDOM",       "SECONDS",      "LINENO",    "IFS",  "PS1",
      "TERM",   "SHELL",  "OLDPWD",   "BASH_SOURCE",  "UID",          "EUID",      "PPID", "LANG",
      "TMPDIR", "EDITOR", "FUNCNAME", "PIPESTATUS",   "BASH",         "KUBECONFIG"};
  const bool special =
      name.empty() || (std::isalpha(static_cast<unsigned char>(name[0])) == 0 && name[0] != '_');
  return special || std::find(given.begin(), given.end(), name) != given.end();
}

bool assigned_in(const Look& look, std::string_view name, const Use& use) {
  const std::string& file = look.procedures[use.procedure].file;
  const bool script = !look.procedures[use.procedure].procedure->script.empty();
  return std::any_of(look.assigned.begin(), look.assigned.end(), [&](const Assigned& a) {
    if (a.name != name) return false;
    // Pasted commands share a terminal; a script has only its own.
    return a.procedure == use.procedure || (!script && look.procedures[a.procedure].file == file);
  });
}

/// A job's container gives its scripts variables; whoever runs a runbook of ours has those that the
/// platform says.
bool in_environment(const Look& look, const Use& use) {
  const bool ours = look.procedures[use.procedure].file.ends_with(".json");
  if (look.input.platform && ours)
    for (const auto& [known, value] : look.input.platform->environment)
      if (known == use.name) return true;
  const kube::Container* container = look.procedures[use.procedure].container;
  if (!container) return false;
  // Images have variables of their own.
  return has_variable(look, *container, use.name).value_or(true) || use.name == "PGDATA" ||
         !kube::is_public_image(container->image);
}

/// With "…" for what is only known when it runs.
std::string shown(std::string text) {
  for (std::size_t at = text.find('?'); at != std::string::npos; at = text.find('?', at + 1))
    text.replace(at, 1, "…");
  return text;
}

/// "Recovery completed", whatever went before.
bool boasts(const Call& last) {
  if (last.program() != "echo" || last.argv.size() < 2) return false;
  const std::string said = lower(last.line());
  for (const std::string_view word : {"complete", "success", "finished", "done", "generated"})
    if (contains(said, word)) return true;
  return false;
}

/// Does the command change something, or make a file?
bool acts(const Call& call) {
  if (writes_backup(call) || !call.targets.empty()) return true;
  const auto program = call.program();
  if (program == "kubectl") {
    for (const std::string_view verb : {"scale", "apply", "patch", "delete", "drain", "replace",
                                        "create", "cordon", "uncordon", "rollout", "set", "label"})
      if (call.has(verb)) return true;
    return false;
  }
  if (program == "curl") return !call.option("-X", "--request").empty() || call.has("--data");
  return lists(
      "helm terraform argocd aws gcloud az rclone rsync cp mv rm tar pg_restore dropdb "
      "createdb pg_ctl systemctl docker psql redis-cli mysql velero",
      program);
}

/// Functions that another script reads in: their variables are the other's.
bool is_library(const Look& look, std::size_t procedure) {
  const auto first = look.functions.lower_bound({procedure, std::string()});
  return look.acting.count(procedure) == 0 && first != look.functions.end() &&
         first->first == procedure;
}

/// What a container starts with, whose image and pod give it variables and arguments.
bool is_entrypoint(const Followed& followed) {
  const auto& steps = followed.procedure->runbook.steps;
  return contains(lower(followed.procedure->script), "entrypoint") ||
         // What the image postgres runs when its volume is empty, with its own variables.
         std::any_of(steps.begin(), steps.end(), [](const Step& step) {
           return contains(step.run, "ON_ERROR_STOP") && contains(step.run, "POSTGRES_USER");
         });
}

/// Terraform's templatefile() fills in ${name} and makes ${name} of $${name}.
bool is_terraform(const Followed& followed) {
  const auto& steps = followed.procedure->runbook.steps;
  return std::any_of(steps.begin(), steps.end(),
                     [](const Step& step) { return contains(step.run, "$${"); });
}

/// Does the script stop where a variable is missing, or look whether it is there?
bool minds_missing(const Look& look, const Use& use) {
  const auto& calls = look.of(use.procedure);
  return std::any_of(calls.begin(), calls.end(), [&](const Call* call) {
    if (call->program() == "set")
      return call->has("nounset") || (call->argv.size() > 1 && call->argv[1].starts_with("-") &&
                                      contains(call->argv[1], "u"));
    const bool tests =
        call->program() == "[" || call->program() == "[[" || call->program() == "test";
    return tests && std::any_of(call->raw.begin(), call->raw.end(), [&](const std::string& word) {
             return contains(word, "$" + use.name + " ");
           });
  });
}

}  // namespace

void check_variables(Look& look) {
  std::set<std::pair<std::string, std::string>> said;
  std::map<std::pair<std::size_t, int>, std::vector<const Use*>> missing;  // by command
  for (const Use& use : look.uses) {
    if (use.guarded || is_given(use.name) || assigned_in(look, use.name, use)) continue;
    // Pasted commands share a terminal, where people have set much before.
    const Followed& in = look.procedures[use.procedure];
    if (in.procedure->script.empty() && !use.name.ends_with('_')) continue;
    if (is_terraform(in) || is_entrypoint(in) || is_library(look, use.procedure)) continue;
    if (!said.insert({in.procedure->runbook.name, use.name}).second) continue;
    // "$shard_$TIMESTAMP": the underscore belongs to the name.
    std::string meant = use.name;
    while (meant.ends_with('_')) meant.pop_back();
    if (meant != use.name && assigned_in(look, meant, use)) {
      look.report_as("variable-swallows-text", use.place,
                     "$" + use.name +
                         " is read as one name, which is set nowhere and so empty; ${" + meant +
                         "}_ was meant");
      continue;
    }
    if (in_environment(look, use) || minds_missing(look, use)) continue;
    missing[{use.procedure, use.place.line}].push_back(&use);
  }
  // A script that lives by its environment is told of once.
  constexpr std::size_t most = 4;
  std::map<std::size_t, std::vector<std::pair<std::size_t, int>>> commands;
  for (const auto& [where, uses] : missing) commands[where.first].push_back(where);
  for (const auto& [procedure, places] : commands)
    for (std::size_t i = 1; places.size() > most && i < places.size(); ++i) {
      auto& first = missing[places.front()];
      first.insert(first.end(), missing[places[i]].begin(), missing[places[i]].end());
      missing.erase(places[i]);
    }
  for (const auto& [where, uses] : missing) {
    std::string names;
    for (const Use* use : uses) names += (names.empty() ? "$" : ", $") + use->name;
    const bool one = uses.size() == 1;
    look.report(uses.front()->place,
                names + (one ? " is" : " are") +
                    " set nowhere in it; where the environment does not have " +
                    (one ? "it, it is" : "them, they are") +
                    " empty and the command goes on all the same");
  }
}

/// `X=$1` of a script that never looks whether it was given.
void check_arguments(Look& look) {
  std::set<std::size_t> said;
  for (const Use& use : look.uses) {
    const bool argument = use.name.size() == 1 && use.name[0] >= '1' && use.name[0] <= '9';
    const std::string& script = look.procedures[use.procedure].procedure->script;
    if (!argument || use.guarded || script.empty() || said.count(use.procedure) != 0) continue;
    // What it is called afterwards may be looked at.
    const auto& calls = look.of(use.procedure);
    const bool looks = std::any_of(calls.begin(), calls.end(), [&](const Call* call) {
      const auto program = call->program();
      return program == "[" || program == "[[" || program == "test" || program == "((" ||
             (program == "set" && call->argv.size() > 1 && contains(call->argv[1], "u"));
    });
    bool guarded = false;
    for (const Use& other : look.uses)
      guarded = guarded || (other.procedure == use.procedure && other.guarded);
    const bool chooses = std::any_of(look.cases.begin(), look.cases.end(), [&](const auto& seen) {
      return seen.procedure == use.procedure;
    });
    if (looks || guarded || chooses) continue;
    said.insert(use.procedure);
    look.report(use.place, script + " does not look whether it was given $" + use.name +
                               ": without it, it goes on with nothing in its place");
  }
}

/// A recovery that goes on whatever failed.
void check_goes_on(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& followed = look.procedures[p];
    if (followed.procedure->script.empty() || (followed.purpose != Followed::Purpose::recovery &&
                                               followed.purpose != Followed::Purpose::drill))
      continue;
    int acts = 0;
    bool strict = false;
    for (const Call* call : look.of(p)) {
      strict = strict || (call->program() == "set" && call->argv.size() > 1 &&
                          (contains(call->argv[1], "e") || call->has("errexit")));
      if (call->program() != "kubectl" || call->substituted) continue;
      for (const std::string_view verb :
           {"scale", "apply", "patch", "exec", "delete", "drain", "replace", "create"})
        if (call->has(verb)) {
          ++acts;
          break;
        }
    }
    const auto& calls = look.of(p);
    if (strict || acts < 3 || boasts(*calls.back())) continue;  // its last line tells
    look.report(followed.procedure->runbook.place,
                followed.procedure->script +
                    " has no `set -e`: when a step fails, those that rely on it run all the same "
                    "(a restore into a server that was to be stopped, say)");
  }
}

void check_hidden_failure(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (look.procedures[p].procedure->script.empty()) continue;
    const auto& calls = look.of(p);
    if (calls.empty()) continue;
    const bool strict = std::any_of(calls.begin(), calls.end(), [](const Call* c) {
      return c->program() == "set" && c->argv.size() > 1 &&
             (contains(c->argv[1], "e") || c->has("errexit"));
    });
    const auto& last = *calls.back();
    const bool does =
        std::any_of(calls.begin(), calls.end(), [](const Call* c) { return acts(*c); });
    if (strict || !boasts(last) || calls.size() < 3 || !does) continue;
    std::string said;
    for (std::size_t i = 1; i < last.argv.size(); ++i)
      if (!lists("-e -n -ne -en", last.argv[i])) said += (said.empty() ? "" : " ") + last.argv[i];
    look.report(last.place, "without `set -e` it says \"" + shown(said).substr(0, 80) +
                                "\" and exits 0 whatever failed before");
  }
}

/// Is it what somebody gave the script: $1, or a variable that was given it?
static bool is_choice(const Look& look, const Look::CaseSeen& seen) {
  return std::any_of(
      seen.what->subject.begin(), seen.what->subject.end(), [&](const shell::Part& part) {
        const auto given = [](std::string_view name) {
          return name.size() == 1 && name[0] >= '1' && name[0] <= '9';
        };
        if (part.kind != shell::Part::Kind::variable) return false;
        if (given(part.text)) return true;
        return std::any_of(look.assigned.begin(), look.assigned.end(), [&](const Assigned& a) {
          return a.name == part.text && a.procedure == seen.procedure &&
                 std::any_of(look.uses.begin(), look.uses.end(), [&](const Use& use) {
                   return use.procedure == seen.procedure && use.place.line == a.place.line &&
                          given(use.name);
                 });
        });
      });
}

void check_case(Look& look) {
  for (const Look::CaseSeen& seen : look.cases) {
    if (!seen.more_follows || seen.what->arms.empty() || !is_choice(look, seen)) continue;
    // An image's entrypoint takes any command, as a rule.
    if (is_entrypoint(look.procedures[seen.procedure])) continue;
    const bool fallback =
        std::any_of(seen.what->arms.begin(), seen.what->arms.end(), [](const auto& arm) {
          return std::any_of(arm.patterns.begin(), arm.patterns.end(),
                             [](const shell::Word& pattern) {
                               return pattern.size() == 1 && pattern[0].text == "*";
                             });
        });
    if (!fallback)
      look.report(seen.place,
                  "a word that is none of the choices does nothing, and everything after the "
                  "case is done all the same");
  }
}

void check_placeholders(Look& look) {
  for (const ProcedureDocument& document : look.input.documents) {
    // By the procedure that begins before it.
    std::map<int, std::pair<SourcePlace, std::set<std::string>>> by_procedure;
    for (const ImportNotice& notice : document.notices) {
      if (notice.kind != ImportNotice::Kind::placeholder) continue;
      int begin = 0;
      for (const Procedure& procedure : document.procedures)
        if (procedure.runbook.place.line <= notice.place.line)
          begin = std::max(begin, procedure.runbook.place.line);
      auto& [place, names] = by_procedure[begin];
      if (names.empty()) place = notice.place;
      names.insert(notice.text);
    }
    for (const auto& [begin, found] : by_procedure)
      look.report(found.first, joined(found.second) +
                                   (found.second.size() == 1 ? " has" : " have") +
                                   " to be found out and filled in during the incident");
  }
}

void check_fixed_dates(Look& look) {
  for (const Assigned& a : look.assigned) {
    std::size_t digits = 0, run = 0;
    for (const char c : a.value) {
      run = c >= '0' && c <= '9' ? run + 1 : 0;
      digits = std::max(digits, run);
    }
    const bool stamp =
        digits >= 8 || (digits == 4 && contains(a.value, "-") && contains(a.value, ":"));
    const bool year = contains(a.value, "20");
    if (stamp && year && look.procedures[a.procedure].purpose == Followed::Purpose::recovery)
      look.report(a.place,
                  a.name + " is written down as " + a.value +
                      ": on the day it is another one, and somebody has to know and change it");
    const bool of_day = contains(a.value, ":") && contains(a.value, "-");
    const std::size_t clock = a.value.find(':');
    const bool zone =
        std::any_of(a.value.begin() + static_cast<std::ptrdiff_t>(std::min(clock, a.value.size())),
                    a.value.end(),
                    [](unsigned char c) { return std::isalpha(c) != 0 || c == '+' || c == '-'; });
    if (of_day && stamp && year && !zone)
      look.report_as("time-without-zone", a.place,
                     a.name + "=\"" + a.value +
                         "\" has no time zone: the server takes it in its own, which is UTC in "
                         "most containers, and people mean theirs");
  }
}

}  // namespace drdrill::audit
