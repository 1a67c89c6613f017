#include <fstream>
#include <future>
#include <stdexcept>

#include "sim/live/lab_kept.hpp"
#include "sim/live/lab_operator.hpp"
#include "sim/live/object_storage.hpp"

/// A lab comes up: whoever needs nobody at once, then a primary, then its standbys side by side;
/// the Redis cluster meanwhile.
namespace drdrill::live {
namespace {

using std::chrono::seconds;

constexpr seconds up_within{60};

/// Nobody has to be there before it can start.
bool is_free(WorkloadModel::Kind kind) {
  return component_of(kind) != ComponentId::postgres;
}

/// What a program that has ended said last, for whoever wants to know why.
std::string last_line_of(const PodPlace& place) {
  std::ifstream in(place.folder + "/output");
  std::string line, last;
  while (std::getline(in, line))
    if (!line.empty()) last = line;
  return last.empty() ? "" : ": " + last;
}

}  // namespace

/// Whoever else may answer at its address is not asked before its own process is there, and not
/// believed when that has ended.
void Lab::wait_ready(Kept& kept, const Patience& patience) {
  const std::string words =
      kept.state.name + " does not come up; see " + kept.state.place.folder + "/output";
  for (;;) {
    if (!is_alive(*kept.process)) throw std::runtime_error(words + last_line_of(kept.state.place));
    if (kept.program->is_ready(kept.state.place) && is_alive(*kept.process)) break;
    patience.wait(words);
  }
  set_ready(kept, true);
}

/// Prepared side by side, then started.
void Lab::bring_up(const std::vector<Kept*>& group, const Patience& patience) {
  std::vector<std::future<void>> preparing;
  preparing.reserve(group.size());
  for (Kept* kept : group)
    preparing.push_back(std::async(std::launch::async, [this, kept] { prepare(*kept); }));
  for (auto& one : preparing) one.get();
  for (Kept* kept : group) start_program(*kept);
  for (Kept* kept : group) wait_ready(*kept, patience);
}

void Lab::up(const Progress& progress, const GivenUp& given_up) {
  const std::lock_guard lock(mutex_);
  const auto say = [&](std::string_view text) {
    if (progress) progress(text);
  };
  const Patience patience{Clock::now() + up_within, given_up};
  say("network");
  network_.make();
  const bool has_names = !platform_.dns.provider.empty();
  for (std::size_t c = 0; c < clusters_.items.size(); ++c) {
    make_folder(shared_of(c));
    write_file(shared_of(c) + "/hosts", "127.0.0.1 localhost\n");
    // Nobody but our name server resolves what the hosts file lacks.
    write_file(shared_of(c) + "/resolv.conf",
               has_names && network_.separate()
                   ? "nameserver " + network_.name_server_address() + "\noptions timeout:1\n"
                   : "");
  }
  make_operator(place_);
  make_object_storage(place_.folder, platform_);
  coming_up_ = true;
  reconcile();
  coming_up_ = false;
  if (kept_.empty())
    throw std::runtime_error("nothing in platform \"" + platform_.name + "\" runs in a lab");
  routes_changed();
  std::vector<Kept*> free, primaries, standbys;
  for (const auto& kept : kept_)
    (is_free(kept->state.kind)            ? free
     : kept->state.place.upstream.empty() ? primaries
                                          : standbys)
        .push_back(kept.get());
  if (has_names) make_name_server(patience);
  say("Redis, proxies and API");
  bring_up(free, patience);
  auto redis = std::async(std::launch::async, [&] { make_redis_clusters(patience); });
  say("PostgreSQL");
  bring_up(primaries, patience);
  say("PostgreSQL standbys");
  bring_up(standbys, patience);
  say("Redis cluster");
  redis.get();
  routes_changed();
  for (const auto& kept : kept_) kept->program->follow(kept->state.place);
}

void Lab::make_redis_clusters(const Patience& patience) const {
  for (std::size_t c = 0; c < clusters_.items.size(); ++c) make_redis_cluster(c, patience);
}

/// Masters first, in the order of their names; then replica i follows master i.
void Lab::make_redis_cluster(std::size_t cluster, const Patience& patience) const {
  std::vector<const Kept*> masters, replicas;
  for (const auto& kept : kept_) {
    if (kept->state.cluster != cluster) continue;
    if (kept->state.kind == WorkloadModel::Kind::redis_master) masters.push_back(kept.get());
    if (kept->state.kind == WorkloadModel::Kind::redis_replica) replicas.push_back(kept.get());
  }
  if (masters.empty()) return;
  const PodPlace& first = masters.front()->state.place;
  const auto cli = [&](const Kept& node, std::vector<std::string> words) {
    std::vector<std::string> argv{"redis-cli", "-h", node.state.place.address};
    argv.insert(argv.end(), words.begin(), words.end());
    return must_run(first, argv, masters.front()->program->user());
  };
  std::vector<std::string> create{"redis-cli", "--cluster", "create"};
  for (const Kept* master : masters) create.push_back(master->state.place.address + ":6379");
  create.emplace_back("--cluster-yes");
  must_run(first, create, masters.front()->program->user());
  const auto until = [&](const std::function<bool()>& holds) {
    while (!holds()) patience.wait("the Redis cluster does not form");
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

}  // namespace drdrill::live
