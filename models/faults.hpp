#pragma once

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

/// Primitive effects on the simulated platform.
namespace drdrill::models {

class Faults {
 public:
  Faults(Context& context, Kubernetes& kubernetes, Monitoring& monitoring, Databases& databases,
         Volumes& volumes, Sites& sites, Dns& dns);

  void reset() { injected_.clear(); }
  std::optional<Refusal> refusal(const Effect& effect) const;
  EffectId inject(const Effect& effect);
  EffectState state(EffectId effect) const;
  void recover(EffectId effect);
  void add_inventory(Inventory& inventory) const;

 private:
  struct Place {
    int cluster = 0;
    int index = 0;          // pod slot or node
    std::uint32_t uid = 0;  // of the pod
  };
  struct Deployed {  // a new image of a workload
    int cluster = 0;
    int workload = 0;
    std::string container, good, bad;
  };
  struct Injected {
    Effect effect;
    EffectState state;
    std::vector<Place> pods;
    std::vector<Place> nodes;
    std::optional<Deployed> deployed;
    std::size_t cut = 0;
    std::vector<std::pair<std::string, File>> backups;  // as they were
  };

  void resolve(const Target& target, std::vector<Place>& pods, std::vector<Place>& nodes) const;

  // faults_impair.cpp: what leaves the targets up, and what concerns no pod.
  std::optional<Refusal> refusal_of_impairment(const Effect& effect, const std::vector<Place>& pods,
                                               const std::vector<Place>& nodes) const;
  void impair(Injected& injected, bool begins);
  static void set_impairment(const Effect& effect, Impairment& impairment, bool begins);
  static Side side_of(const std::vector<Place>& pods, const std::vector<Place>& nodes);
  std::vector<std::string> backups_on(std::string_view volume) const;
  void spoil_backups(Injected& injected, bool begins);
  void lose_data(PodRef ref);
  void set_control_planes(const Effect& effect, bool available);
  bool deploy(Injected& injected, PodRef ref);
  bool set_image(const Deployed& what, const std::string& image);
  void undo_deployment(const Deployed& what);
  bool is_same_pod(const Place& place) const;
  void touch_node(Injected& injected, const Place& place) const;

  Context& context_;
  Kubernetes& kubernetes_;
  Monitoring& monitoring_;
  Databases& databases_;
  Volumes& volumes_;
  Sites& sites_;
  Dns& dns_;
  std::vector<Injected> injected_;
};

}  // namespace drdrill::models
