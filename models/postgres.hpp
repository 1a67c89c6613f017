#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/postgres_chances.hpp"
#include "models/postgres_parts.hpp"
#include "models/tcp.hpp"
#include "sim/drill/ledger.hpp"
#include "sim/drill/world.hpp"

/// PostgreSQL 15 with streaming replication. WAL is what is kept or lost: every server follows a
/// timeline, a promotion starts a new one at what the replica had received, and a record survives
/// when the history of the server that clients are sent to holds it. Commits come at a constant
/// rate, so a position in the WAL is an instant of acknowledgement. One history with all its
/// servers, which may be in different clusters: the platform's own or a shard's.
namespace drdrill::models {

class Volumes;
struct Content;
struct File;

class Postgres final : public PodModel {
 public:
  static constexpr int none = postgres::none;

  /// `installation`: 0 the platform's own, 1 its first shard.
  Postgres(Context& context, Kubernetes& kubernetes, Volumes& volumes, int installation);

  void reset();
  void handle(const Event& event);

  void pod_started(PodRef ref) override;
  bool pod_stopping(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;
  bool pod_healthy(PodRef ref) const override;
  void reach_changed() override { update(); }

  /// Do a write and a read of what was written succeed through the Service, in every database? So
  /// it is when nearly all connections go to one primary that works.
  bool writable(int cluster) const;
  /// Of what a pod asks of the databases, the share that is done, 0 to 1: its connections are
  /// spread as those of all clients of its cluster, and it must reach the servers itself.
  double share_from(PodRef pod) const;
  /// Does a pod reach the servers that clients of its cluster are connected to?
  bool reached_from(PodRef pod) const;
  /// How many connections of clients their server takes; 0: they have none.
  int max_connections(int cluster) const;
  /// Goes up whenever somebody is served by another server, or no longer, or again.
  std::uint64_t version() const { return version_; }
  /// What the server behind this cluster's Service suffers from.
  Impairment impairment(int cluster) const;
  /// The share of all clients that write in this cluster, 0 to 1.
  void set_share(int cluster, double share);

  struct Roles {
    int servers = 0, primaries = 0, standbys = 0, streaming = 0;
    std::string_view routed;  ///< the server that clients are sent to; empty: none
    bool routed_to_primary = false;
  };
  /// Of the servers of all clusters, and of the one that clients of this cluster are sent to.
  Roles roles(int cluster) const;

  /// What a program in a server's pod answers. Nothing: it takes time; ask `finished` with the
  /// returned ticket.
  struct Answer {
    int exit_status = 0;
    std::string out;
    std::string err;
    bool understood = true;
    bool changed = false;
    Duration takes{};
    ParameterId paced_by = ParameterId::none;  ///< the parameter that set how long it takes
  };
  /// How psql prints: -A turns `aligned` off, -t leaves rows alone.
  struct Printing {
    bool aligned = true;
    bool rows_only = false;
  };
  /// What `text`, one or more statements, comes to in a database (empty: the user's own).
  Answer psql(PodRef ref, std::string_view text, std::string_view database, Printing printing);
  Answer pg_isready(PodRef ref) const;
  /// The claim behind a server's data was deleted: its data is gone when the pod is.
  void data_lost(int cluster, std::string_view pod_name);

  // Backups and restores (postgres_recovery.cpp, postgres_restore.cpp).

  /// A statement through this server deletes every row there is, or all of one database. False: it
  /// takes no statements.
  bool erase_rows(PodRef ref, int database = none);
  struct Reading {
    bool up = false;
    int timeline = 0;
    Offset until{};  ///< what can be read was acknowledged up to then; Offset::min(): nothing can
  };
  /// What a program that connects to `host` (empty: the server in its own pod `local`) could read.
  /// Nothing: there is no such host. Without a pod it asks for the time before the drill.
  std::optional<Reading> reading(std::string_view host, PodRef local, Offset when,
                                 std::string_view database) const;
  /// Somebody begins to copy the server at `host`, for so long.
  void backed_up(std::string_view host, PodRef local, Duration takes);
  /// Is this installation what programs in a pod reach at `host`?
  bool knows(std::string_view host, PodRef local) const;
  const PostgresSpec& spec() const { return spec_; }
  int number() const { return installation_; }
  /// Of all its databases.
  double size_bytes() const;
  /// pg_restore of a dump into `database`. `data_only`: it makes no tables.
  Answer restore_dump(std::string_view host, PodRef local, std::string_view database,
                      const Content& dump, bool data_only);
  std::string log_of(PodRef ref) const;
  /// pg_rewind of the data directory at `folder` of a container to what the server at `host` holds.
  /// `restores`: -c, WAL that is gone is fetched from the archive. `content`: what it makes.
  struct Rewind {
    std::string error;
    std::string said;
    bool changed = false;
    Duration takes{};
  };
  Rewind rewind(const File& target, std::string_view host, PodRef local, bool restores,
                Content& content) const;

  /// Looks at Services and servers again: routes, roles and streams follow.
  void update();
  /// `in_use`: the cluster whose databases the system is, once it has recovered. Writes through the
  /// API are counted where the platform's own installation is.
  void add_ledger(Ledger& ledger, Offset end, int in_use) const;

 private:
  static constexpr std::size_t most_servers = 64;  // that can confirm commits
  void changed() {
    ++version_;
    context_.changed = true;
  }
  using Leg = postgres::Leg;
  using Route = postgres::Route;
  using Silence = postgres::Silence;
  using Start = postgres::Start;
  using Server = postgres::Server;
  using Unheard = postgres::Unheard;
  using CatchUp = postgres::CatchUp;
  using Timeline = postgres::Timeline;
  using Written = postgres::Written;
  using Held = postgres::Held;
  using Damage = postgres::Damage;
  using Load = postgres::Load;
  using Lead = postgres::Lead;
  enum class Kind : std::uint16_t {
    started,
    promoted,
    reconnected,
    loaded,
    given_up,
    resumed,
    look,
    lock_expired,
    gave_up,
    elected,
    wants_page,
    wants_file,
    recovered
  };

  Server make_server(int cluster, std::string name) const;
  Server* new_server(PodRef ref);
  Server* server_of(PodRef ref);
  const Server* server_of(PodRef ref) const;
  int upstream_of(const Server& server) const;
  // postgres_streams.cpp: who streams from whom.
  bool hear_each_other(const Server& one, const Server& other) const;
  bool stream_holds(const Server& server) const;
  bool streams_all(const Server& standby, int server) const;
  bool is_waited_for(const Server& standby, int server) const;
  bool goes_on(const Server& server, int source) const;
  bool is_time_to_try(Server& server);
  void attach(Server& server, int upstream);
  void detach(Server& standby, Offset has_until, bool unheard);
  void fall_silent(Server& standby);
  void look_again(Duration delay);
  Offset received_by(const Server& server) const;
  // postgres_wal.cpp: checkpoints.
  void read_settings(Server& server) const;
  Offset redo_from(const Server& server, Offset at) const;
  Offset kept_from(const Server& server) const;
  double redo_bytes(const Server& server) const;
  Duration redo_time(double bytes) const;
  Duration flush_time(double replayed, const Server& server) const;
  void begin_checkpoints(Server& server, Offset until, bool promotion);
  Duration lacks(const Server& standby, const Server& source) const;
  void finish_clone(Server& server);
  bool copies_a_target(const Server& server) const;
  bool reset_setting(const Server& server, std::string_view name);
  // postgres_sql.cpp: statements.
  class Telling;
  Answer execute(Server& server, std::string_view statement, std::string_view database,
                 Printing printing);
  void reload(Server& server);
  std::optional<std::string> shown(const Server& server, std::string_view setting) const;
  int database_index(std::string_view name) const;
  bool live_primary(const Server& server) const;
  bool is_reached(const Server& server) const;
  static bool accepts(const Server& server) { return server.up && !server.ending; }
  void at(Duration delay, Kind kind, int server);
  // postgres_slots.cpp: WAL that is kept for standbys that are away.
  using Slot = postgres::Slot;
  std::string slot_of(const Server& standby) const;
  static Slot* find_slot(Server& source, std::string_view name);
  bool take_slot(const Server& standby, Server& source);
  void leave_slot(const Server& standby, Offset has_until);
  bool holds_back(const Server& source, const Slot& slot) const;
  Offset slots_keep_from(const Server& source) const;
  std::string_view wal_status(const Server& source, const Slot& slot) const;
  std::optional<std::string> change_slots(Server& server, std::string_view sql);
  // postgres_disk.cpp: full volumes.
  using Room = postgres::Room;
  Room room_of(const Server& server) const;
  void look_at_disks();
  void on_disk(Duration delay, Kind kind, const Server& server);
  void await_want(Server& server);
  Duration until_panic(const Server& server, Duration page) const;
  Offset wal_lasts_until(const Server& server) const;
  void want_page(Server& server);
  void want_file(Server& server);
  void panic(Server& server, bool segment);
  Duration until_recovered(const Server& server) const;
  bool says_ready(const Server& server) const;
  // postgres_routes.cpp: which servers the connections of clients go to.
  void set_route(int cluster);
  void set_leg(int cluster, std::size_t slot);
  void spread(int cluster, std::size_t slot, std::optional<Duration> delay);
  std::size_t add_leg(int cluster, double weight);
  void candidates(const Route& route, std::vector<int>& out) const;
  bool works(const Leg& leg) const;
  bool takes_writes(const Leg& leg) const;
  const Leg* main_leg(int cluster) const;
  int system_server(int cluster) const;
  void stop_writing(const Route& route, Leg& leg);
  // postgres_commits.cpp: what a commit waits for, and what is lost without that.
  std::uint64_t confirming(int server) const;
  bool acknowledges(int server) const;
  void look_at_commits();
  Duration unflushed(const Server& server) const;
  Duration behind(const Server& standby) const;
  void lose_unflushed(Server& server);
  std::optional<Answer> configure_commits(Server& server, std::string_view sql);
  // postgres_clients.cpp: what clients make of a server that they no longer hear of.
  void of_clients(Duration delay, Kind kind, int cluster, std::size_t slot, Group group);
  void reconnected(int cluster, std::size_t slot);
  void await_answer(int cluster, std::size_t slot, int server);
  bool hears_again(const Silence& silence) const;
  void look_for_answer(int cluster, std::size_t slot);
  void give_up(int cluster, std::size_t slot);
  void resume(int cluster, std::size_t slot);
  Route& route_of(int cluster) { return routes_[static_cast<std::size_t>(cluster)]; }
  const Route& route_of(int cluster) const { return routes_[static_cast<std::size_t>(cluster)]; }
  Leg& leg_of(int cluster, std::size_t slot) { return route_of(cluster).legs[slot]; }
  // postgres_manager.cpp: who promotes standbys by itself.
  bool answers_manager(const Server& server) const;
  bool renews(const Server& leader) const;
  bool starts_too_long(const Server& leader);
  void release(Server& leader);
  bool is_managed(const Server& server) const;
  void begin_lead();
  void look_at_leader();
  void after_lead(Duration delay, Kind kind, Group group);
  void miss_leader(const Server& leader);
  void lock_expired();
  void gave_up();
  void elect();
  void elected(int server);
  void promote_managed(int server);
  void take_lead(int server);
  int led_by() const;
  std::optional<Offset> ahead_since(const Server& member) const;
  Duration rejoin(Server& server);
  void demote(Server& server);
  void follow();
  void end_sessions(int index, Ending ending);
  void stopped(Server& server, Ending ending);
  void promoted(int server);
  int host_index(int cluster, std::string_view host, int asking = none) const;
  int local_index(PodRef local, std::string_view host) const;
  void split_written(const Route& route, Leg& leg);
  void split_written_to(int server);

  static std::string upstream_env(const kube::PodTemplate& pod);
  static std::string server_argument(const kube::PodTemplate& pod, std::string_view name);
  void find_archive(Server& server);
  void begin_archive(Server& server);
  void end_archive(Server& server);
  Duration segment_time(const Server& server) const;
  Offset archived_by(const Server& server, Offset now) const;
  std::string data_key(PodRef ref, std::string_view file) const;
  void own_data(const Server& server);
  Start look_at_data(Server& server);
  void plan_recovery(const Server& server, const Content& data, Start& start) const;
  void plan_copy(const Server& server, const Content& data, Start& start) const;
  Offset fork_of(int target, int timeline) const;
  void give_up(Server& server, std::string_view how, const std::string& why);
  void refuse_start(Server& server, const std::string& fatal);
  bool refuses_settings(Server& server);
  void finish_recovery(Server& server);
  void log_redo(Server& server, const Start& plan);
  void log(Server& server, std::string_view text);
  std::vector<Held> history_of(const Server& server, Offset end) const;
  static bool contains(const std::vector<Held>& history, const Damage& damage);
  bool is_damaged(const Server& server, std::size_t database) const;
  bool is_damaged(const Server& server) const;
  void loaded(std::size_t load);
  bool keeps(const std::vector<Held>& history, const Written& written, Offset acknowledged,
             std::size_t database) const;
  bool is_loaded(const std::vector<Held>& history, const Written& written, Offset acknowledged,
                 std::size_t database) const;
  void add_stream(LedgerStream& stream, const std::vector<Written>& all,
                  const std::vector<Held>& history, std::size_t database, double rate) const;

  Context& context_;
  Kubernetes& kubernetes_;
  Volumes& volumes_;
  int installation_;
  const PostgresSpec& spec_;
  std::vector<Server> servers_, initial_;
  std::vector<Timeline> timelines_;
  std::vector<Written> written_;
  std::vector<Damage> damages_;
  std::vector<Load> loads_;
  Lead lead_;
  std::vector<Route> routes_;               // by cluster
  std::vector<int> found_;                  // candidates of a route
  std::vector<Retransmissions> resending_;  // by cluster
  std::vector<Group> timers_;  // by server; those of servers that came later are used again
  postgres::Chances draws_;
  RandomStream phases_;             // of checkpoints
  RandomStream switch_phases_;      // of segments
  RandomStream unarchived_phases_;  // of those whose segments nobody copies
  RandomStream manager_phases_;     // when it looks
  std::uint64_t version_ = 0;
  Duration archive_delay_time_{};
  Duration in_service_time_{};
  Duration checkpoint_time_{};
  Duration retry_time_{};
};

}  // namespace drdrill::models
