#pragma once

#include <optional>
#include <vector>

#include "models/kubernetes.hpp"
#include "models/monitoring.hpp"
#include "models/postgres.hpp"
#include "models/volumes.hpp"
#include "sim/drill/world.hpp"

/// Primitive effects on the simulated platform.
namespace drdrill::models {

class Faults {
 public:
  Faults(Context& context, Kubernetes& kubernetes, Monitoring& monitoring, Postgres& postgres,
         Volumes& volumes);

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
  };

  void resolve(const Effect& effect, std::vector<Place>& pods, std::vector<Place>& nodes) const;
  void lose_data(PodRef ref);
  bool deploy(Injected& injected, PodRef ref);
  bool set_image(const Deployed& what, const std::string& image);
  void undo_deployment(const Deployed& what);
  bool is_same_pod(const Place& place) const;
  void touch_node(Injected& injected, const Place& place) const;

  Context& context_;
  Kubernetes& kubernetes_;
  Monitoring& monitoring_;
  Postgres& postgres_;
  Volumes& volumes_;
  std::vector<Injected> injected_;
};

}  // namespace drdrill::models
