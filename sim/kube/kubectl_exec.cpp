#include <algorithm>

#include "sim/kube/images.hpp"
#include "sim/kube/kubectl_parts.hpp"

namespace drdrill::kube::parts {
namespace {

/// "POD", "pod/POD", or "deployment/NAME": the first of its pods, the ready ones before the others.
int pod_of(Session& s, const std::string& word) {
  const Targets::Item item = resolve_one(s, word, "pod");
  if (item.id.index == no_index) return no_index;
  if (item.id.kind == "Pod") return item.id.index;
  const int workload = workload_index(item);
  std::vector<int> pods;
  if (workload != no_index) pods = pods_of(s.cluster, workload);
  if (item.id.kind == "Service")
    for (std::size_t i = 0; i < s.cluster.pods.size(); ++i)
      if (selects(s.cluster, item.id.index, static_cast<int>(i)))
        pods.push_back(static_cast<int>(i));
  const auto pod = [&](int i) -> const Pod& { return s.cluster.pods[static_cast<std::size_t>(i)]; };
  std::sort(pods.begin(), pods.end(), [&](int a, int b) {
    if (is_serving(pod(a)) != is_serving(pod(b))) return is_serving(pod(a));
    return pod(a).uid < pod(b).uid;
  });
  if (!pods.empty()) return pods.front();
  s.fail("error: timed out waiting for the condition");
  return no_index;
}

const Container* container_of(Session& s, const Pod& p) {
  if (const std::string* name = s.option("container")) {
    const Container* found = p.spec->container(*name);
    if (!found)
      s.fail("Error from server (BadRequest): container " + *name + " is not valid for pod " +
             p.meta.name);
    return found;
  }
  if (p.spec->containers.empty()) {
    s.fail("Error from server (BadRequest): pod " + p.meta.name + " has no containers");
    return nullptr;
  }
  if (p.spec->containers.size() > 1) {
    std::string all;
    for (const Container& c : p.spec->containers) all += (all.empty() ? "" : ", ") + c.name;
    s.warn("Defaulted container " + quoted(p.spec->containers.front().name) + " out of: " + all);
  }
  return &p.spec->containers.front();
}

/// Can a process be started in the container now? The refusal if not.
std::string exec_refusal(const Session& s, const Pod& p, const Container& c) {
  if (p.phase == PodPhase::succeeded || p.phase == PodPhase::failed)
    return "error: cannot exec into a container in a completed pod; current phase is " +
           std::string(phase_name(p.phase));
  if (p.node == no_index)
    return "Error from server (BadRequest): pod " + p.meta.name + " does not have a host assigned";
  const Node& node = s.cluster.nodes[static_cast<std::size_t>(p.node)];
  if (!node.ready)
    return "Error from server: error dialing backend: dial tcp " + node.ip + ":10250: i/o timeout";
  if (p.phase != PodPhase::running || !p.reason.empty())
    return "error: unable to upgrade connection: container not found (" + quoted(c.name) + ")";
  return {};
}

std::string missing_program(const std::string& program) {
  const bool path = program.find('/') != std::string::npos;
  const std::string why = path ? "stat " + program + ": no such file or directory"
                               : "executable file not found in $PATH";
  return "OCI runtime exec failed: exec failed: unable to start container process: exec: " +
         quoted(program) + ": " + why + ": unknown\ncommand terminated with exit code ";
}

}  // namespace

void exec(Session& s) {
  if (s.command.args.empty())
    return s.fail("error: pod, type/name or --filename must be specified");
  if (s.command.inner.empty())
    return s.fail(s.command.args.size() > 1
                      ? "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- "
                        "[COMMAND] instead\nSee 'kubectl exec -h' for help and examples"
                      : "error: you must specify at least one command for the container");
  const int pod = pod_of(s, s.command.args.front());
  if (pod == no_index) return;
  const Pod& p = s.cluster.pods[static_cast<std::size_t>(pod)];
  const Container* c = container_of(s, p);
  if (!c) return;
  if (const std::string refusal = exec_refusal(s, p, *c); !refusal.empty()) return s.fail(refusal);
  if (s.flag("tty") && s.flag("stdin") && !s.environment.terminal)
    s.warn("Unable to use a TTY - input is not a terminal or the right kind of file");
  const ImageHas has = image_has(c->image, s.command.inner.front());
  if (has == ImageHas::no) {
    // 126 is what the container runtimes behind Kubernetes have long returned for this.
    s.fail(missing_program(s.command.inner.front()) + "126");
    s.outcome.exit_code = 126;
    return;
  }
  ExecCall call;
  call.pod = pod;
  call.object = s.ref({"Pod", pod});
  call.container = c->name;
  call.image = c->image;
  call.argv = s.command.inner;
  call.input = s.flag("stdin");
  call.assumed = has == ImageHas::assumed;
  s.outcome.exec = std::move(call);
}

void logs(Session& s) {
  LogsCall call;
  call.follow = s.flag("follow");
  if (const std::string* c = s.option("container")) call.container = *c;
  const std::string* selector = s.option("selector");
  if ((s.command.args.empty() && !selector) || s.command.args.size() > 2)
    return s.fail(
        "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a "
        "required argument for the logs command\nSee 'kubectl logs -h' for help and examples");
  if (selector) {
    const auto parsed = parse_selector(*selector);
    for (const ObjectId& id : list(s.cluster, "Pod")) {
      const Meta& meta = meta_of(s.cluster, id);
      if (parsed && meta.ns == s.ns && parsed->matches(*meta.labels)) call.pods.push_back(id.index);
    }
    if (call.pods.empty()) s.warn("No resources found in " + s.ns + " namespace.");
  } else {
    const int pod = pod_of(s, s.command.args.front());
    if (pod == no_index) return;
    const Pod& p = s.cluster.pods[static_cast<std::size_t>(pod)];
    if (!call.container.empty() && !p.spec->container(call.container))
      return s.fail("error: container " + call.container + " is not valid for pod " + p.meta.name);
    if (p.phase == PodPhase::pending)
      return s.fail("Error from server (BadRequest): container " +
                    quoted(p.spec->containers.empty() ? "" : p.spec->containers.front().name) +
                    " in pod " + quoted(p.meta.name) + " is waiting to start: ContainerCreating");
    call.pods.push_back(pod);
  }
  s.outcome.logs = std::move(call);
}

}  // namespace drdrill::kube::parts
