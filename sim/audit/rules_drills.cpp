#include <algorithm>
#include <cstdlib>

#include "sim/audit/checks.hpp"
#include "sim/audit/look.hpp"
#include "sim/kube/images.hpp"
#include "sim/kube/yaml.hpp"

/// Exercises, and what incidents leave behind.
namespace drdrill::audit {
void check_drill_looks(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    if (look.procedures[p].purpose != Followed::Purpose::drill) continue;
    const auto& calls = look.of(p);
    const auto& steps = look.procedures[p].procedure->runbook.steps;
    const bool by_hand =
        std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.run.empty(); });
    if (calls.empty() || by_hand) continue;
    const bool looks = std::any_of(calls.begin(), calls.end(), [](const Call* c) {
      if (c->substituted) return false;
      const std::string line = lower(c->line());
      // What a script or a program of theirs measures is not seen here.
      const bool own = contains(c->program(), "/") || c->program().ends_with(".sh") ||
                       c->program().starts_with("python") || contains(line, "report") ||
                       contains(line, "verif") || contains(line, "validat") ||
                       contains(line, "measur");
      const bool asks = c->program() == "docker" || c->program() == "redis-cli" ||
                        (c->program() == "psql" && !contains(line, "promote"));
      const bool reads = ((own || asks) && !only_prints(*c)) || c->program() == "curl" ||
                         (changes(*c, "get") || changes(*c, "wait")) ||
                         (changes(*c, "rollout") && c->has("status")) ||
                         c->program() == "pg_isready" || contains(c->line(), "cluster info");
      return reads;
    });
    if (!looks)
      look.report(look.procedures[p].procedure->runbook.place,
                  "it makes a fault and takes it back, and measures nothing in between: neither an "
                  "RTO nor an RPO comes of it, nor a reason to stop");
  }
}

/// By a label or a field, the first is one of those that are meant.
static bool selects_nodes(const Call& call) {
  return std::any_of(call.argv.begin(), call.argv.end(), [](const std::string& word) {
    return word == "-l" || word.starts_with("--selector") || word.starts_with("--field-selector") ||
           word.starts_with("-l=");
  });
}

void check_arbitrary_node(Look& look) {
  std::set<std::size_t> said;
  for (const Call& call : look.calls)
    if (call.substituted && changes(call, "get") && (call.has("nodes") || call.has("node")) &&
        contains(call.line(), "items[0]") && !selects_nodes(call) &&
        look.procedures[call.procedure].purpose != Followed::Purpose::other &&
        said.insert(call.procedure).second)
      look.report(call.place,
                  "items[0] is whichever node comes first by name: it need not carry what this "
                  "is about, and is asked for anew each time");
}

void check_leftovers(Look& look) {
  for (const Call& call : look.calls) {
    if (!changes(call, "create") || !(call.has("namespace") || call.has("ns"))) continue;
    bool passing = false;
    for (const std::string_view word : {"incident", "war", "drill", "debug", "tmp", "temp", "test"})
      passing = passing || contains(lower(call.argv.back()), word);
    if (!passing) continue;
    const bool removed = std::any_of(look.calls.begin(), look.calls.end(), [](const Call& other) {
      return changes(other, "delete") && (other.has("namespace") || other.has("ns"));
    });
    if (!removed)
      look.report(call.place, "the namespace and what is put into it are never deleted");
  }
}

/// A drain is an orderly farewell, which a machine that breaks does not say.
void check_gentle(Look& look) {
  for (const Call& call : look.calls) {
    const Followed& followed = of_call(look, call);
    if (followed.purpose != Followed::Purpose::drill || !changes(call, "drain")) continue;
    if (!contains(followed.about, "fail") && !contains(followed.about, "loss") &&
        !contains(followed.about, "disaster"))
      continue;
    look.report(call.place,
                "a drain ends pods in good order, within their grace period and their budgets; a "
                "node that fails does neither, so that its loss is noticed and how long that takes "
                "is not exercised");
  }
}

/// A drill that somebody stops halfway.
void check_undone(Look& look) {
  for (std::size_t p = 0; p < look.procedures.size(); ++p) {
    const Followed& followed = look.procedures[p];
    if (followed.purpose != Followed::Purpose::drill || followed.procedure->script.empty())
      continue;
    const Call* waits = nullptr;
    bool trapped = false, changed = false;
    for (const Call* call : look.of(p)) {
      trapped = trapped || call->program() == "trap";
      changed = changed || changes(*call, "scale") || changes(*call, "cordon") ||
                changes(*call, "apply") || changes(*call, "delete");
      const int seconds = call->program() == "sleep" && call->argv.size() > 1
                              ? std::atoi(call->argv[1].c_str())
                              : 0;
      if (changed && seconds >= 60) waits = call;
    }
    if (waits && !trapped)
      look.report(waits->place,
                  "whoever stops it here leaves the fault behind: what puts things back comes "
                  "after, and no trap does it");
  }
}

/// An image of no tag is whatever its registry has on the day, and is asked for each time.
static void check_tags(Look& look, const kube::PodTemplate& pod, const std::string& name,
                       const SourcePlace& place) {
  std::set<std::string> images;
  bool always = true;
  for (const auto* containers : {&pod.init_containers, &pod.containers})
    for (const kube::Container& container : *containers) {
      const std::string tag = kube::image_tag(container.image);
      if ((tag.empty() || tag == "latest") && !contains(container.image, "@") &&
          !container.image.empty()) {
        images.insert(container.image);
        always = always && container.pull_policy == "Always";
      }
    }
  if (!images.empty())
    look.report_as("image-without-tag", place,
                   name + " runs " + joined(images) +
                       (always ? ": whatever that is on the day, asked of the registry at every "
                                 "start, and where the registry is not reached the pod does not "
                                 "start"
                               : ": whatever that was on the day when a node first took it, so "
                                 "that a new node may run another version than the others"));
}

void check_image_tags(Look& look) {
  for (const Placed& placed : look.objects) {
    const kube::Meta& meta = kube::meta_of(*placed.object);
    const SourcePlace place = placed.place(meta.at.line);
    if (const auto* workload = std::get_if<kube::Workload>(placed.object))
      check_tags(look, workload->pod_template(), meta.name, place);
    if (const auto* job = std::get_if<kube::CronJob>(placed.object))
      check_tags(look, *job->job.pod_template, meta.name, place);
  }
}

/// Is what the command prints, or is given, a manifest for kubectl?
static bool is_for_kubectl(const Look& look, const Call& call) {
  if (call.program() == "kubectl") return true;
  if (call.program() != "cat" || !call.piped) return false;
  const auto& calls = look.of(call.procedure);
  const auto own = std::find(calls.begin(), calls.end(), &call);
  return own != calls.end() && own + 1 != calls.end() && (*(own + 1))->program() == "kubectl" &&
         (*(own + 1))->has("-");
}

/// What manifests that are made on the day come to.
void check_made_objects(Look& look) {
  for (const Call& call : look.calls) {
    if (call.document.empty() || !is_for_kubectl(look, call)) continue;
    // What is only known when it runs is a word like another.
    std::string text = call.document;
    std::replace(text.begin(), text.end(), '?', 'x');
    Problems broken, ignored;
    const auto documents = kube::parse_yaml_documents(text, "-", broken);
    if (!broken.empty() && contains(text, "apiVersion:")) {
      const Problem& first = broken.all().front();
      look.report_as(
          "manifest-not-yaml", {call.place.file, call.place.line + std::max(first.at.line, 0)},
          "what kubectl is given here is no YAML (" + first.message + "): nothing of it is made");
    }
    for (const Value& document : documents) {
      std::vector<kube::Object> objects;
      kube::read_manifest(document, "-", ignored, objects);
      for (const kube::Object& object : objects) {
        if (const auto* workload = std::get_if<kube::Workload>(&object))
          check_tags(look, workload->pod_template(), workload->meta.name, call.place);
        if (const auto* workload = std::get_if<kube::Workload>(&object))
          for (const kube::Container& container : workload->pod_template().containers)
            if (container.command.size() == 2 && container.command[0] == "sleep" &&
                container.command[1].find_first_not_of("0123456789") == std::string::npos) {
              look.report(call.place, "containers of " + workload->meta.name + " end after " +
                                          container.command[1] +
                                          " s and are started anew, later and later "
                                          "(CrashLoopBackOff); whoever works in one is thrown out");
              break;
            }
        if (const auto* map = std::get_if<kube::ConfigMap>(&object))
          for (const auto& [key, value] : *map->data) {
            const std::size_t dashboard = value.find("\"dashboard\"");
            const bool wrapped =
                dashboard != std::string::npos && dashboard < 20 && contains(value, "\"panels\"");
            if (wrapped)
              look.report_as(
                  "dashboard-not-loaded", call.place,
                  map->meta.name + "/" + key +
                      " is wrapped in {\"dashboard\": …} as Grafana's API takes it" +
                      (kube::find_label(*map->meta.labels, "grafana_dashboard")
                           ? ""
                           : ", and has no label that a sidecar looks for (grafana_dashboard)") +
                      ": Grafana does not load it from a ConfigMap");
          }
      }
    }
  }
}

}  // namespace drdrill::audit
