#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/backups.hpp"
#include "models/databases.hpp"
#include "models/monitoring.hpp"
#include "models/sites.hpp"
#include "sim/drill/shell_run.hpp"
#include "sim/drill/world.hpp"

/// What runbook steps run: shell text against the simulated platform. kubectl is sim/kube's; what
/// runs inside pods is the component's. A command takes the time it would take, and does not return
/// before the real one would. A command that nobody knows is a manual step of unknown effect.
namespace drdrill::models {

struct HttpRequest;
struct RedisCall;
struct RedisTask;

class Commands {
 public:
  Commands(Context& context, Kubernetes& kubernetes, Sites& sites, Dns& dns, Databases& databases,
           Monitoring& monitoring, People& people, Volumes& volumes, Backups& backups);
  ~Commands();
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  void reset();
  void handle(const Event& event);
  /// Looks at commands that wait for pods, nodes or people. True when an action has ended since the
  /// last call.
  bool poll();

  std::optional<Refusal> refusal(const Action& action) const;
  ActionId begin(const Action& action);
  ActionState state(ActionId action) const;
  void cancel(ActionId action);
  /// A container's own command, with no shell around it but its own.
  ActionId begin_in_pod(PodRef pod, const std::vector<std::string>& argv);

 private:
  friend struct RedisTask;
  struct Running;
  enum class Kind : std::uint16_t { begin, execute, finish, retry, timeout };
  struct Parsed {
    std::string text;
    std::shared_ptr<const shell::List> list;
  };

  struct KubectlCall {
    std::vector<std::string> argv;  ///< without the program's name
    kube::Parsed parsed;
  };

  std::shared_ptr<const shell::List> parsed(std::string_view text);
  void at(Duration delay, Kind kind, const Running& running);
  void go_on(Running& running);
  void execute(Running& running);
  void kubectl(Running& running);
  void in_pod(Running& running, PodRef pod, const std::vector<std::string>& argv);
  void psql(Running& running, PodRef pod, const std::vector<std::string>& argv);
  void redis_cli(Running& running, const std::vector<std::string>& argv, PodRef from);
  bool redis_missing(Running& running, Redis::Route to, const std::string& host, int port,
                     std::optional<Duration> patience);
  void redis_manager(Running& running, const RedisCall& call, PodRef from);
  void curl(Running& running, const std::vector<std::string>& argv, PodRef from);
  /// False when the pod is none whose files are known here.
  bool remove_files(Running& running, const std::vector<std::string>& argv, PodRef pod);
  void logs(kube::Outcome& outcome) const;
  void progress(Running& running, const kube::Progress& progress);
  /// `paced_by`: the parameter that set how long it takes.
  void finish(Running& running, shell::Result result, Duration after = Duration::zero(),
              ParameterId paced_by = ParameterId::none);
  /// Draws how long something of the action takes, and remembers what it spends.
  static Duration spend(Running& running, Draw& draw, double pace = 1);
  void deliver(Running& running);
  void touch(Running& running, const std::vector<kube::Change>& changes);
  void claim_deleted(int cluster, const kube::ObjectRef& claim);
  void end(Running& running, int exit_status);
  void keep_files(shell::Run& run);
  Running& next_running(const Action& action);
  void push_shell(Running& running, PodRef pod, std::shared_ptr<const shell::List> list);
  shell::Run shell_for(Running& running, std::shared_ptr<const shell::List> list);
  void leave_shells(Running& running);
  kube::Outcome run_kubectl(const Running& running, const kube::Environment& environment);
  bool run_script(Running& running, PodRef pod, const std::vector<std::string>& argv);
  bool run_backup_program(Running& running, PodRef pod, const std::vector<std::string>& argv);
  PodRef server_at(int cluster, std::string_view host) const;
  void change_record(Running& running, const HttpRequest& request);
  Duration redis_join() { return redis_join_.time(); }
  Duration redis_slot_move() { return redis_slot_move_.time(); }
  Duration redis_round_trip();
  Redis& redis_near(PodRef from) { return sites_.redis_of(from, from.cluster); }

  Context& context_;
  Kubernetes& kubernetes_;
  Sites& sites_;
  Dns& dns_;
  Databases& databases_;
  Monitoring& monitoring_;
  People& people_;
  Volumes& volumes_;
  Backups& backups_;
  std::vector<std::unique_ptr<Running>> running_;
  std::size_t used_ = 0;
  std::vector<Parsed> cache_;
  std::vector<KubectlCall> kubectl_calls_;
  std::vector<shell::Run> spare_shells_;
  kube::Files files_;                              // on the machine that runbooks run on
  std::shared_ptr<const shell::Carried> login_;    // what a new terminal begins with
  std::shared_ptr<const shell::Carried> carried_;  // in the terminal that steps are typed into
  std::uint64_t looked_at_ = 0;
  bool ended_one_ = false;
  Draw& api_call_;
  Draw& kubelet_dial_;
  Draw& local_command_;
  Draw& provider_call_;
  Draw& redis_join_;
  Draw& redis_slot_move_;
  Draw& redis_round_trip_;
  Draw& typing_;
  Draw& manual_step_;
};

}  // namespace drdrill::models
