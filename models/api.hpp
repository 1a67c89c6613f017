#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/kubernetes.hpp"
#include "models/pod_table.hpp"
#include "sim/drill/world.hpp"
#include "sim/engine/station.hpp"

/// The API services of one cluster: pods behind a Service each, with so many requests served at a
/// time in every pod (connections, workers). Requests that find no free place queue; one queue for
/// each service, first come first served, because the balancer spreads them evenly.
namespace drdrill::models {

class Entry;
class Databases;
class Pools;
class Redis;

class Api final : public PodModel {
 public:
  Api(Context& context, Kubernetes& kubernetes, Entry& entry, Databases& databases, Pools& pools,
      Redis& redis, int cluster);

  void reset();
  void handle(const Event& event);

  void pod_started(PodRef ref) override;
  bool pod_stopping(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;
  /// It serves, and reaches what its health endpoint is said to need.
  bool pod_healthy(PodRef ref) const override;
  void reach_changed() override;
  /// Stores, or the way to them, may be others.
  void update() { count(); }

  /// The services that a joining participant passes through, in order.
  std::span<const std::size_t> join_path() const { return join_path_; }
  /// Could somebody who joins be answered? If not, every join fails at once.
  bool takes_joins();
  /// A request to a service about a meeting: when it will be answered, or nothing when it fails at
  /// once.
  std::optional<Offset> request(std::size_t service, int meeting);

  /// The share of requests that succeed now, over all services, with what they depend on.
  double success_share() const;
  /// The same of the services with this role; nothing when there is none.
  std::optional<double> success_share(std::string_view role) const;
  /// p95 of a request that arrives now: what it waits plus p95 of the service time.
  Duration p95() const;
  /// p95 of what a request waits for PostgreSQL: for a server connection, then its queries. Caches
  /// are taken to be warm.
  Duration query_p95() const;
  /// Is p95 under the limit of the steady state?
  bool fast() const;
  /// The earliest instant at which p95 may come back under the limit; never when it is.
  Offset calmer_at() const;

  void add_inventory(Inventory& inventory) const;

 private:
  struct Service {
    const WorkloadModel* workload = nullptr;
    Station station{0};
    std::size_t live = 0;  // pods that answer
    // By installation of PostgreSQL: of the requests about meetings that are in it, those that come
    // to a pod which answers and reaches its stores.
    std::vector<double> shares;
    double token_share = 1;               // of what it issues, tokens that others take
    std::vector<Impairment> impairments;  // of the live pods; empty when none has any
  };
  struct Process {
    bool serving = false;
    bool reaches_needs = true;  // what its health endpoint asks for
  };
  enum class Kind : std::uint16_t { started };

  /// What count() follows from; when none of it has changed nor has the count.
  struct Counted {
    std::uint64_t kubernetes = ~0ULL, entry = 0, databases = 0, pools = 0, redis = 0;
    bool operator==(const Counted&) const = default;
  };

  /// What a pod's requests find: its proxies, Redis, and each installation of PostgreSQL.
  struct Found {
    PodRef by = no_pod;
    bool redis = false;
    double postgres = 0;  // of what is asked of the platform's own server, the share that is done
    std::vector<double> shares;  // of the requests, by installation, those that are served
  };

  void count();
  void count(Service& service);
  const Found& found_by(PodRef ref);
  void look_at_needs(const Service& service, PodRef ref, const Found& found);
  double served(const Service& service) const;
  std::optional<Offset> with_database(Service& service, Duration takes);
  void look_at_impairments(Service& service, const std::vector<int>& routed);
  void add_redis(Service& service);
  Duration slowest_p95() const;
  static Duration taking(Duration service, const Impairment& impairment, bool loses);
  static Duration p95_taking(Duration service, const Impairment& impairment);

  Context& context_;
  Kubernetes& kubernetes_;
  Entry& entry_;
  Databases& databases_;
  Pools& pools_;
  Redis& redis_;
  int cluster_;
  std::vector<Service> services_;
  std::vector<std::size_t> join_path_;
  PodTable<Process> processes_;
  Found found_;  // by the last that looked
  Counted counted_;
  RandomStream choice_;
  Draw& service_time_;
  Draw& redis_share_;
  Draw& database_share_;
  Draw& process_start_;
  Draw& shutdown_;
  Draw& token_leeway_;
  Duration p95_service_{};
};

}  // namespace drdrill::models
