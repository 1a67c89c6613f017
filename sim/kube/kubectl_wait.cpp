#include <algorithm>

#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube {
namespace {

using Target = Wait::Target;

Progress in_state(Progress::State state) {
  Progress out;
  out.state = state;
  return out;
}

/// Pods by uid; claims and others are named, and gone when no pod of their namespace uses them.
bool is_gone(const Cluster& cluster, const Target& target) {
  if (target.uid != 0) return find_pod(cluster, target.uid) == no_index;
  return std::none_of(cluster.pods.begin(), cluster.pods.end(), [&](const Pod& p) {
    return p.meta.exists && p.meta.ns == target.ns &&
           std::any_of(p.spec->volumes.begin(), p.spec->volumes.end(),
                       [&](const Volume& v) { return v.source == target.name; });
  });
}

bool all_done(const Wait& wait) {
  return std::all_of(wait.targets.begin(), wait.targets.end(),
                     [](const Target& t) { return t.done; });
}

Progress check_deletion(const Cluster& cluster, Wait& wait) {
  for (Target& t : wait.targets) t.done = t.done || is_gone(cluster, t);
  return in_state(all_done(wait) ? Progress::State::done : Progress::State::waiting);
}

Progress check_drain(const Cluster& cluster, Wait& wait) {
  Progress out;
  bool refused = false;
  for (Target& t : wait.targets) {
    if (t.done) continue;
    t.done = is_gone(cluster, t);
    if (t.done) out.out += "pod/" + t.name + " evicted\n";
    refused = refused || (!t.done && !t.evicted);
  }
  if (all_done(wait)) {
    out.state = Progress::State::done;
    for (const std::string& node : parts::split(wait.node, ','))
      out.out += "node/" + node + " drained\n";
  } else if (refused) {
    out.state = Progress::State::retry;
    out.retry_after = std::chrono::seconds(5);
  }
  return out;
}

Progress check_rollout(const Cluster& cluster, Wait& wait) {
  const int workload = wait.targets.front().workload;
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  Progress out;
  if (!w.meta.exists) {
    out.state = Progress::State::failed;
    out.exit_code = 1;
    out.err = "error: object has been deleted\n";
    return out;
  }
  const parts::RolloutText text = parts::rollout_text(cluster, workload);
  if (text.line != wait.last_line) out.out = text.line + "\n";
  wait.last_line = text.line;
  if (text.done) out.state = Progress::State::done;
  return out;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool pod_meets(const Cluster& cluster, const Target& t, const std::string& condition) {
  const int index = find_pod(cluster, t.uid);
  if (index == no_index) return condition == "delete";
  const Pod& p = cluster.pods[static_cast<std::size_t>(index)];
  if (condition == "ready" || condition == "ready=true") return p.ready && !p.terminating;
  if (condition == "ready=false") return !p.ready;
  if (condition.starts_with("phase="))
    return lower(std::string(phase_name(p.phase))) == condition.substr(6);
  return false;
}

bool job_meets(const Cluster& cluster, const Target& t, const std::string& condition) {
  const int index = find_job(cluster, t.ns, t.name);
  if (index == no_index) return condition == "delete";
  const Job& j = cluster.jobs[static_cast<std::size_t>(index)];
  if (condition == "complete") return j.succeeded >= j.spec.completions;
  return condition == "failed" && j.failed > j.spec.backoff_limit;
}

bool node_meets(const Cluster& cluster, const Target& t, const std::string& condition) {
  const int index = find_node(cluster, t.name);
  if (index == no_index) return condition == "delete";
  const Node& n = cluster.nodes[static_cast<std::size_t>(index)];
  return condition == "ready" ? n.ready : condition == "ready=false" && !n.ready;
}

bool meets(const Cluster& cluster, const Wait& wait, const Target& t) {
  if (t.uid != 0) return pod_meets(cluster, t, wait.condition);
  if (wait.resource == "job.batch") return job_meets(cluster, t, wait.condition);
  if (wait.resource == "node") return node_meets(cluster, t, wait.condition);
  if (t.workload == no_index) return false;
  const Workload& w = cluster.workloads[static_cast<std::size_t>(t.workload)];
  if (!w.meta.exists) return wait.condition == "delete";
  if (wait.condition != "available") return false;
  const int unavailable = std::min(w.max_unavailable.of(w.replicas, false), w.replicas);
  return status_of(cluster, t.workload).ready >= w.replicas - unavailable;
}

Progress check_condition(const Cluster& cluster, Wait& wait) {
  Progress out;
  for (Target& t : wait.targets) {
    if (t.done || !meets(cluster, wait, t)) continue;
    t.done = true;
    out.out += wait.resource + "/" + t.name + " " +
               (wait.condition == "delete" ? "deleted" : "condition met") + "\n";
  }
  if (all_done(wait)) out.state = Progress::State::done;
  return out;
}

std::string timeout_text(const Wait& wait) {
  if (wait.kind == Wait::Kind::rollout) return "error: timed out waiting for the condition\n";
  std::string out;
  for (const Target& t : wait.targets) {
    if (t.done) continue;
    if (wait.kind == Wait::Kind::condition)
      out += "error: timed out waiting for the condition on " +
             wait.resource.substr(0, wait.resource.find('.')) + "s/" + t.name + "\n";
    if (wait.kind == Wait::Kind::deletion)
      out += "error: timed out waiting for the condition on pods/" + t.name + "\n";
    if (wait.kind == Wait::Kind::drain)
      out += "error when waiting for pod " + parts::quoted(t.name) + " in namespace " +
             parts::quoted(t.ns) + " to terminate: global timeout reached\n";
  }
  return out;
}

}  // namespace

Progress check(const Cluster& cluster, Wait& wait) {
  switch (wait.kind) {
    case Wait::Kind::deletion:
      return check_deletion(cluster, wait);
    case Wait::Kind::drain:
      return check_drain(cluster, wait);
    case Wait::Kind::rollout:
      return check_rollout(cluster, wait);
    case Wait::Kind::condition:
      return check_condition(cluster, wait);
  }
  return {};
}

Progress give_up(const Cluster& cluster, Wait& wait) {
  Progress out = check(cluster, wait);
  if (out.state == Progress::State::done || out.state == Progress::State::failed) return out;
  out.state = Progress::State::failed;
  out.exit_code = 1;
  out.err += timeout_text(wait);
  return out;
}

namespace parts {

void wait(Session& s) {
  const std::string* text = s.option("for");
  if (!text) return s.fail("error: unrecognized condition: \"\"");
  Wait wait;
  wait.kind = Wait::Kind::condition;
  constexpr std::string_view prefix = "condition=";
  constexpr std::string_view phase = "jsonpath={.status.phase}=";
  if (*text == "delete")
    wait.condition = "delete";
  else if (text->starts_with(prefix))
    wait.condition = lower(text->substr(prefix.size()));
  else if (text->starts_with(phase))
    wait.condition = "phase=" + lower(text->substr(phase.size()));
  else if (text->starts_with("jsonpath="))
    return s.fail("drdrill does not interpret `--for " + *text + "`");
  else
    return s.fail("error: unrecognized condition: " + quoted(*text));

  wait.timeout = std::chrono::seconds(30);
  if (const std::string* timeout = s.option("timeout")) wait.timeout = parse_duration(*timeout);
  const Targets targets = resolve(s, {true, 0});
  if (targets.items.empty()) {
    const bool fine = wait.condition == "delete";
    if (fine)
      s.outcome = {};
    else if (!targets.failed)
      s.fail("error: no matching resources found");
    return;
  }
  for (const Targets::Item& item : targets.items) {
    const Meta& meta = meta_of(static_cast<const Cluster&>(s.cluster), item.id);
    Wait::Target target;
    target.ns = meta.ns;
    target.name = meta.name;
    target.workload = workload_index(item);
    if (item.id.kind == "Pod")
      target.uid = s.cluster.pods[static_cast<std::size_t>(item.id.index)].uid;
    wait.resource = item.kind->name;
    wait.targets.push_back(std::move(target));
  }
  const Progress now = check(s.cluster, wait);
  s.outcome.out += now.out;
  if (now.state != Progress::State::done) s.outcome.wait = std::move(wait);
}

}  // namespace parts
}  // namespace drdrill::kube
