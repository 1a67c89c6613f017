#include "sim/audit/look.hpp"

#include <algorithm>
#include <array>

#include "sim/audit/walk.hpp"

namespace drdrill::audit {
namespace {

Followed::Purpose purpose_of(const Followed& followed) {
  const std::string& about = followed.about;
  const std::string& name = followed.procedure->runbook.name;
  const auto says = [&](std::string_view word) { return about.find(word) != std::string::npos; };
  if (contains(name, "drill") || contains(followed.procedure->script, "drill"))
    return Followed::Purpose::drill;
  if (contains(name, "backup") && !contains(name, "restore")) return Followed::Purpose::backup;
  if (contains(followed.procedure->script, "backup") && !says("restore"))
    return Followed::Purpose::backup;
  for (const std::string_view word : {"incident declaration", "war room", "root cause", "rca",
                                      "communicat", "escalat", "notif", "post-incident", "declare"})
    if (says(word)) return Followed::Purpose::other;
  for (const std::string_view word :
       {"recover", "restor", "failover", "fail over", "failure", "rollback", "outage", "pitr",
        "loss", "losing", "lost", "crash", "unavailable", "corrupt", "promot"})
    if (says(word)) return Followed::Purpose::recovery;
  return Followed::Purpose::other;
}

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

struct Word {
  std::string_view word;
  ComponentId component;
};

constexpr std::array<Word, 9> component_words{{{"postgres", ComponentId::postgres},
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

const Followed& of_call(const Look& look, const Call& call) {
  return look.procedures[call.procedure];
}

Look::Look(const Input& given) : input(given), objectives(given.objectives) {
  std::set<std::pair<std::string, int>> seen;
  for (const ProcedureDocument& document : input.documents) {
    for (const Objective& objective : document.objectives)
      if (!objective_of(objective.component)) objectives.push_back(objective);
    for (const Procedure& procedure : document.procedures) {
      Followed followed;
      followed.procedure = &procedure;
      followed.file = document.file;
      followed.about =
          lower(procedure.runbook.name + " " + procedure.runbook.title + " " + procedure.script);
      for (const std::string& heading : procedure.headings) followed.about += " " + lower(heading);
      followed.purpose = purpose_of(followed);
      // The choices of one script are the same text.
      const bool first = seen.insert({document.file, procedure.runbook.place.line}).second;
      procedures.push_back(std::move(followed));
      if (first) walk(*this, procedures.size() - 1);
    }
  }
  by_procedure_.resize(procedures.size());
  for (const Call& call : calls) by_procedure_[call.procedure].push_back(&call);
  read_manifests();
}

void Look::read_manifests() {
  const auto name_kind = [&](const kube::Workload& w) {
    kinds[w.meta.name].insert(lower(kube::kind_name(w.kind)));
  };
  const auto take = [&](const kube::CronJob& job, const std::string& file, int line) {
    for (const kube::Container& container : job.job.pod_template->containers) {
      std::string command;
      for (const std::string& word : container.command) command += word + " ";
      for (const std::string& word : container.args) command += word + " ";
      std::size_t at = command.find(".sh");
      std::string script;
      if (at != std::string::npos) {
        const std::size_t begin = command.find_last_of(" \n\t'\"", at);
        script = base_name(command.substr(begin + 1, at + 3 - begin - 1));
      }
      scheduled.push_back({script,
                           job.schedule,
                           job.time_zone,
                           container.image,
                           {file, line + std::max(job.meta.at.line, 1) - 1},
                           &job});
    }
  };
  for (const Manifests& file : input.manifests)
    for (const kube::Object& object : file.objects) {
      if (const auto* w = std::get_if<kube::Workload>(&object)) name_kind(*w);
      if (const auto* job = std::get_if<kube::CronJob>(&object))
        take(*job, file.file, file.first_line);
    }
  if (!input.platform) return;
  for (const ClusterSpec& cluster : input.platform->clusters) {
    for (const kube::Workload& w : cluster.initial.workloads) name_kind(w);
    if (scheduled.empty() || input.platform_itself)
      for (const kube::CronJob& job : cluster.initial.cron_jobs) take(job, input.platform->file, 1);
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
