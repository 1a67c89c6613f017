#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/kubernetes.hpp"
#include "models/pod_table.hpp"
#include "sim/drill/world.hpp"

/// The way into one cluster: the cloud load balancer with health checks over the proxies behind it.
/// A dead target still gets its share of new connections until enough checks have failed. Of two
/// checks the second begins an interval after the first has ended (as in HAProxy, check.c), and one
/// that meets silence ends with its timeout: interval, timeout and counts of a DigitalOcean load
/// balancer take out a target that refuses after 6 to 9 s, and a silent one after 21 to 24 s.
/// Where the platform says so it has no checks: its targets are then the pods that Kubernetes finds
/// ready, a while after it does. The load balancer is there as long as its Service is.
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
  void service_routes_changed(int cluster, int service) override;

  /// The share of new connections that succeed, 0 to 1.
  double share() const { return share_; }
  /// Of what comes in, the share that arrives at proxies which reach the pod, 0 to 1.
  double share_to(PodRef pod) const;
  /// Goes up whenever other targets work or are admitted.
  std::uint64_t version() const { return version_; }
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
    bool silent = false;  // when it does not work: nothing comes back at all
    bool admitted = false;
    Offset changed{};
    Group timer{};
  };
  enum class Kind : std::uint16_t { eject, admit, started, provisioned };

  void at(Duration delay, Kind kind, PodRef ref, Group group);
  void look(PodRef ref);
  void take(PodRef ref, Target& target, bool admitted);
  void take_ready();
  void look_for_service();
  int service() const;
  void count();

  Context& context_;
  Kubernetes& kubernetes_;
  int cluster_;
  PodTable<Target> targets_;
  std::vector<PodRef> in_service_;  // admitted and working
  double share_ = 1;
  std::uint64_t version_ = 0;
  bool exists_ = true;  // the cloud has made it
  Offset asked_at_{};   // for it
  Group provisioning_{};
  RandomStream choice_;
  Draw& check_interval_;
  Draw& check_timeout_;
  Draw& fall_;
  Draw& rise_;
  Draw& process_start_;
  Draw& provision_;
};

}  // namespace drdrill::models
