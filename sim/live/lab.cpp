#include "sim/live/lab.hpp"

#include <algorithm>
#include <filesystem>
#include <pwd.h>
#include <signal.h>
#include <stdexcept>
#include <unistd.h>

#include "sim/kube/controllers.hpp"
#include "sim/live/lab_kept.hpp"

/// A lab's making: pods by the controllers, programs prepared and started, the Redis cluster.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds up_within{60};

/// The environment variable that tells a server's image whom to follow.
std::string upstream_name(const kube::PodTemplate& pod) {
  for (const kube::Container& container : pod.containers)
    for (const kube::EnvVar& variable : container.env)
      if (variable.name == "POSTGRES_PRIMARY_HOST") return variable.value;
  return {};
}

void give_to_postgres(const std::string& path) {
  if (geteuid() != 0) return;
  const passwd* entry = getpwnam("postgres");
  if (entry && chown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0)
    throw std::runtime_error("cannot give " + path + " to postgres");
}

bool is_postgres(WorkloadModel::Kind kind) {
  return kind == WorkloadModel::Kind::postgres_primary ||
         kind == WorkloadModel::Kind::postgres_replica;
}

bool is_redis(WorkloadModel::Kind kind) {
  return kind == WorkloadModel::Kind::redis_master || kind == WorkloadModel::Kind::redis_replica;
}

}  // namespace

Lab::Lab(const PlatformSpec& platform, const LabPlace& place, bool separate)
    : platform_(platform),
      place_(place),
      log_(place.log()),
      network_(place.number, separate, log_) {
  log_.put({Made::Kind::folder, place.folder, ""});
  for (const ClusterSpec& cluster : platform.clusters) clusters_.items.push_back(cluster.initial);
}

Lab::~Lab() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (const auto& kept : kept_)
    if (kept->keeper.joinable()) kept->keeper.join();
}

const WorkloadModel* Lab::model_of(const kube::Pod& pod) const {
  if (pod.owner != kube::Pod::Owner::workload) return nullptr;
  const kube::Meta& owner = home().workloads[static_cast<std::size_t>(pod.owner_index)].meta;
  for (const WorkloadModel& model : platform_.workloads)
    if (model.cluster == 0 && model.ns == owner.ns && model.workload == owner.name) return &model;
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

/// The pod object as something that runs here. A pod of the same name (a StatefulSet's) keeps its
/// address and what lies on its volumes.
Lab::Kept* Lab::adopt(int pod) {
  const kube::Pod& object = home().pods[static_cast<std::size_t>(pod)];
  Kept* kept = find(object.meta.name);
  if (!kept) {
    const WorkloadModel* model = model_of(object);
    auto program = model ? make_program(*model, platform_) : nullptr;
    if (!program) return nullptr;
    auto made = std::make_unique<Kept>();
    made->index = static_cast<int>(kept_.size());
    made->model = model;
    made->program = std::move(program);
    made->state.name = object.meta.name;
    made->state.kind = model->kind;
    PodPlace& where = made->state.place;
    where.name = object.meta.name;
    where.address = network_.address(made->index);
    where.name_space = network_.name_space(made->index);
    where.folder = place_.folder + "/" + object.meta.name;
    where.archive = place_.folder + "/archive";
    if (network_.separate()) where.hosts = place_.folder + "/hosts";
    kept = made.get();
    kept_.push_back(std::move(made));
    network_.add(kept->index);
    std::filesystem::create_directories(where.folder);
    if (is_postgres(model->kind)) give_to_postgres(where.folder);
    if (keeping_) kept->keeper = std::thread([this, kept] { keep_pod(*kept); });
  }
  kept->pod = pod;
  kept->uid = object.uid;
  kept->state.place.upstream = upstream_of(object);
  const kube::Node& node = home().nodes[static_cast<std::size_t>(object.node)];
  kept->state.node = node.meta.name;
  kept->state.zone = node.zone;
  kept->state.region = node.region;
  return kept;
}

/// Names are addresses where there is no hosts file.
std::string Lab::upstream_of(const kube::Pod& pod) const {
  const std::string name = upstream_name(*pod.spec);
  if (name.empty() || network_.separate()) return name;
  if (const Kept* kept = find(name)) return kept->state.place.address;
  const int service = kube::find_service(home(), pod.meta.ns, name);
  if (service == kube::no_index) return name;
  for (const int target : kube::endpoints(home(), service))
    if (const Kept* kept = find(home().pods[static_cast<std::size_t>(target)].meta.name))
      return kept->state.place.address;
  return name;
}

/// What controllers and scheduler do, until nothing is left to do.
void Lab::reconcile() {
  kube::Cluster& cluster = home();
  std::vector<kube::PodAction> actions;
  for (bool again = true; again;) {
    again = false;
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
      const kube::Placement placement = kube::schedule(cluster, index);
      if (placement.node == kube::no_index) continue;
      kube::bind_pod(cluster, index, placement.node);
      kube::bind_claims(cluster, index);
      again = true;
      if (adopt(index) && !coming_up_) continue;
      // What a lab does not run is there in name, and at the start nobody waits for anybody.
      kube::start_pod(cluster, index);
      cluster.pods[p].ready = true;
    }
  }
  ++version_;
  wake_.notify_all();
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
  kept.state.running = true;
  kept.failures = 0;
  kube::start_pod(home(), kept.pod);
  home().pods[static_cast<std::size_t>(kept.pod)].ip = kept.state.place.address;
}

void Lab::set_ready(Kept& kept, bool ready) {
  if (kept.state.ready == ready) return;
  kept.state.ready = ready;
  home().pods[static_cast<std::size_t>(kept.pod)].ready = ready;
  routes_changed();
  tell(ready ? PodNews::What::ready : PodNews::What::unready, kept);
}

/// The hosts file is written in place: programs have it mounted.
void Lab::routes_changed() {
  ++version_;
  std::string hosts = "127.0.0.1 localhost\n" + network_.host_address() + " operator\n";
  for (const auto& kept : kept_)
    hosts += kept->state.place.address + " " + kept->state.name + " " + kept->state.name + "." +
             kept->model->workload + "\n";
  for (std::size_t s = 0; s < home().services.size(); ++s) {
    const kube::Service& service = home().services[s];
    const auto targets = kube::endpoints(home(), static_cast<int>(s));
    if (!service.meta.exists || targets.empty()) continue;
    const std::string& name = service.meta.name;
    hosts += home().pods[static_cast<std::size_t>(targets.front())].ip + " " + name + " " + name +
             "." + service.meta.ns + " " + name + "." + service.meta.ns + ".svc.cluster.local\n";
  }
  write_file(place_.folder + "/hosts", hosts);
  wake_.notify_all();
}

void Lab::tell(PodNews::What what, const Kept& kept) const {
  if (tell_) tell_({what, kept.state.name, kept.state.kind, Clock::now()});
}

void Lab::up(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  const auto say = [&](std::string_view text) {
    if (progress) progress(text);
  };
  const auto deadline = Clock::now() + up_within;
  const auto wait_ready = [&](Kept& kept) {
    while (!kept.program->is_ready(kept.state.place)) {
      if (!is_alive(*kept.process) || Clock::now() > deadline)
        throw std::runtime_error(kept.state.name + " does not come up; see " +
                                 kept.state.place.folder + "/output");
      std::this_thread::sleep_for(milliseconds(50));
    }
    set_ready(kept, true);
  };
  say("network");
  network_.make();
  std::filesystem::create_directories(place_.folder + "/archive");
  give_to_postgres(place_.folder + "/archive");
  write_file(place_.folder + "/hosts", "127.0.0.1 localhost\n");
  coming_up_ = true;
  reconcile();
  coming_up_ = false;
  if (kept_.empty())
    throw std::runtime_error("nothing in platform \"" + platform_.name + "\" runs in a lab");
  // Redis nodes need nobody; a standby needs its primary.
  for (const auto& kept : kept_) {
    if (!is_redis(kept->state.kind)) continue;
    prepare(*kept);
    start_program(*kept);
  }
  for (const bool standby : {false, true})
    for (const auto& kept : kept_) {
      if (is_redis(kept->state.kind) || kept->state.place.upstream.empty() == standby) continue;
      say(kept->state.name);
      prepare(*kept);
      start_program(*kept);
      wait_ready(*kept);
    }
  for (const auto& kept : kept_)
    if (is_redis(kept->state.kind)) wait_ready(*kept);
  say("Redis cluster");
  make_redis_cluster();
  routes_changed();
}

/// Masters first, in the order of their names; then replica i follows master i.
void Lab::make_redis_cluster() {
  std::vector<Kept*> masters, replicas;
  for (const auto& kept : kept_) {
    if (kept->state.kind == WorkloadModel::Kind::redis_master) masters.push_back(kept.get());
    if (kept->state.kind == WorkloadModel::Kind::redis_replica) replicas.push_back(kept.get());
  }
  if (masters.empty()) return;
  const PodPlace& first = masters.front()->state.place;
  const auto cli = [&](const Kept& node, std::vector<std::string> words) {
    std::vector<std::string> argv{"redis-cli", "-h", node.state.place.address};
    argv.insert(argv.end(), words.begin(), words.end());
    return must_run(first, argv);
  };
  std::vector<std::string> create{"redis-cli", "--cluster", "create"};
  for (const Kept* master : masters) create.push_back(master->state.place.address + ":6379");
  create.emplace_back("--cluster-yes");
  must_run(first, create);
  const auto deadline = Clock::now() + up_within;
  const auto until = [&](const std::function<bool()>& holds) {
    while (!holds()) {
      if (Clock::now() > deadline) throw std::runtime_error("the Redis cluster does not form");
      std::this_thread::sleep_for(milliseconds(50));
    }
  };
  for (const Kept* replica : replicas) cli(*replica, {"CLUSTER", "MEET", first.address, "6379"});
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    std::string id = cli(*masters[i % masters.size()], {"CLUSTER", "MYID"});
    id.erase(id.find_last_not_of("\r\n") + 1);
    until([&] {
      return cli(*replicas[i], {"CLUSTER", "NODES"}).find(id) != std::string::npos &&
             cli(*replicas[i], {"CLUSTER", "REPLICATE", id}).starts_with("OK");
    });
  }
  for (const Kept* replica : replicas)
    until([&] {
      return cli(*replica, {"INFO", "replication"}).find("master_link_status:up") !=
             std::string::npos;
    });
  for (const Kept* master : masters)
    until([&] {
      return cli(*master, {"CLUSTER", "INFO"}).find("cluster_state:ok") != std::string::npos;
    });
}

std::vector<Lab::Pod> Lab::pods() const {
  const std::lock_guard lock(mutex_);
  std::vector<Pod> pods;
  for (const auto& kept : kept_) pods.push_back(kept->state);
  return pods;
}

std::vector<std::string> Lab::endpoints(std::string_view service) const {
  const std::lock_guard lock(mutex_);
  const std::string& ns = platform_.clusters.front().home_namespace;
  const int found = kube::find_service(home(), ns, service);
  std::vector<std::string> addresses;
  if (found == kube::no_index) return addresses;
  for (const int pod : kube::endpoints(home(), found))
    addresses.push_back(home().pods[static_cast<std::size_t>(pod)].ip);
  return addresses;
}

std::uint64_t Lab::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

}  // namespace drdrill::live
