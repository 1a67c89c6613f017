#include <algorithm>

#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube::parts {
namespace {

Workload& workload_at(Session& s, int index) {
  return s.cluster.workloads[static_cast<std::size_t>(index)];
}

void restart(Session& s, const Targets::Item& item, Workload& w) {
  if (w.paused)
    return s.fail("error: " + item.kind->plural_name + " " + quoted(w.meta.name) +
                  " can't restart paused deployment (run rollout resume first)");
  Shared<PodTemplate> fresh = w.current().pod_template;
  // The real value is the time of the restart; what counts is that it differs from the last.
  fresh.edit([&](PodTemplate& t) {
    set_label(t.annotations, "kubectl.kubernetes.io/restartedAt",
              std::to_string(w.current().number + 1));
  });
  set_template(s.cluster, item.id.index, std::move(fresh));
  s.changed(item.id, Change::What::restarted);
  s.say(name_of(s.cluster, item) + " restarted");
}

void undo(Session& s, const Targets::Item& item, Workload& w) {
  if (w.paused)
    return s.fail(
        "error: you cannot rollback a paused deployment; resume it first with 'kubectl "
        "rollout resume' and try again");
  const std::string* text = s.option("to-revision");
  const int wanted = text ? parse_int(*text).value_or(0) : 0;
  if (wanted == 0 && w.revisions.size() < 2)
    return s.fail("error: no rollout history found for " +
                  std::string(item.id.kind == "Deployment" ? "deployment" : item.kind->name) + " " +
                  quoted(w.meta.name));
  const auto found = wanted == 0
                         ? w.revisions.end() - 2
                         : std::find_if(w.revisions.begin(), w.revisions.end(),
                                        [&](const Revision& r) { return r.number == wanted; });
  if (found == w.revisions.end())
    return s.fail("error: unable to find specified revision " + std::to_string(wanted) +
                  " in history");
  if (found->number == w.current().number)
    return s.say(name_of(s.cluster, item) +
                 " skipped rollback (current template already matches revision " +
                 std::to_string(wanted) + ")");
  set_template(s.cluster, item.id.index, found->pod_template);
  s.changed(item.id, Change::What::configured);
  s.say(name_of(s.cluster, item) + " rolled back");
}

void pause(Session& s, const Targets::Item& item, Workload& w, bool on) {
  if (w.kind != Workload::Kind::deployment)
    return s.fail("error: " + item.kind->plural_name + " " + quoted(w.meta.name) +
                  " pausing is not supported");
  if (w.paused == on)
    return s.fail("error: " + item.kind->plural_name + " " + quoted(w.meta.name) +
                  (on ? " is already paused" : " is not paused"));
  w.paused = on;
  s.changed(item.id, Change::What::configured);
  s.say(name_of(s.cluster, item) + (on ? " paused" : " resumed"));
}

void history(Session& s, const Targets::Item& item, const Workload& w) {
  s.say(name_of(s.cluster, item) + " \nREVISION  CHANGE-CAUSE");
  for (const Revision& r : w.revisions) s.say(std::to_string(r.number) + "         <none>");
  s.say("");
}

void status(Session& s, const Targets::Item& item, const Workload& w) {
  if (w.on_delete)
    return s.fail("error: rollout status is only available for RollingUpdate strategy type");
  const RolloutText text = rollout_text(s.cluster, item.id.index);
  s.say(text.line);
  if (text.done || !s.flag("watch", true)) return;
  Wait wait;
  wait.kind = Wait::Kind::rollout;
  wait.revision = w.current().number;
  wait.last_line = text.line;
  Wait::Target target;
  target.ns = w.meta.ns;
  target.name = w.meta.name;
  target.workload = item.id.index;
  wait.targets.push_back(std::move(target));
  if (const std::string* timeout = s.option("timeout"))
    if (const auto d = parse_duration(*timeout); d && d->count() > 0) wait.timeout = d;
  s.outcome.wait = std::move(wait);
}

RolloutText deployment_text(const Workload& w, const WorkloadStatus& st) {
  const std::string head = "Waiting for deployment " + quoted(w.meta.name) + " rollout to finish: ";
  if (st.updated < w.replicas)
    return {false, head + std::to_string(st.updated) + " out of " + std::to_string(w.replicas) +
                       " new replicas have been updated..."};
  if (st.total > st.updated)
    return {false, head + std::to_string(st.total - st.updated) +
                       " old replicas are pending termination..."};
  if (st.ready < st.updated)
    return {false, head + std::to_string(st.ready) + " of " + std::to_string(st.updated) +
                       " updated replicas are available..."};
  return {true, "deployment " + quoted(w.meta.name) + " successfully rolled out"};
}

RolloutText stateful_set_text(const Workload& w, const WorkloadStatus& st) {
  if (st.ready < w.replicas)
    return {false, "Waiting for " + std::to_string(w.replicas - st.ready) + " pods to be ready..."};
  const int to_update = std::max(0, w.replicas - w.partition);
  if (st.updated < to_update)
    return {false, "Waiting for partitioned roll out to finish: " + std::to_string(st.updated) +
                       " out of " + std::to_string(to_update) + " new pods have been updated..."};
  if (w.partition > 0)
    return {true, "partitioned roll out complete: " + std::to_string(st.updated) +
                      " new pods have been updated..."};
  return {true, "statefulset rolling update complete " + std::to_string(st.updated) +
                    " pods at revision " + w.meta.name + "-" + std::to_string(w.current().number) +
                    "..."};
}

RolloutText daemon_set_text(const Workload& w, const WorkloadStatus& st) {
  const std::string head = "Waiting for daemon set " + quoted(w.meta.name) + " rollout to finish: ";
  if (st.updated < st.total)
    return {false, head + std::to_string(st.updated) + " out of " + std::to_string(st.total) +
                       " new pods have been updated..."};
  if (st.ready < st.total)
    return {false, head + std::to_string(st.ready) + " of " + std::to_string(st.total) +
                       " updated pods are available..."};
  return {true, "daemon set " + quoted(w.meta.name) + " successfully rolled out"};
}

}  // namespace

RolloutText rollout_text(const Cluster& cluster, int workload) {
  const Workload& w = cluster.workloads[static_cast<std::size_t>(workload)];
  const WorkloadStatus st = status_of(cluster, workload);
  switch (w.kind) {
    case Workload::Kind::deployment:
      return deployment_text(w, st);
    case Workload::Kind::stateful_set:
      return stateful_set_text(w, st);
    case Workload::Kind::daemon_set:
      return daemon_set_text(w, st);
  }
  return {};
}

void rollout(Session& s, std::string_view verb) {
  const Targets targets = resolve(s, {true, 0});
  for (const Targets::Item& item : targets.items) {
    const int index = workload_index(item);
    if (index == no_index) {
      s.fail("error: no kind " + quoted(item.id.kind) + " is supported by rollout " +
             std::string(verb));
      continue;
    }
    Workload& w = workload_at(s, index);
    if (verb == "restart") restart(s, item, w);
    if (verb == "undo") undo(s, item, w);
    if (verb == "pause") pause(s, item, w, true);
    if (verb == "resume") pause(s, item, w, false);
    if (verb == "history") history(s, item, w);
    if (verb == "status") status(s, item, w);
  }
}

namespace {

/// Trailing NAME=VALUE arguments, and NAME- to remove.
std::vector<std::string> assignments(const Session& s) {
  std::vector<std::string> out;
  for (const std::string& arg : s.command.args)
    if (arg.find('=') != std::string::npos || (arg.size() > 1 && arg.back() == '-'))
      out.push_back(arg);
  return out;
}

template <class F>
void edit_templates(Session& s, const char* what, F edit) {
  const auto words = assignments(s);
  const Targets targets = resolve(s, {true, words.size()});
  for (const Targets::Item& item : targets.items) {
    const int index = workload_index(item);
    if (index == no_index) {
      s.fail("error: " + name_of(s.cluster, item) + " has no pod template");
      continue;
    }
    Workload& w = workload_at(s, index);
    Shared<PodTemplate> fresh = w.current().pod_template;
    bool ok = true;
    fresh.edit([&](PodTemplate& t) { ok = edit(t, words); });
    if (!ok) continue;
    const int before = w.current().number;
    set_template(s.cluster, index, std::move(fresh));
    if (w.current().number == before) continue;
    s.changed(item.id, Change::What::configured);
    s.say(name_of(s.cluster, item) + " " + what + " updated");
  }
}

}  // namespace

void set_image(Session& s) {
  edit_templates(s, "image", [&](PodTemplate& t, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      const std::size_t equals = word.find('=');
      const std::string name = word.substr(0, equals);
      bool found = false;
      for (Container& c : t.containers) {
        if (name != "*" && c.name != name) continue;
        c.image = word.substr(equals + 1);
        found = true;
      }
      if (found) continue;
      s.fail("error: unable to find container named " + quoted(name));
      return false;
    }
    return true;
  });
}

void set_env(Session& s) {
  edit_templates(s, "env", [&](PodTemplate& t, const std::vector<std::string>& words) {
    const std::string* only = s.option("containers");
    for (Container& c : t.containers) {
      if (only && *only != "*" && *only != c.name) continue;
      for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        const std::string name =
            equals == std::string::npos ? word.substr(0, word.size() - 1) : word.substr(0, equals);
        const auto var = std::find_if(c.env.begin(), c.env.end(),
                                      [&](const EnvVar& e) { return e.name == name; });
        if (equals == std::string::npos && var != c.env.end())
          c.env.erase(var);
        else if (equals != std::string::npos && var != c.env.end())
          *var = {name, word.substr(equals + 1), ""};
        else if (equals != std::string::npos)
          c.env.push_back({name, word.substr(equals + 1), ""});
      }
    }
    return true;
  });
}

}  // namespace drdrill::kube::parts
