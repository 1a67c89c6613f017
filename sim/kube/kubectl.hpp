#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/kube/cluster.hpp"

/// kubectl: a command line, what it does to a cluster, and what it prints. Refusals are in the real
/// one's words and exit codes. Nothing here waits: a command that would says what it waits for.
namespace drdrill::kube {

struct Option {
  std::string name;  ///< long form, without dashes
  std::string value;
};

struct Command {
  std::string verb;  ///< "get", "rollout restart", "create namespace", "config use-context"
  std::vector<std::string> args;
  std::vector<Option> options;     ///< in order; what was not given is absent
  std::vector<std::string> inner;  ///< after "--": exec's and run's command
  std::string stdin_text;

  const std::string* option(std::string_view name) const;  ///< the last one given, or null
  bool flag(std::string_view name, bool fallback = false) const;
};

struct Parsed {
  std::optional<Command> command;
  std::string error;  ///< what kubectl prints to stderr when it is no command; exit code 1
};

/// `argv` without the program's name.
Parsed parse(std::span<const std::string> argv, std::string stdin_text = {});

/// An object that a command touched.
struct ObjectRef {
  std::string cluster;  ///< its context
  std::string kind;     ///< "Deployment"
  std::string ns;
  std::string name;

  bool operator==(const ObjectRef&) const = default;
};

struct Change {
  enum class What { created, configured, scaled, restarted, terminating, evicted, deleted };
  ObjectRef object;
  What what = What::configured;
};

/// What a command waits for after it has done its part. A value; re-evaluated by check.
struct Wait {
  enum class Kind {
    deletion,  ///< pods are gone
    drain,     ///< pods are evicted, then gone
    rollout,   ///< a workload has its current revision
    condition  ///< `kubectl wait --for`
  };
  struct Target {
    std::uint32_t uid = 0;  ///< pods
    std::string ns;
    std::string name;
    int workload = no_index;  ///< rollout, condition
    bool evicted = true;      ///< drain: false while a budget forbids it
    bool done = false;
  };
  Kind kind = Kind::deletion;
  std::size_t cluster = 0;  ///< into Clusters::items
  std::vector<Target> targets;
  std::string node;                 ///< drain
  std::string condition;            ///< "ready", "available", "delete", "complete", "phase=Running"
  std::string resource;             ///< "pod", "deployment.apps"
  int revision = 0;                 ///< rollout: the one it watches
  std::optional<int> grace_s;       ///< drain
  std::optional<Duration> timeout;  ///< from the start of the command; the caller's clock
  std::string last_line;            ///< rollout: what was printed last
};

struct Progress {
  enum class State {
    waiting,
    retry,  ///< a budget forbade evictions: call retry_evictions after `retry_after`
    done,
    failed
  };
  State state = State::waiting;
  int exit_code = 0;
  std::string out;  ///< to append to what the command printed
  std::string err;
  Duration retry_after{0};
  std::vector<Change> changed;
};

/// What exec and logs ask of the component in the container.
struct ExecCall {
  int pod = no_index;
  ObjectRef object;
  std::string container;
  std::string image;
  std::vector<std::string> argv;
  bool input = false;    ///< -i
  bool assumed = false;  ///< the image is unknown: it was assumed to hold the program
};

struct LogsCall {
  std::vector<int> pods;
  std::string container;
  bool follow = false;
};

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
  std::vector<Change> changed;
  std::optional<Wait> wait;      ///< the command has not returned yet
  std::optional<ExecCall> exec;  ///< the caller runs it; its output and exit code are the command's
  std::optional<LogsCall> logs;  ///< the caller prints them
  std::size_t cluster = 0;       ///< which of Clusters::items it spoke to
  bool understood = true;        ///< false: a real verb whose effect is not known here
};

/// The files of the machine that kubectl runs on, by path from its working directory, without "./"
/// and doubled slashes. Folders are the paths of what lies in them.
using Files = std::map<std::string, std::string, std::less<>>;

/// Something that happened in a cluster and is remembered for a while.
struct Event {
  std::string kind;  ///< of the object that it is about
  std::string ns;
  std::string name;
  std::string reason;
  std::string message;
  bool warning = false;
  Offset at{};
};

/// What a pod uses, as metrics-server measured it.
struct PodUsage {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
};

/// What only somebody who watches clusters can tell, by their number in Clusters::items.
class Observed {
 public:
  virtual ~Observed() = default;
  /// In order of time, the oldest first.
  virtual std::vector<Event> events(std::size_t cluster) const = 0;
  /// Nothing: it was not measured.
  virtual std::optional<PodUsage> usage(std::size_t cluster, int pod) const = 0;
};

/// What a command needs besides the cluster.
struct Environment {
  const Files* files = nullptr;        ///< null: no path exists
  Offset now{0};                       ///< for ages and for what is created
  const Observed* observed = nullptr;  ///< null: nobody watches, there are no events and metrics
  bool terminal = false;               ///< the command's input is a terminal
};

/// What a kubeconfig knows.
struct Clusters {
  std::vector<Cluster> items;
  std::size_t current = 0;
};

/// On the cluster that --context names, or the current one.
Outcome run(Clusters& clusters, const Command& command, const Environment& environment = {});
/// On one cluster; --context must name it.
Outcome run(Cluster& cluster, const Command& command, const Environment& environment = {});
/// parse and run.
Outcome run(Clusters& clusters, std::span<const std::string> argv, std::string stdin_text = {},
            const Environment& environment = {});

/// Does the command return now? Changes nothing but what `wait` remembers. The caller asks again
/// whenever pods or nodes change.
Progress check(const Cluster& cluster, Wait& wait);
/// Tries the evictions that budgets forbade once more, as kubectl does every 5 s, then checks.
Progress retry_evictions(Cluster& cluster, Wait& wait);
/// What the command prints and returns when its --timeout is over.
Progress give_up(const Cluster& cluster, Wait& wait);

}  // namespace drdrill::kube
