#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sim/kube/kubectl.hpp"
#include "sim/live/clients/directory.hpp"
#include "sim/live/network.hpp"
#include "sim/live/place.hpp"
#include "sim/live/pod_program.hpp"
#include "sim/live/undo_log.hpp"

/// A miniature of a platform from real processes on this machine. Kubernetes itself is played: its
/// objects are sim/kube's, controllers and scheduler decide what they decide there, and a keeper
/// thread for each pod does what a kubelet does: starts its program, starts it again with the
/// kubelet's back-off, asks its readiness probe. Everything else is real.
namespace drdrill::live {

/// What has become of a pod, for whoever wants to tell of it.
struct PodNews {
  enum class What { killed, started, ready, unready };
  What what = What::started;
  std::string pod;
  WorkloadModel::Kind kind = WorkloadModel::Kind::plain;
  std::chrono::steady_clock::time_point at;
  std::chrono::steady_clock::time_point began;  ///< ready: when it first answered; else `at`
};

class Lab {
 public:
  using Clock = std::chrono::steady_clock;

  /// `place` was claimed before. `separate`: a network namespace for each pod.
  Lab(const PlatformSpec& platform, const LabPlace& place, bool separate);
  /// Ends the keepers; what runs goes on running.
  ~Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  using Progress = std::function<void(std::string_view)>;
  using GivenUp = std::function<bool()>;
  /// Everything up and ready. Throws std::runtime_error with what went wrong, std::system_error;
  /// GaveUp when `given_up` says so.
  void up(const Progress& progress = {}, const GivenUp& given_up = {});
  /// Before `up`: the volumes of these pods, and of the pods of these workloads, can be full. Has
  /// no effect without root.
  void bound_volumes(std::vector<std::string> names) { bounded_ = std::move(names); }
  bool has_bounded_volume(const std::string& pod) const;
  /// From now on pods are kept as a kubelet would. Until then nothing is restarted.
  void keep(std::function<void(const PodNews&)> tell);

  struct Pod {
    std::string name;
    WorkloadModel::Kind kind = WorkloadModel::Kind::plain;
    std::size_t cluster = 0;  ///< index into PlatformSpec::clusters
    std::string node, zone, region;
    PodPlace place;
    bool running = false;
    bool ready = false;
    bool lost = false;  ///< its machine is
  };
  std::vector<Pod> pods() const;
  /// Where a Service of a cluster leads now: to its ready pods. Waits for nobody, whatever is being
  /// done to the lab.
  std::vector<Endpoint> endpoints(std::string_view service, std::size_t cluster = 0) const;
  /// The cluster whose proxy has that address, as name servers know it; nothing: nobody's. Waits
  /// for nobody.
  std::optional<std::size_t> cluster_at(std::string_view address) const;
  /// Who answers for the platform's name; nothing where the platform file has no DNS provider.
  std::optional<Endpoint> name_server() const { return name_server_; }
  /// Why the lab can no longer be kept as it should; empty: it can.
  std::string trouble() const;

  // Faults, on pods by name, on all of them at once. Each is noted in the log before it is made;
  // those that return an entry of the log take it back when they are undone.
  using Pods = std::vector<std::string>;
  void kill(const Pods& pods);  ///< their processes, at once; the kubelet restarts them
  /// With their machines, which say nothing any more: nothing restarts them. `table`: a name for
  /// what drops their packets.
  std::uint64_t lose(const Pods& pods, const std::string& table);
  void bring_back(const Pods& pods, const std::string& table, std::uint64_t entry);
  void wipe(const Pods& pods);   ///< what they keep is gone, and their processes end
  void erase(const Pods& pods);  ///< a statement that deletes every record of every database
  /// Nothing more can be written to their volumes. An entry of the log for each.
  std::vector<std::uint64_t> fill(const Pods& pods);
  bool are_full(const Pods& pods) const;
  /// Throws std::runtime_error when something is still there.
  void make_room(const Pods& pods, const std::vector<std::uint64_t>& entries);
  void stop(const Pods& pods);   ///< SIGSTOP
  void go_on(const Pods& pods);  ///< SIGCONT
  /// No packets between these pods and those (none: everybody), one way or both.
  std::uint64_t cut_off(const Pods& pods, const std::string& table, const Pods& from,
                        bool out = true, bool in = true);
  void heal(const std::string& table, std::uint64_t entry);
  /// The control planes of the clusters in that region answer, or do not: as often as it was said
  /// that they do not, it has to be said that they do.
  void set_control_plane(std::string_view region, bool answers);
  bool is_cut(const std::string& table) const;
  bool can_impair() const;  ///< delay and lose packets
  std::uint64_t impair(const std::string& pod, double delay_s, double loss_share);
  void repair(const std::string& pod, std::uint64_t entry);
  bool is_impaired(const std::string& pod) const;
  std::vector<ProcessId> processes(const Pods& pods) const;  ///< those that they have now
  bool all_stand_still(const Pods& pods) const;

  struct Said {
    int exit_status = 0;
    std::string out;
    std::string err;
    bool changed = false;  ///< an object or what runs in a pod
    std::string about;     ///< the pod that it ran in
  };
  /// kubectl, as somebody on this machine calls it. Blocks as long as it would.
  Said kubectl(const std::vector<std::string>& argv, const std::string& input,
               std::chrono::milliseconds limit, const GivenUp& given_up);
  /// A program of a literal step, as whoever carries out runbooks has it: sees the pods and a
  /// folder of its own, and nothing else of this machine.
  Ran run_as_operator(const std::vector<std::string>& argv, std::string_view input,
                      std::chrono::milliseconds limit, const GivenUp& given_up) const;

  const LabPlace& place() const { return place_; }
  UndoLog& log() { return log_; }
  bool separate() const { return network_.separate(); }
  const PlatformSpec& platform() const { return platform_; }

 private:
  struct Kept;    // a pod, and the thread that keeps it
  struct JobRun;  // a pod of a Job, and the thread that waits for its end

  kube::Cluster& cluster_of(const Kept& kept);
  const kube::Cluster& cluster_of(const Kept& kept) const;
  const kube::Pod& object_of(const Kept& kept) const;
  kube::Pod& object_of(const Kept& kept);
  /// What the pods of a cluster may read of where things are.
  std::string shared_of(std::size_t cluster) const;
  const WorkloadModel* model_of(std::size_t cluster, const kube::Pod& pod) const;
  void reconcile();
  void reconcile(std::size_t cluster);
  Kept* adopt(std::size_t cluster, int pod);
  Kept* find(std::string_view name) const;
  Kept& must_find(std::string_view name) const;
  std::vector<Kept*> must_find(const Pods& names) const;
  std::vector<ProcessId> processes_of(const Pods& names) const;
  void prepare(Kept& kept);
  void make_volume(Kept& kept);
  void start_program(Kept& kept);
  void set_ready(Kept& kept, bool ready);
  void routes_changed();
  void keep_pod(Kept& kept);
  void keep_until_ending(Kept& kept);
  void in_trouble(const std::string& words);
  bool look(Kept& kept, std::unique_lock<std::mutex>& lock);
  void end(Kept& kept, std::unique_lock<std::mutex>& lock);
  void follow(Kept& kept, std::unique_lock<std::mutex>& lock);
  bool answers(const Kept& kept, std::unique_lock<std::mutex>& lock);
  void probe(Kept& kept, std::unique_lock<std::mutex>& lock);
  struct Patience;
  void wait_ready(Kept& kept, const Patience& patience);
  void bring_up(const std::vector<Kept*>& group, const Patience& patience);
  void make_redis_clusters(const Patience& patience) const;
  void make_redis_cluster(std::size_t cluster, const Patience& patience) const;
  void make_name_server(const Patience& patience);
  std::vector<Endpoint> endpoints_of(std::size_t cluster, std::string_view service,
                                     std::string_view ns) const;
  void tell_programs(std::size_t cluster);
  void tell_name_server() const;
  std::optional<std::vector<Carried>> reachable(const Kept* self) const;
  Said exec(const kube::ExecCall& call, const std::string& input, std::chrono::milliseconds limit,
            const GivenUp& given_up);
  std::string upstream_of(std::size_t cluster, const kube::Pod& pod) const;
  std::string claim_folder(std::size_t cluster, const std::string& claim) const;
  std::vector<Mount> mounts_of(std::size_t cluster, const kube::PodTemplate& pod,
                               const std::string& user) const;
  void look_at_claim(Kept& kept, const kube::Pod& pod);
  bool make_job_pods(std::size_t cluster);
  Program job_program(std::size_t cluster, const kube::Pod& pod) const;
  void start_job(std::size_t cluster, int slot);
  bool job_is_over(std::size_t cluster, std::uint32_t uid) const;
  void end_job(std::size_t cluster, std::uint32_t uid, bool succeeded);
  std::string log_of(const kube::Pod& pod) const;
  void tell(PodNews::What what, const Kept& kept) const;

  const PlatformSpec& platform_;
  LabPlace place_;
  UndoLog log_;
  Network network_;
  kube::Clusters clusters_;
  std::vector<std::unique_ptr<Kept>> kept_;  // guarded by mutex_, as all that follows
  std::vector<std::unique_ptr<JobRun>> jobs_;
  std::function<void(const PodNews&)> tell_;
  bool coming_up_ = false;
  bool keeping_ = false;
  bool ending_ = false;
  std::vector<std::string> bounded_;
  std::vector<int> unreachable_;  // control planes: how many faults have taken each
  std::optional<ProcessId> names_process_;
  std::optional<Endpoint> name_server_, provider_;
  std::uint64_t version_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable wake_;

  struct Routes {
    std::vector<std::map<std::string, std::vector<Endpoint>, std::less<>>> services;  // by cluster
    std::map<std::string, std::size_t, std::less<>> proxies;  // addresses, and whose they are
  };
  std::atomic<std::shared_ptr<const Routes>> routes_{std::make_shared<const Routes>()};
  mutable std::mutex trouble_mutex_;
  std::string trouble_;
};

}  // namespace drdrill::live
