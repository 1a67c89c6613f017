#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/databases.hpp"
#include "models/pod_table.hpp"
#include "sim/engine/station.hpp"

/// How the API pods of one cluster come to PostgreSQL: through PgBouncer when their environment
/// names a Service that selects its pods, else directly. What goes through a pooler stops with it.
/// A pod that connects by itself, pooler or not, must reach the server; when it was cut off it
/// connects anew after a while. All transactions share the server connections that there are: of
/// the poolers' pools, and no more than max_connections allows; those that find none wait, and when
/// there are more clients than the poolers or the server take, the ones too many are refused.
namespace drdrill::models {

class Pools {
 public:
  Pools(Context& context, Kubernetes& kubernetes, Databases& databases, int cluster);

  void reset();
  void handle(const Event& event);
  /// Looks at pods, Services and servers again.
  void update();

  /// Of what a pod asks of an installation of PostgreSQL, the share that is done, 0 to 1.
  double share_from(PodRef pod, std::size_t installation) const;
  /// Do both pods ask in the same way, so that whoever reaches the same is served the same?
  bool ask_alike(PodRef a, PodRef b) const;
  /// When a transaction is over that is asked for now and takes so long; nothing: it is refused.
  std::optional<Offset> transaction(Duration takes);
  /// How long one would wait for a server connection; where there is none nobody is served.
  Duration wait() const {
    return connections_.servers() == 0 ? Duration::zero() : connections_.wait(context_.now());
  }
  /// Goes up whenever somebody's way opens or closes.
  std::uint64_t version() const { return version_; }

 private:
  static constexpr int unlimited = -1;
  struct Way {  // of a pod, by its environment
    std::uint32_t uid = 0;
    int poolers =
        kube::no_index;  // the Service of poolers that it names; none: it connects directly
    // Of a pooler.
    int clients_most = 0;
    int servers_most = 0;
  };
  struct Link {  // to the servers, of a pod that connects directly
    bool open = true;
    Offset cut_since{};
    std::uint64_t cuts = 0;
    Group timer{};
  };

  Way& way_of(PodRef ref);
  int pooler_service(std::string_view host, std::string_view ns) const;
  void look_at(PodRef ref);
  void count_connections();

  Context& context_;
  Kubernetes& kubernetes_;
  Databases& databases_;
  int cluster_;
  std::vector<const WorkloadModel*> poolers_;
  std::vector<const WorkloadModel*> services_;  // of the API
  PodTable<Way> ways_, initial_ways_;
  PodTable<Link> links_;
  Station connections_{0};
  std::size_t most_in_flight_ = Station::unbounded;
  std::vector<Offset> in_flight_;  // a heap, the earliest end on top; only while they are counted
  std::uint64_t version_ = 0;
  std::uint64_t seen_kubernetes_ = ~0ULL, seen_databases_ = 0;
  Draw& reconnect_;
  Draw& client_timeout_;
  Draw& clients_most_;
  Draw& pool_size_;
};

}  // namespace drdrill::models
