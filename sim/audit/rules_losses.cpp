#include <algorithm>

#include "sim/audit/checks.hpp"
#include "sim/audit/graph.hpp"
#include "sim/audit/look.hpp"
#include "sim/audit/rehearsal.hpp"
#include "sim/kube/images.hpp"

/// What becomes of the platform by itself: its scheduled jobs, started once, and each loss with
/// nobody there to do anything about it.
namespace drdrill::audit {
namespace {

/// What the job's pods mount, and nothing here has: a volume claim or a ConfigMap.
std::string missing_of(const kube::CronJob& job, const kube::Cluster& cluster) {
  const std::string& ns = job.meta.ns;
  using Kind = kube::Volume::Kind;
  for (const kube::Volume& volume : job.job.pod_template->volumes) {
    if (volume.kind == Kind::claim &&
        kube::find_claim(cluster, ns, volume.source) == kube::no_index)
      return "the volume claim " + volume.source;
    if (volume.kind == Kind::config_map &&
        kube::find_config_map(cluster, ns, volume.source) == kube::no_index)
      return "the ConfigMap " + volume.source;
  }
  return {};
}

/// The Secret that a variable or a volume is taken from, and that is not among the manifests: an
/// operator makes it, or somebody by hand.
std::string missing_secret(const Look& look, const kube::CronJob& job) {
  const auto given = [&](const std::string& name) {
    return std::any_of(look.input.manifests.begin(), look.input.manifests.end(), [&](auto& file) {
      return std::any_of(file.documents.begin(), file.documents.end(), [&](const Value& document) {
        const Value* kind = document.find("kind");
        const Value* meta = document.find("metadata");
        const Value* called = meta ? meta->find("name") : nullptr;
        return kind && kind->text.ends_with("Secret") && called && called->text == name;
      });
    });
  };
  const kube::PodTemplate& pod = *job.job.pod_template;
  for (const kube::Volume& volume : pod.volumes)
    if (volume.kind == kube::Volume::Kind::secret && !given(volume.source))
      return "the Secret " + volume.source;
  for (const kube::Container& container : pod.containers)
    for (const kube::EnvVar& variable : container.env)
      if (variable.from.starts_with("secret/")) {
        const std::string name = variable.from.substr(7, variable.from.find('/', 7) - 7);
        if (!given(name)) return "the Secret " + name;
      }
  return {};
}

/// Why the simulation cannot show what becomes of the job; empty: it can.
std::string unknown_of(const Look& look, const Look::Scheduled& each) {
  for (const kube::Container& container : each.job->job.pod_template->containers)
    for (const std::string& source : container.env_from)
      if (source.starts_with("secret/"))
        return "takes its settings from the Secret " + source.substr(7) +
               ", whose contents a simulation does not have";
  for (const kube::Container& container : each.job->job.pod_template->init_containers)
    if (!kube::is_public_image(container.image))
      return "is prepared by " + container.image +
             ", and what that does a simulation does not know";
  for (const kube::Container& container : each.job->job.pod_template->containers)
    for (const kube::VolumeMount& mount : container.mounts)
      if (const kube::Volume* volume = each.job->job.pod_template->volume(mount.volume);
          volume && volume->kind == kube::Volume::Kind::claim && mount.read_only)
        return "reads files of the claim " + volume->source + ", which a simulation does not have";
  for (const Call& call : look.calls)
    if (each.runs(call.procedure) && call.pod.empty() && installs_programs(call))
      return "installs programs before it uses them, which the simulation does not";
  return {};
}

/// A scheduled job, started now.
void rehearse_job(Look& look, const kube::CronJob& job, const SourcePlace& place) {
  const std::string& name = job.meta.name;
  Scenario scenario = scenario_of(look, name);
  scenario.horizon = std::chrono::hours(3);
  scenario.objectives.clear();
  const std::string ns = " -n " + job.meta.ns;
  Step step;
  step.id = step.title = "run";
  step.run = "kubectl create job audit --from=cronjob/" + name + ns +
             " && kubectl wait --for=condition=Complete job/audit --timeout=2h" + ns;
  scenario.runbook.steps.push_back(step);
  const Rehearsal done = look.input.rehearse(scenario, {});
  if (!done.refused.empty()) return;
  std::string why;
  bool failed = false;
  for (const JournalEntry& entry : done.journal.entries) {
    if (const auto* note = std::get_if<Note>(&entry.what);
        note && (note->kind == NoteKind::pod_cannot_start || note->kind == NoteKind::job_failed))
      if (why.empty() || note->kind == NoteKind::pod_cannot_start)
        why = std::string(subject_of(done.journal, *note));
    if (const auto* end = std::get_if<StepEnded>(&entry.what))
      failed = failed || end->exit_status != 0;
  }
  if (failed)
    look.report_as(
        "job-fails", place,
        "started in simulation, " + name + " does not complete" +
            (why.empty() || why == "audit" ? ": its pods end with an error until nobody tries again"
                                           : ": " + why));
}

using Kind = WorkloadModel::Kind;

/// One loss, and the component that it is about.
struct Loss {
  FaultSpec fault;
  SourcePlace place;
};

SourcePlace place_in(const PlatformSpec& platform, const SourcePlace& place) {
  return place.line > 0 ? place : SourcePlace{platform.file, 1};
}

/// The node of each component's first pod, each once; with known nodes every zone and the region,
/// too.
std::vector<Loss> losses_of(const Look& look) {
  const PlatformSpec& platform = *look.input.platform;
  std::vector<Loss> losses;
  std::set<std::string> nodes;
  for (const WorkloadModel& model : platform.workloads) {
    if (model.cluster != 0 || model.kind == Kind::plain || model.kind == Kind::postgres_scratch ||
        stands_in(model))
      continue;
    auto faults = fault_on(platform, "node-loss", Level::node, model.kind);
    if (faults.empty() || !nodes.insert(faults.front().effect.target.name).second) continue;
    losses.push_back({std::move(faults.front()), place_in(platform, model.place)});
  }
  if (look.input.imported) return losses;
  const std::string& home = platform.clusters.front().region;
  const auto add = [&](std::string_view fault, Level level, const std::string& name) {
    FaultSpec spec = named_fault(fault, level, name);
    losses.push_back({std::move(spec), {platform.file, 1}});
  };
  for (const ZoneSpec& zone : platform.zones)
    if (zone.region == home) add("zone-loss", Level::zone, zone.name);
  add("region-loss", Level::region, home);
  return losses;
}

/// Components that a made-up one keeps down: it stands in for what runs elsewhere, or nowhere, and
/// was lost only because it had to be put on some node.
ComponentSet kept_down_by_stand_ins(const PlatformSpec& platform, const Judgement& judgement,
                                    ComponentSet own) {
  ComponentSet down;
  for (const ObjectiveResult& result : judgement.objectives)
    if (result.exercised && result.evaluated && !result.rto.achieved && !own.has(result.component))
      down.add(result.component);
  for (std::size_t round = 0; round < component_count; ++round)
    for (const DependencySpec& needs : platform.dependencies)
      if (down.has(needs.on)) down.add(needs.from);
  return down;
}

void rehearse_loss(Look& look, const Loss& loss) {
  const std::string what = loss.fault.catalog_id + " of " + to_string(loss.fault.effect.target);
  Scenario scenario = scenario_of(look, what);
  scenario.horizon = std::chrono::hours(1);
  scenario.faults.push_back(loss.fault);
  const Rehearsal done = look.input.rehearse(scenario, {});
  if (!done.refused.empty())
    return look.report_as("not-rehearsed", loss.place, what + ": " + done.refused);
  const ComponentSet all = own_components(*look.input.platform);
  const ComponentSet excused = kept_down_by_stand_ins(*look.input.platform, done.judgement, all);
  ComponentSet own;
  for (std::size_t i = 0; i < component_count; ++i)
    if (const auto each = static_cast<ComponentId>(i); all.has(each) && !excused.has(each))
      own.add(each);
  std::string lost;
  for (const ObjectiveResult& result : done.judgement.objectives)
    if (result.exercised && result.evaluated && !result.rto.achieved && own.has(result.component))
      lost += (lost.empty() ? "" : ", ") + std::string(name_of(result.component));
  const std::string figures = figures_of(done.judgement, own);
  if (figures.empty()) return;
  look.report_as("rehearsed", loss.place, "with " + what + " and nobody there: " + figures);
  // Of the first that is lost, whichever was on the node.
  SourcePlace place = loss.place;
  for (const WorkloadModel& model : look.input.platform->workloads)
    if (model.cluster == 0 && !stands_in(model) && model.place.line > 0 &&
        lost.starts_with(name_of(component_of(model.kind)))) {
      place = model.place;
      break;
    }
  if (!lost.empty())
    look.report_as("needs-people", place,
                   "with " + what + ", " + lost +
                       (lost.find(',') == std::string::npos ? " is" : " are") +
                       " not back within an hour unless somebody does something");
}

}  // namespace

void check_losses(Look& look) {
  if (!look.input.platform || !look.input.rehearse || look.input.platform->clusters.empty()) return;
  const ClusterSpec& home = look.input.platform->clusters.front();
  const bool itself = look.input.platform_itself || look.input.imported;
  for (const Look::Scheduled& each : look.scheduled) {
    const auto& jobs = home.initial.cron_jobs;
    const auto there = std::find_if(jobs.begin(), jobs.end(), [&](const kube::CronJob& job) {
      return job.meta.name == each.job->meta.name;
    });
    if (there == jobs.end()) continue;
    // What was given need not be all that there is. The platform's job has a namespace, even where
    // the manifest names none.
    std::string lacks = look.input.imported ? missing_of(*there, home.initial) : "";
    if (lacks.empty() && look.input.imported) lacks = missing_secret(look, *each.job);
    const std::string unknown = look.input.imported ? unknown_of(look, each) : "";
    if (lacks.empty() && unknown.empty())
      rehearse_job(look, *there, each.place);
    else if (lacks.empty())
      look.report_as("not-rehearsed", each.place, there->meta.name + " " + unknown);
    else
      look.report_as("not-rehearsed", each.place,
                     there->meta.name + " needs " + lacks + ", which is not among the manifests");
  }
  if (!itself) return;
  for (const Loss& loss : losses_of(look)) rehearse_loss(look, loss);
}

}  // namespace drdrill::audit
