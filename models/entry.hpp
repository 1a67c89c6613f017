#pragma once

#include <optional>
#include <vector>

#include "models/kubernetes.hpp"
#include "models/pod_table.hpp"
#include "sim/drill/world.hpp"

/// The way into one cluster: the cloud load balancer with health checks over the proxies behind it.
/// A dead target still gets its share of new connections until enough checks have failed. Check
/// settings of a DigitalOcean load balancer as its Kubernetes controller makes them: every 3 s, 3
/// failures to eject, 5 successes to admit (digitalocean-cloud-controller-manager, annotations).
namespace drdrill::models {

class Entry final : public PodModel {
 public:
  Entry(Context& context, Kubernetes& kubernetes, int cluster);

  void reset();
  void handle(const Event& event);

  void pod_started(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;
  bool pod_healthy(PodRef ref) const override;
  void reach_changed() override;

  /// The share of new connections that succeed, 0 to 1.
  double share() const { return share_; }
  /// Does a new connection get through? Takes its chances among the admitted targets.
  bool connect();
  void add_inventory(Inventory& inventory) const;
  struct Checks {
    int targets = 0, admitted = 0, working = 0;
  };
  /// What its health checks have made of the targets that exist, and whether they work.
  Checks checks() const;

 private:
  struct Target {
    bool known = false;
    bool working = false;
    bool admitted = false;
    Offset changed{};
    Group timer{};
  };
  enum class Kind : std::uint16_t { eject, admit, started };

  void at(Duration delay, Kind kind, PodRef ref, Group group);
  void look(PodRef ref);
  void count();

  Context& context_;
  Kubernetes& kubernetes_;
  int cluster_;
  PodTable<Target> targets_;
  double share_ = 1;
  RandomStream choice_;
  Draw& check_interval_;
  Draw& check_timeout_;
  Draw& fall_;
  Draw& rise_;
  Draw& process_start_;
};

}  // namespace drdrill::models
