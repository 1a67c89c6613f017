#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/kubernetes.hpp"
#include "sim/drill/ledger.hpp"
#include "sim/drill/world.hpp"

/// A Redis Cluster: masters with slot ranges, one or more replicas each, failure detection by
/// gossip and elections by the masters. Detection follows the code's ping schedule: a node is
/// pinged at the latest half a node timeout after it was last heard, and suspected (PFAIL) when a
/// ping has gone unanswered for the node timeout; it has failed when most masters say so (redis 7.2
/// src/cluster.c). The replica stands after 500 ms + U(0, 500 ms).
namespace drdrill::models {

class Redis final : public PodModel {
 public:
  Redis(Context& context, Kubernetes& kubernetes);

  void reset();
  void handle(const Event& event);

  void pod_started(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;
  void reach_changed() override;

  /// Do clients read and write every slot? `from` = no_pod: the answer for a client that reaches
  /// every node that is reached from outside.
  bool serves_all() const { return serves_all_; }
  /// Can this pod use the cluster?
  bool usable_from(PodRef from) const;

  void add_inventory(Inventory& inventory) const;
  void add_ledger(Ledger& ledger, Offset end) const;

 private:
  struct Server {
    PodRef pod = no_pod;
    std::string name;  // of the pod
    int shard = 0;
    bool master = false;
    bool up = false;
    bool failed = false;  // FAIL is agreed
    SubjectId subject = SubjectId::none;
  };
  struct Shard {
    int master = -1;  // index into servers_
    bool served = true;
    bool failing = false;  // detection is running
    Offset served_since{};
    Offset lost_after = never;  // writes acknowledged after this are on a master that is gone
    Offset down_since{};
    Group timer{};
    std::vector<LedgerRun> runs;
  };
  enum class Kind : std::uint16_t { detected, elected, loaded };

  Server* server_of(PodRef ref);
  bool answers(const Server& server) const;
  void at(Duration delay, Kind kind, std::size_t shard);
  void update();
  void begin_detection(std::size_t shard);
  void detected(std::size_t shard);
  void elected(std::size_t shard);
  void set_served(std::size_t shard, bool served);
  int live_masters_without(std::size_t shard) const;

  Context& context_;
  Kubernetes& kubernetes_;
  std::vector<Server> servers_, initial_servers_;
  std::vector<Shard> shards_;
  bool serves_all_ = true;
  Draw& node_timeout_;
  Draw& election_delay_;
  Draw& gossip_delay_;
  Draw& replication_lag_;
  Draw& load_;
  RandomStream pings_;
};

}  // namespace drdrill::models
