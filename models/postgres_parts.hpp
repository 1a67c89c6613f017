#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/kubernetes.hpp"

/// What an installation of PostgreSQL consists of: values that the files postgres*.cpp share.
namespace drdrill::models::postgres {

constexpr int none = -1;
constexpr double segment_bytes = 16.0 * 1024 * 1024;  // of WAL
constexpr std::string_view data_folder = "/var/lib/postgresql/data";

/// Of a server that clients still wait for an answer of.
struct Silence {
  int server = none;
  Offset since{};
  Offset heard_since{};
  bool acknowledges = false;  // its machine is there: only the program stands still
  bool same_process = true;   // it has not ended since
  Duration patience{};
  Group timer{};
};

/// A part of the connections that go the same way, to one server: a Service that leads to several
/// spreads them evenly. A slot without weight is free.
struct Leg {
  double weight = 0;         // of all connections of the route
  int server = none;         // that they go to, or will once they have given up another one
  bool connected = false;    // and they work
  bool acknowledged = true;  // commits there do not wait for a standby that is not there
  Offset writing_since{};
  Offset since{};  // there is somebody to go to
  Silence silence;
  Group reconnect{};
};

/// How the clients of one cluster come to a server: through a Service.
struct Route {
  int at = 0;  // the cluster whose Service it is
  std::string service;
  double share = 0;  // of all clients
  std::vector<Leg> legs;
};

/// What a data directory makes of a start.
struct Start {
  std::string fatal;
  bool recovers = false;
  bool promotes = false;
  bool follows = false;  // as a standby
  std::string upstream;
  int timeline = 0;
  Offset until{};
  double wal_bytes = 0;
  Duration replay{};
};

/// What a commit waits for.
struct Commits {
  SynchronousStandbys standbys;
  SynchronousCommit level = SynchronousCommit::on;
};

/// A stream that nobody ended: each end waits for its timeout until it takes the other for gone.
struct Unheard {
  int source = none;
  int source_life = 0, life = 0;  // the two processes that it was between
  Offset source_waits_until{};    // wal_sender_timeout: until then a commit may wait for it
  Offset waits_until{};           // wal_receiver_timeout
};

/// Records come to a standby faster than they are made, until it lacks none.
struct CatchUp {
  Offset from{}, to{};
  Offset has_until{};  // at `from`
};

/// A replication slot.
struct Slot {
  std::string name;
  std::optional<Offset> from{};  // it keeps WAL from there on; nothing: it is in use, or was never
  bool active = false;
};

/// For a new page or file of data, and of WAL.
struct Room {
  bool data = true;
  bool wal = true;
  bool operator==(const Room&) const = default;
};

/// What a server makes of the volumes that it writes to: postgres_disk.cpp.
struct Disk {
  Room room;
  bool fails = false;              // writes end with an error: a table needs a page
  std::uint64_t time = 0;          // goes up with every change: what was to follow does not
  std::optional<Offset> panicked;  // then; nobody can log in since
  Duration round{};                // how long recovery takes
  bool again = false;              // and it fails, and begins again

  /// As a new process knows it.
  void begin() {
    const std::uint64_t next = time + 1;
    *this = Disk();
    time = next;
  }
};

struct Server {
  int cluster = 0;
  std::string name;  // of the pod; the data outlives pods
  // Of a Deployment, whose pods have no names of their own: the data go with the place.
  const WorkloadModel* deployment = nullptr;
  std::string upstream;       // primary_conninfo: a Service or a pod
  std::string next_upstream;  // what the next reload brings
  PodRef pod = no_pod;
  SubjectId subject = SubjectId::none;
  bool has_data = true;
  bool scratch = false;  // beside the system: what it holds is nobody's
  bool standby = false;
  bool up = false;      // runs, its start and redo over
  bool ending = false;  // shuts down: nobody is let in
  bool clean = true;    // was shut down, not killed
  bool streaming = false;
  bool cloned = false;            // its data is a copy made at this start
  bool emptied = false;           // it made itself new, empty databases at this start
  std::optional<Start> recovery;  // under way
  std::string archive;            // where its WAL goes: a key of Volumes; empty: nowhere
  Duration archive_timeout{};
  Offset switched_at{};       // one of its segments ended then, and one a period later, and so on;
  Offset switches_at{never};  // from here on counted from here: a base backup ends
  // pg_rewind can tell its pages apart, may fetch WAL, keeps so many bytes of it.
  bool hints = false;
  bool restores = false;
  double wal_kept = 0;
  double max_wal = 0;
  double buffers = 0;     // shared_buffers, in bytes
  Offset checkpointed{};  // the control file tells the timeline from here on
  Duration checkpoint_every{};
  Offset checkpoint_phase{};        // one of its checkpoints began then; the first of this process,
  bool checkpoints_before = false;  // or not
  Offset serves_from{}, ended_before{};  // since then as now; where its WAL ended before
  std::string log;
  std::string refusal_text;
  SubjectId refusal = SubjectId::none;
  int source = none;  // whom it streams from: connections outlive changes of Services
  int life = 0;       // goes up with every process
  Unheard unheard;
  CatchUp catch_up;
  Disk disk;
  std::vector<Slot> slots;
  double slot_kept = -1;  // max_slot_wal_keep_size, in bytes; below 0: no limit
  Offset stopped_at{};
  Duration down_for{};    // before its latest start
  Offset starts_since{};  // it has been starting since then
  Offset tries_from{};    // it asks for a stream then, and every wal_retrieve_retry_interval after
  Offset asked_for{};     // the next of these that it is looked at for
  bool refused = false;   // it was told that the WAL which it lacks is gone
  int timeline = 0;
  Duration promotion{};  // how long the latest one took
  Offset has_until{};    // a standby or a stopped server: holds records acknowledged up to then
  Group work{};
  Commits commits{}, configured{};  // what is in force; what the next reload brings
  std::uint64_t confirming = 0;     // a bit for each standby that lacks no acknowledged commit
};

struct Timeline {
  int parent = none;
  Offset forked_at{};  // holds the parent's records up to then
};

/// Records acknowledged on a timeline.
struct Written {
  int timeline = 0;
  Offset from{};
  Offset to{};
  bool served = true;  // the API could use the databases
  double share = 1;    // of all clients
};

/// A part of a server's history.
struct Held {
  int timeline = 0;
  Offset until{};
};

/// Rows that were deleted on a timeline.
struct Damage {
  int timeline = 0;
  Offset at{};
  std::vector<Offset> restored_until;  // by database; Offset::min(): not restored
};

/// What a manager knows of who leads: postgres_manager.cpp.
struct Lead {
  int leader = none;       // has the lock; none: it is free
  int last_leader = none;  // whoever had it before
  int elected = none;      // is about to take it, or to be promoted
  bool missed = false;     // the leader does not renew it
  Offset missed_since{};
  Offset known_until{};  // what it had written by then is known
  Offset phase{};        // one of the leader's looks
  Duration looked{};     // until the one that is elected looked
  Group over{}, demotion{};

  /// Of which Kubernetes cluster the members are.
  int cluster(const std::vector<Server>& servers) const {
    const int one = leader != none ? leader : last_leader;
    return one == none ? none : servers[static_cast<std::size_t>(one)].cluster;
  }
};

/// A dump that is being restored.
struct Load {
  int server = none;
  std::size_t database = 0;
  int source = 0;  // the timeline that it was taken from
  Offset until{};
  int into = none;  // the timeline that has its rows, once they are loaded
};

}  // namespace drdrill::models::postgres
