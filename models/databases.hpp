#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "models/postgres.hpp"

/// The platform's databases: one installation of PostgreSQL, and one more for each shard that has
/// servers of its own, perhaps in another region. Each has its own servers, timelines and losses; a
/// request needs the platform's own installation and, of a meeting that is in a shard, that shard.
namespace drdrill::models {

class Databases {
 public:
  Databases(Context& context, Kubernetes& kubernetes, Volumes& volumes);

  void reset();
  void handle(const Event& event, int installation) { all_[index(installation)]->handle(event); }
  void update();

  /// All installations; the platform's own comes first.
  const std::vector<std::unique_ptr<Postgres>>& all() const { return all_; }
  Postgres& installation(std::uint32_t shard) { return *all_[shard]; }
  /// The installation that the server in a pod belongs to.
  Postgres& of(PodRef pod) { return *all_[index_of(pod)]; }
  const Postgres& of(PodRef pod) const { return *all_[index_of(pod)]; }
  /// The one that a program in a pod reaches at `host` (empty: the server in its own pod); the
  /// platform's own where nothing is known of the host.
  Postgres& at_host(std::string_view host, PodRef local);
  /// Is it the name of a Service that clients write through?
  bool is_write_service(std::string_view name) const;

  /// Do writes and reads work in every database, for the clients of a cluster?
  bool writable(int cluster) const;
  /// Does the platform's own installation work? No request can do without.
  bool main_writable(int cluster) const { return all_.front()->writable(cluster); }
  /// Of what a pod asks of an installation, the share that is done, 0 to 1.
  double share_from(PodRef pod, std::size_t installation) const {
    return all_[installation]->share_from(pod);
  }
  /// Where a meeting's database is: 0 is the platform's own installation.
  std::size_t installation_of(int meeting) const {
    return shard_of_meeting_.empty() ? 0 : shard_of_meeting_[static_cast<std::size_t>(meeting)];
  }
  /// The share of meetings whose databases are in an installation; those of all add up to 1.
  double share_of_meetings(std::size_t installation) const { return meetings_in_[installation]; }
  /// Goes up whenever one of them begins or ends to serve somebody.
  std::uint64_t version() const;
  /// What the platform's own server suffers from; a shard's is not told to requests.
  Impairment impairment(int cluster) const { return all_.front()->impairment(cluster); }
  void set_share(int cluster, double share);

  /// Over all installations: how many servers there are and what they do; where clients of the
  /// platform's own are sent; whether those of every one are sent to a primary.
  Postgres::Roles roles(int cluster) const;
  int installations() const { return static_cast<int>(all_.size()); }

  void data_lost(int cluster, std::string_view pod_name);
  void add_inventory(Inventory& inventory) const;
  void add_ledger(Ledger& ledger, Offset end, int in_use) const;

 private:
  static std::size_t index(int installation) { return static_cast<std::size_t>(installation); }
  std::size_t index_of(PodRef pod) const;

  Kubernetes& kubernetes_;
  std::vector<std::unique_ptr<Postgres>> all_;
  std::vector<std::uint32_t> shard_of_meeting_;  // 0: in no shard; empty: none is
  std::vector<double> meetings_in_;              // by installation, of all of them
};

}  // namespace drdrill::models
