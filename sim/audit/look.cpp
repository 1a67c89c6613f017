#include "sim/audit/look.hpp"

#include <algorithm>
#include <array>

#include "sim/audit/pods.hpp"
#include "sim/audit/walk.hpp"

namespace drdrill::audit {
namespace {

/// "Backup monitoring" and "list backups" are about backups, and make none.
bool only_watches(const Followed& followed, std::string_view name) {
  if (followed.makes_backups) return false;
  const auto& steps = followed.procedure->runbook.steps;
  const bool monitors = contains(name, "monitor");
  for (const std::string_view program :
       {"pg_dump", "pg_basebackup", "pg_receivewal", "--rdb", "bgsave", "BGSAVE", "tar c", "tar -c",
        "mongodump", "mysqldump", "kubectl get", "rsync", "backup create"})
    if (!(monitors && program == "kubectl get") &&
        std::any_of(steps.begin(), steps.end(),
                    [&](const Step& step) { return contains(step.run, program); }))
      return false;
  for (const std::string_view word : {"monitor", "verif", "check", "status", "alert", "test",
                                      "troubleshoot", "list", "issue", "age", "size", "integrity"})
    if (contains(name, word)) return true;
  return false;
}

Followed::Purpose purpose_of(const Followed& followed) {
  const std::string& about = followed.about;
  const std::string& name = followed.procedure->runbook.name;
  const auto says = [&](std::string_view word) { return about.find(word) != std::string::npos; };
  if (contains(name, "drill") || contains(followed.procedure->script, "drill") ||
      contains(lower(followed.procedure->runbook.title), "drill"))
    return Followed::Purpose::drill;
  if (contains(name, "backup") && !contains(name, "restore") && !only_watches(followed, name))
    return Followed::Purpose::backup;
  const std::string& script = followed.procedure->script;
  if (contains(script, "backup") && !says("restore") && !only_watches(followed, script))
    return Followed::Purpose::backup;
  if (followed.makes_backups && !says("restore")) return Followed::Purpose::backup;
  for (const std::string_view word : {"incident declaration", "war room", "root cause", "rca",
                                      "communicat", "escalat", "notif", "post-incident", "declare"})
    if (says(word)) return Followed::Purpose::other;
  for (const std::string_view word :
       {"recover", "restor",  "failover",   "fail over", "failure", "rollback",    "outage",
        "pitr",    "loss",    "losing",     "lost",      "crash",   "unavailable", "corrupt",
        "promot",  "deleted", "accidental", "partition", "expired", "split-brain", "unreachable"})
    if (says(word)) return Followed::Purpose::recovery;
  return Followed::Purpose::other;
}

/// What a README begins with is the name of what is in the folder: "Recovery Lab".
bool is_product(std::string_view file, const std::string& heading) {
  if (!lower(file.substr(file.rfind('/') + 1)).starts_with("readme")) return false;
  const std::string low = lower(heading);
  for (const std::string_view word : {"runbook", "playbook", "procedure", "disaster", "backup"})
    if (contains(low, word)) return false;
  return true;
}

struct Word {
  std::string_view word;
  ComponentId component;
};

constexpr std::array<Word, 11> component_words{{{"postgres", ComponentId::postgres},
                                                {"database", ComponentId::postgres},
                                                {"pgsql", ComponentId::postgres},
                                                {"pg_", ComponentId::postgres},
                                                {"pg-", ComponentId::postgres},
                                                {"redis", ComponentId::redis},
                                                {"livekit", ComponentId::livekit_sfu},
                                                {"sfu", ComponentId::livekit_sfu},
                                                {"prometheus", ComponentId::monitoring},
                                                {"monitoring", ComponentId::monitoring},
                                                {"grafana", ComponentId::monitoring}}};

}  // namespace

std::optional<ComponentId> component_of_text(std::string_view text) {
  const std::string low = lower(text);
  for (const Word& row : component_words)
    if (contains(low, row.word)) return row.component;
  return std::nullopt;
}

std::string objective_words(const Objective& objective, bool rpo) {
  const auto& time = rpo ? objective.rpo : objective.rto;
  std::string text(name_of(objective.component));
  text += rpo ? " RPO" : " RTO";
  if (time) text += " " + format_duration(*time);
  return text;
}

std::optional<bool> has_variable(const Look& look, const kube::Container& container,
                                 std::string_view name) {
  if (std::any_of(container.env.begin(), container.env.end(),
                  [&](const kube::EnvVar& variable) { return variable.name == name; }))
    return true;
  bool all_known = true;
  for (const std::string& source : container.env_from) {
    const std::string_view kind = source.starts_with("secret/") ? "Secret" : "ConfigMap";
    const std::string_view of = std::string_view(source).substr(source.find('/') + 1);
    bool known = false;
    for (const Manifests& file : look.input.manifests)
      for (const Value& document : file.documents) {
        const Value* is = document.find("kind");
        const Value* meta = document.find("metadata");
        const Value* called = meta ? meta->find("name") : nullptr;
        if (!is || is->text != kind || !called || called->text != of) continue;
        for (const std::string_view part : {"data", "stringData"})
          if (const Value* data = document.find(part)) {
            known = true;
            if (data->find(name)) return true;
          }
      }
    all_known = all_known && known;
  }
  return all_known ? std::optional(false) : std::nullopt;
}

const Followed& of_call(const Look& look, const Call& call) {
  return look.procedures[call.procedure];
}

Look::Look(const Input& given) : input(given), objectives(given.objectives) {
  add_documents();
  const std::size_t of_documents = procedures.size();
  read_pods(*this, of_manifests_, of_platform_);
  std::set<std::pair<std::string, int>> seen;
  for (std::size_t p = 0; p < procedures.size(); ++p) {
    Followed& followed = procedures[p];
    followed.purpose = purpose_of(followed);
    // The choices of one script are the same text.
    const bool first = p >= of_documents ||
                       seen.insert({followed.file, followed.procedure->runbook.place.line}).second;
    if (first) walk(*this, p);
  }
  by_procedure_.resize(procedures.size());
  for (const Call& call : calls) by_procedure_[call.procedure].push_back(&call);
}

void Look::add_documents() {
  for (const ProcedureDocument& document : input.documents) {
    for (const Objective& objective : document.objectives)
      if (!objective_of(objective.component)) objectives.push_back(objective);
    for (const Procedure& procedure : document.procedures) {
      Followed followed;
      followed.procedure = &procedure;
      followed.file = document.file;
      followed.one_line = procedure.one_line;
      followed.about =
          lower(procedure.runbook.name + " " + procedure.runbook.title + " " + procedure.script);
      for (const std::string& heading : procedure.headings)
        if (&heading != &procedure.headings.front() || !is_product(document.file, heading))
          followed.about += " " + lower(heading);
      procedures.push_back(std::move(followed));
    }
  }
}

void Look::report(const SourcePlace& place, std::string evidence, std::string objective) {
  found.push_back({std::string(rule->id), rule->severity, place, std::move(evidence),
                   std::move(objective), std::string(rule->fix), ""});
}

void Look::report_as(std::string_view id, const SourcePlace& place, std::string evidence,
                     std::string objective) {
  const Rule* before = rule;
  rule = find_rule(id);
  report(place, std::move(evidence), std::move(objective));
  rule = before;
}

const std::vector<const Call*>& Look::of(std::size_t procedure) const {
  return by_procedure_[procedure];
}

const Objective* Look::objective_of(ComponentId component) const {
  for (const Objective& objective : objectives)
    if (objective.component == component) return &objective;
  return nullptr;
}

}  // namespace drdrill::audit
