#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/kubernetes.hpp"
#include "sim/drill/ledger.hpp"
#include "sim/drill/world.hpp"

/// PostgreSQL 15 with streaming replication. WAL is what is kept or lost: every server follows a
/// timeline, a promotion starts a new one at what the replica had received, and a record survives
/// when the history of the server that clients are sent to holds it. Commits come at a constant
/// rate, so a position in the WAL is an instant of acknowledgement.
namespace drdrill::models {

class Postgres final : public PodModel {
 public:
  Postgres(Context& context, Kubernetes& kubernetes);

  void reset();
  void handle(const Event& event);

  void pod_started(PodRef ref) override;
  bool pod_stopping(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;
  bool pod_healthy(PodRef ref) const override;
  void reach_changed() override { update(); }

  /// Does a write through the Service succeed?
  bool writable() const { return clients_connected_; }

  /// What a program in a server's pod answers. Nothing: it takes time; ask `finished` with the
  /// returned ticket.
  struct Answer {
    int exit_status = 0;
    std::string out;
    std::string err;
    bool understood = true;
    bool changed = false;
    Duration takes{};
  };
  Answer psql(PodRef ref, std::string_view sql);
  Answer pg_isready(PodRef ref) const;
  /// The claim behind a server's data was deleted: its data is gone when the pod is.
  void data_lost(std::string_view pod_name);

  /// Looks at Services and servers again: routes, roles and streams follow.
  void update();
  void add_inventory(Inventory& inventory) const;
  void add_ledger(Ledger& ledger, Offset end) const;

 private:
  static constexpr int none = -1;
  struct Server {
    std::string name;  // of the pod; the data outlives pods
    // Of a Deployment, whose pods have no names of their own: the data go with the place.
    const WorkloadModel* deployment = nullptr;
    std::string upstream;  // primary_conninfo: a Service or a pod
    PodRef pod = no_pod;
    SubjectId subject = SubjectId::none;
    bool has_data = true;
    bool standby = false;
    bool up = false;    // accepts connections
    bool clean = true;  // was shut down, not killed
    bool streaming = false;
    bool cloned = false;  // its data is a copy made at this start
    int source = none;    // whom it streams from: connections outlive changes of Services
    int timeline = 0;
    Offset has_until{};  // a standby or a stopped server: holds records acknowledged up to then
    Group work{};
  };
  struct Timeline {
    int parent = none;
    Offset forked_at{};  // holds the parent's records up to then
  };
  struct Written {  // records acknowledged on a timeline
    int timeline = 0;
    Offset from{};
    Offset to{};
  };
  enum class Kind : std::uint16_t { started, promoted, reconnected };

  Server* server_of(PodRef ref);
  const Server* server_of(PodRef ref) const;
  int upstream_of(const Server& server) const;
  bool stream_holds(const Server& server) const;
  void detach(Server& standby, Offset has_until);
  void finish_clone(Server& server);
  bool live_primary(const Server& server) const;
  bool is_reached(const Server& server) const;
  void at(Duration delay, Kind kind, int server);
  void set_route();
  void stop_writing();
  void follow();
  void stopped(Server& server, Ending ending);
  void promoted(int server);
  bool kept(const Written& written, const Server& system, Offset& kept_until, Offset end) const;
  int route() const;

  Context& context_;
  Kubernetes& kubernetes_;
  std::vector<Server> servers_, initial_;
  std::vector<Timeline> timelines_;
  std::vector<Written> written_;
  int write_service_ = kube::no_index;
  int routed_ = none;              // the server that clients are sent to
  bool clients_connected_ = true;  // and their connections work
  Offset writing_since_{};
  Offset routed_since_{};
  Group reconnect_{};
  Draw& replication_lag_;
  Draw& promote_;
  Draw& start_;
  Draw& redo_rate_;
  Draw& shutdown_;
  Draw& reconnect_time_;
  Draw& clone_rate_;
  Draw& attach_;
};

}  // namespace drdrill::models
