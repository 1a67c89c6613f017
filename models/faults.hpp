#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/databases.hpp"
#include "models/kubernetes.hpp"
#include "models/monitoring.hpp"
#include "models/sites.hpp"
#include "models/volumes.hpp"
#include "sim/drill/world.hpp"

/// Primitive effects on the simulated platform. What a pod, a machine or a name suffers from
/// follows from all faults that are in force, of each kind the strongest: one that ends leaves the
/// others.
namespace drdrill::models {

class Faults {
 public:
  Faults(Context& context, Kubernetes& kubernetes, Monitoring& monitoring, People& people,
         Databases& databases, Volumes& volumes, Sites& sites, Dns& dns);

  void reset() {
    injected_.clear();
    originals_.clear();
  }
  std::optional<Refusal> refusal(const Effect& effect) const;
  EffectId inject(const Effect& effect);
  EffectState state(EffectId effect) const;
  void recover(EffectId effect);
  void add_inventory(Inventory& inventory) const;

 private:
  struct Place {
    int cluster = 0;
    int index = 0;              // pod slot or node
    std::uint32_t uid = 0;      // of the pod
    std::uint32_t process = 0;  // of the pod: how often it had been restarted
  };
  struct Places {
    std::vector<Place> pods;
    std::vector<Place> nodes;

    bool empty() const { return pods.empty() && nodes.empty(); }
  };
  struct Deployed {  // a new image of a workload
    int cluster = 0;
    int workload = 0;
    std::string container, good, bad;
  };
  struct Injected {
    Effect effect;
    EffectState state;
    Places at;
    std::optional<Deployed> deployed;
    std::size_t cut = 0;
    std::vector<std::string> backups;  // those that it spoilt
    std::vector<std::string> roots;    // of the volumes that it fills or empties
  };
  /// Everything that is in force at one place.
  struct Suffering {
    bool without_power = false;
    bool stands_still = false;
    Cutoff cutoff;
    Impairment impairment;
  };

  void settle(const Injected& injected);
  bool in_force(Primitive primitive) const;
  template <class IsThere>
  Suffering suffering(IsThere&& is_there) const;
  void act_on(Injected& injected, PodRef ref);
  void settle_machines(const Injected& injected);
  void settle_pods(const Injected& injected);
  void settle_volumes();
  void touch(Injected& injected) const;
  void lose_data(PodRef ref);
  void set_control_planes() const;

  // faults_targets.cpp
  Places resolve(const Target& target) const;
  Places keepers_on(const std::vector<std::string>& roots) const;
  std::string data_root(PodRef ref) const;
  std::string wal_root(PodRef ref) const;
  bool lies_on_node(PodRef ref) const;
  std::vector<PodRef> pods_on(const Place& node) const;
  static Side side_of(const Places& at);
  bool is_same_pod(const Place& place) const;

  // faults_deploy.cpp
  bool deploy(Injected& injected, PodRef ref);
  bool set_image(const Deployed& what, const std::string& image) const;
  void undo_deployment(const Deployed& what) const;

  // faults_refusal.cpp: what no model would notice.
  std::optional<Refusal> refusal_on_volume(const Effect& effect) const;
  std::optional<Refusal> refusal_of_name(const Effect& effect) const;
  bool notices(const Effect& effect, PodRef ref) const;

  // faults_backups.cpp
  std::vector<std::string> backups_on(std::string_view volume) const;
  void spoil_backups(Injected& injected);
  void settle_backup(const std::string& key);

  Context& context_;
  Kubernetes& kubernetes_;
  Monitoring& monitoring_;
  People& people_;
  Databases& databases_;
  Volumes& volumes_;
  Sites& sites_;
  Dns& dns_;
  std::vector<Injected> injected_;
  std::map<std::string, File> originals_;  // of spoilt backups, by where they lie
};

}  // namespace drdrill::models
