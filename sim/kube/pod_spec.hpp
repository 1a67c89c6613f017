#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/problem.hpp"
#include "sim/base/value.hpp"
#include "sim/kube/selector.hpp"
#include "sim/kube/shared.hpp"

/// What a pod is made of. Templates never change once a pod or a revision has them: they are held
/// through Shared and replaced as a whole. Positions are the lines of the file they came from.
namespace drdrill::kube {

/// Periods and delays in seconds; defaults of kubernetes/api core/v1/types.go.
struct Probe {
  enum class Kind { http_get, tcp_socket, exec, grpc };
  Kind kind = Kind::http_get;
  std::string path;  ///< http_get
  std::string port;  ///< number, or name of a container port
  std::vector<std::string> command;
  int initial_delay_s = 0;
  int period_s = 10;
  int timeout_s = 1;
  int success_threshold = 1;
  int failure_threshold = 3;
  std::optional<int> termination_grace_s;
  Position at;

  bool operator==(const Probe& other) const;  ///< positions do not count
};

struct EnvVar {
  std::string name;
  std::string value;
  std::string
      from;  ///< "secret/NAME/KEY", "configmap/NAME/KEY", "field/PATH"; empty: `value` holds

  bool operator==(const EnvVar&) const = default;
};

struct ContainerPort {
  std::string name;
  int container_port = 0;
  int host_port = 0;  ///< 0: none
  std::string protocol = "TCP";

  bool operator==(const ContainerPort&) const = default;
};

struct VolumeMount {
  std::string volume;
  std::string path;
  std::string sub_path;
  bool read_only = false;

  bool operator==(const VolumeMount&) const = default;
};

struct Resources {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;

  bool operator==(const Resources&) const = default;
};

/// Where a text stands in its file.
struct TextPlace {
  int line = 0;        ///< of its first line; 0: not known
  bool lines = false;  ///< each line of the text is one of the file
};
TextPlace text_place(const Value& text);

struct Container {
  std::string name;
  std::string image;
  std::vector<std::string> command;  ///< replaces the entry point
  std::vector<std::string> args;
  std::vector<TextPlace> command_at, args_at;  ///< of each word, where a manifest has them
  std::vector<EnvVar> env;
  std::vector<std::string> env_from;  ///< "configmap/NAME", "secret/NAME"
  std::vector<ContainerPort> ports;
  Resources requests;
  Resources limits;  ///< 0: none
  std::optional<Probe> readiness;
  std::optional<Probe> liveness;
  std::optional<Probe> startup;
  std::vector<VolumeMount> mounts;
  std::vector<std::string> pre_stop;         ///< command of the preStop hook, if it is one
  std::string pull_policy = "IfNotPresent";  ///< "Always" is the default of :latest
  Position at;

  bool operator==(const Container& other) const;  ///< positions do not count
};

struct Volume {
  enum class Kind { empty_dir, config_map, secret, claim, host_path, other };
  std::string name;
  Kind kind = Kind::other;
  std::string source;  ///< name of the ConfigMap, Secret or claim; path of a hostPath
  int mode = 0644;     ///< of a ConfigMap's or Secret's files: defaultMode

  bool operator==(const Volume&) const = default;
};

enum class TaintEffect { no_schedule, prefer_no_schedule, no_execute };

struct Taint {
  std::string key;
  std::string value;
  TaintEffect effect = TaintEffect::no_schedule;

  bool operator==(const Taint&) const = default;
};

struct Toleration {
  std::string key;      ///< empty: every key
  bool exists = false;  ///< operator Exists; otherwise Equal
  std::string value;
  std::optional<TaintEffect> effect;  ///< nothing: every effect
  std::optional<std::int64_t> seconds;

  bool operator==(const Toleration&) const = default;
};

bool tolerates(const Toleration& toleration, const Taint& taint);

/// One term of podAntiAffinity.
struct AntiAffinity {
  Selector selector;
  std::string topology_key;
  bool required = true;
  int weight = 100;  ///< of a preferred term

  bool operator==(const AntiAffinity&) const = default;
};

struct TopologySpread {
  Selector selector;
  std::string topology_key;
  int max_skew = 1;
  bool required = true;  ///< whenUnsatisfiable: DoNotSchedule

  bool operator==(const TopologySpread&) const = default;
};

struct PodTemplate {
  Labels labels;
  Labels annotations;
  std::vector<Container> init_containers;
  std::vector<Container> containers;
  std::vector<Volume> volumes;
  int termination_grace_s = 30;
  bool host_network = false;
  std::string restart_policy = "Always";
  std::string service_account;
  std::string priority_class;
  Labels node_selector;
  std::vector<Selector> node_affinity;  ///< required; one of them must match; empty: every node
  std::vector<AntiAffinity> anti_affinity;
  std::vector<TopologySpread> spread;
  std::vector<Toleration> tolerations;
  Position at;

  /// The sum over containers, or the largest init container where that is more.
  Resources requests() const;
  const Container* container(std::string_view name) const;
  const Volume* volume(std::string_view name) const;
  bool operator==(const PodTemplate& other) const;  ///< positions do not count
};

}  // namespace drdrill::kube
