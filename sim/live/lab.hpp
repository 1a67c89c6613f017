#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
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
  /// Everything up and ready. Throws std::runtime_error with what went wrong, std::system_error.
  void up(const Progress& progress = {});
  /// From now on pods are kept as a kubelet would. Until then nothing is restarted.
  void keep(std::function<void(const PodNews&)> tell);

  struct Pod {
    std::string name;
    WorkloadModel::Kind kind = WorkloadModel::Kind::plain;
    std::string node, zone, region;
    PodPlace place;
    bool running = false;
    bool ready = false;
    bool lost = false;  ///< its machine is
  };
  std::vector<Pod> pods() const;
  /// Where a Service of the home cluster leads now: to its ready pods.
  std::vector<Endpoint> endpoints(std::string_view service) const;
  /// Changes whenever an endpoint or a pod does.
  std::uint64_t version() const;

  // Faults, by pod name. Each is noted in the log before it is made.
  void kill(const std::string& pod);        ///< its processes, at once; the kubelet restarts it
  void lose(const std::string& pod);        ///< with its machine: nothing restarts it
  void bring_back(const std::string& pod);  ///< the machine is there again
  void wipe(const std::string& pod);        ///< what it keeps is gone, and its processes end
  void stop(const std::string& pod);        ///< SIGSTOP
  void go_on(const std::string& pod);       ///< SIGCONT
  void cut_off(const std::string& pod, const std::string& table,
               const std::vector<std::string>& from);
  void heal(const std::string& pod, const std::string& table);
  bool can_impair() const;  ///< delay and lose packets
  void impair(const std::string& pod, double delay_s, double loss_share);
  void repair(const std::string& pod);

  struct Said {
    int exit_status = 0;
    std::string out;
    std::string err;
    bool changed = false;  ///< an object or what runs in a pod
    std::string about;     ///< the pod that it ran in
  };
  /// kubectl, as somebody on this machine calls it. Blocks as long as it would.
  Said kubectl(const std::vector<std::string>& argv, const std::string& input,
               std::chrono::milliseconds limit, const std::function<bool()>& given_up);

  const LabPlace& place() const { return place_; }
  UndoLog& log() { return log_; }
  bool separate() const { return network_.separate(); }
  const PlatformSpec& platform() const { return platform_; }

 private:
  struct Kept;  // a pod, and the thread that keeps it

  kube::Cluster& home() { return clusters_.items.front(); }
  const kube::Cluster& home() const { return clusters_.items.front(); }
  const WorkloadModel* model_of(const kube::Pod& pod) const;
  void reconcile();
  Kept* adopt(int pod);
  Kept* find(std::string_view name) const;
  Kept& must_find(std::string_view name) const;
  void prepare(Kept& kept);
  void start_program(Kept& kept);
  void set_ready(Kept& kept, bool ready);
  void routes_changed();
  void keep_pod(Kept& kept);
  bool look(Kept& kept, std::unique_lock<std::mutex>& lock);
  void end(Kept& kept, std::unique_lock<std::mutex>& lock);
  void follow(Kept& kept, std::unique_lock<std::mutex>& lock);
  bool answers(const Kept& kept, std::unique_lock<std::mutex>& lock);
  void probe(Kept& kept, std::unique_lock<std::mutex>& lock);
  void wait_ready(Kept& kept, Clock::time_point deadline);
  void bring_up(const std::vector<Kept*>& group, Clock::time_point deadline);
  void make_redis_cluster(Clock::time_point deadline) const;
  std::vector<Endpoint> endpoints_of(std::string_view service, std::string_view ns) const;
  Said exec(const kube::ExecCall& call, const std::string& input, std::chrono::milliseconds limit,
            const std::function<bool()>& given_up);
  std::string upstream_of(const kube::Pod& pod) const;
  void tell(PodNews::What what, const Kept& kept) const;

  const PlatformSpec& platform_;
  LabPlace place_;
  UndoLog log_;
  Network network_;
  kube::Clusters clusters_;
  std::vector<std::unique_ptr<Kept>> kept_;  // guarded by mutex_, as all that follows
  std::function<void(const PodNews&)> tell_;
  bool coming_up_ = false;
  bool keeping_ = false;
  bool ending_ = false;
  std::uint64_t version_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace drdrill::live
