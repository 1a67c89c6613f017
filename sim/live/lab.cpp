#include "sim/live/lab.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/kube/controllers.hpp"
#include "sim/live/lab_kept.hpp"

/// A lab's pods: made by the controllers, their programs prepared and started.
namespace drdrill::live {
namespace {

/// The environment variable that tells a server's image whom to follow.
std::string upstream_name(const kube::PodTemplate& pod) {
  for (const kube::Container& container : pod.containers)
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == "POSTGRES_PRIMARY_HOST") return variable.value;
  return {};
}

}  // namespace

Lab::Lab(const PlatformSpec& platform, const LabPlace& place, bool separate)
    : platform_(platform),
      place_(place),
      log_(place.log()),
      network_(place.number, separate, log_) {
  log_.put({Made::Kind::folder, place.folder, ""});
  for (const ClusterSpec& cluster : platform.clusters) clusters_.items.push_back(cluster.initial);
  unreachable_.resize(clusters_.items.size());
}

Lab::~Lab() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (const auto& kept : kept_)
    if (kept->keeper.joinable()) kept->keeper.join();
  for (const auto& job : jobs_)
    if (job->thread.joinable()) job->thread.join();
}

kube::Cluster& Lab::cluster_of(const Kept& kept) {
  return clusters_.items[kept.state.cluster];
}

const kube::Cluster& Lab::cluster_of(const Kept& kept) const {
  return clusters_.items[kept.state.cluster];
}

kube::Pod& Lab::object_of(const Kept& kept) {
  return cluster_of(kept).pods[static_cast<std::size_t>(kept.pod)];
}

const kube::Pod& Lab::object_of(const Kept& kept) const {
  return cluster_of(kept).pods[static_cast<std::size_t>(kept.pod)];
}

std::string Lab::shared_of(std::size_t cluster) const {
  return place_.shared() + (cluster == 0 ? "" : "/" + std::to_string(cluster));
}

const WorkloadModel* Lab::model_of(std::size_t cluster, const kube::Pod& pod) const {
  if (pod.owner != kube::Pod::Owner::workload) return nullptr;
  const auto& workloads = clusters_.items[cluster].workloads;
  const kube::Meta& owner = workloads[static_cast<std::size_t>(pod.owner_index)].meta;
  for (const WorkloadModel& model : platform_.workloads)
    if (model.cluster == cluster && model.ns == owner.ns && model.workload == owner.name)
      return &model;
  return nullptr;
}

Lab::Kept* Lab::find(std::string_view name) const {
  for (const auto& kept : kept_)
    if (kept->state.name == name) return kept.get();
  return nullptr;
}

Lab::Kept& Lab::must_find(std::string_view name) const {
  if (Kept* kept = find(name)) return *kept;
  throw std::runtime_error("the lab has no pod " + std::string(name));
}

std::vector<Lab::Kept*> Lab::must_find(const Pods& names) const {
  std::vector<Kept*> found;
  for (const std::string& name : names) found.push_back(&must_find(name));
  return found;
}

/// The pod object as something that runs here. A pod of the same name (a StatefulSet's) keeps its
/// address and what lies on its volumes. Pods are known by their names alone, in all clusters.
Lab::Kept* Lab::adopt(std::size_t cluster, int pod) {
  const kube::Cluster& objects = clusters_.items[cluster];
  const kube::Pod& object = objects.pods[static_cast<std::size_t>(pod)];
  Kept* kept = find(object.meta.name);
  if (kept && kept->state.cluster != cluster)
    throw std::runtime_error("two clusters have a pod \"" + object.meta.name +
                             "\"; in a lab every pod needs a name of its own");
  if (!kept) {
    const WorkloadModel* model = model_of(cluster, object);
    auto program = model ? make_program(*model, platform_) : nullptr;
    if (!program) return nullptr;
    auto made = std::make_unique<Kept>();
    made->index = static_cast<int>(kept_.size());
    made->model = model;
    made->program = std::move(program);
    made->state.name = object.meta.name;
    made->state.kind = model->kind;
    made->state.cluster = cluster;
    PodPlace& where = made->state.place;
    where.name = object.meta.name;
    where.address = network_.address(made->index);
    where.name_space = network_.name_space(made->index);
    where.folder = place_.folder + "/" + object.meta.name;
    where.shared = shared_of(cluster);
    where.archive = place_.folder + "/archive";
    where.contained = why_no_containers().empty();
    kept = made.get();
    kept_.push_back(std::move(made));
    where.mounts = mounts_of(cluster, *object.spec, kept->program->user());
    where.arguments = object.spec->containers.front().args;
    network_.add(kept->index);
    make_folder(where.folder);
    make_folder(where.folder + "/root");
    make_volume(*kept);
    if (keeping_) kept->keeper = std::thread([this, kept] { keep_pod(*kept); });
  }
  kept->pod = pod;
  kept->uid = object.uid;
  kept->state.place.upstream = upstream_of(cluster, object);
  look_at_claim(*kept, object);
  const kube::Node& node = objects.nodes[static_cast<std::size_t>(object.node)];
  kept->state.node = node.meta.name;
  kept->state.zone = node.zone;
  kept->state.region = node.region;
  return kept;
}

/// Names are addresses where there is no hosts file.
std::string Lab::upstream_of(std::size_t cluster, const kube::Pod& pod) const {
  std::string name = upstream_name(*pod.spec);
  if (name.empty() || network_.separate()) return name;
  if (const Kept* kept = find(name)) return kept->state.place.address;
  const kube::Cluster& objects = clusters_.items[cluster];
  const int service = kube::find_service(objects, pod.meta.ns, name);
  if (service == kube::no_index) return name;
  for (const int target : kube::endpoints(objects, service))
    if (const Kept* kept = find(objects.pods[static_cast<std::size_t>(target)].meta.name))
      return kept->state.place.address;
  return name;
}

/// What controllers and scheduler do, until nothing is left to do.
void Lab::reconcile() {
  for (std::size_t c = 0; c < clusters_.items.size(); ++c) reconcile(c);
  ++version_;
  wake_.notify_all();
}

void Lab::reconcile(std::size_t of) {
  kube::Cluster& cluster = clusters_.items[of];
  std::vector<kube::PodAction> actions;
  for (bool again = true; again;) {
    again = make_job_pods(of);
    for (std::size_t w = 0; w < cluster.workloads.size(); ++w) {
      if (!cluster.workloads[w].meta.exists) continue;
      kube::next_actions(cluster, static_cast<int>(w), actions);
      for (const kube::PodAction& action : actions) {
        if (action.kind == kube::PodAction::Kind::remove &&
            cluster.pods[static_cast<std::size_t>(action.pod)].terminating)
          continue;
        kube::apply(cluster, action);
        again = true;
      }
    }
    for (std::size_t p = 0; p < cluster.pods.size(); ++p) {
      const kube::Pod& pod = cluster.pods[p];
      const int index = static_cast<int>(p);
      if (!pod.meta.exists || pod.terminating || pod.node != kube::no_index) continue;
      const int node = kube::node_for(cluster, index);
      if (node == kube::no_index) continue;
      kube::bind_pod(cluster, index, node);
      kube::bind_claims(cluster, index);
      again = true;
      if (pod.owner == kube::Pod::Owner::job) {
        start_job(of, index);
        continue;
      }
      if (adopt(of, index) && !coming_up_) continue;
      // What a lab does not run is there in name, and at the start nobody waits for anybody.
      kube::start_pod(cluster, index);
      cluster.pods[p].ready = true;
    }
  }
}

void Lab::prepare(Kept& kept) {
  if (std::exchange(kept.prepared, true)) return;
  kept.program->prepare(kept.state.place);
}

void Lab::start_program(Kept& kept) {
  const Program program = kept.program->program(kept.state.place);
  kept.process = live::start(program, [&](ProcessId id) {
    kept.entry = log_.put({Made::Kind::process, to_string(id), ""});
  });
  kept.started_at = Clock::now();
  kept.answered_at.reset();
  kept.looks = 1;
  kept.state.running = true;
  kept.failures = 0;
  kept.followed = 0;  // it begins without knowing where Services lead
  kube::start_pod(cluster_of(kept), kept.pod);
  object_of(kept).ip = kept.state.place.address;
}

void Lab::set_ready(Kept& kept, bool ready) {
  if (kept.state.ready == ready) return;
  kept.state.ready = ready;
  object_of(kept).ready = ready;
  routes_changed();
  tell(ready ? PodNews::What::ready : PodNews::What::unready, kept);
  if (ready && keeping_) reconcile();  // a StatefulSet's next pod waits for this one
}

void Lab::tell(PodNews::What what, const Kept& kept) const {
  const auto now = Clock::now();
  const bool ready = what == PodNews::What::ready;
  if (tell_)
    tell_({what, kept.state.name, kept.state.kind, now,
           ready ? kept.answered_at.value_or(now) : now});
}

std::vector<Lab::Pod> Lab::pods() const {
  const std::lock_guard lock(mutex_);
  std::vector<Pod> pods;
  for (const auto& kept : kept_) pods.push_back(kept->state);
  return pods;
}

std::string Lab::trouble() const {
  const std::lock_guard lock(trouble_mutex_);
  if (names_process_ && !is_alive(*names_process_)) return "the lab's name server has died";
  return trouble_;
}

void Lab::in_trouble(const std::string& words) {
  const std::lock_guard lock(trouble_mutex_);
  if (trouble_.empty()) trouble_ = words;
}

}  // namespace drdrill::live
