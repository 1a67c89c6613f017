#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/context.hpp"
#include "models/pod_model.hpp"
#include "models/redis_config.hpp"
#include "models/redis_writes.hpp"

/// What a Redis Cluster is made of. Private to redis*.cpp.
namespace drdrill::models::redis {

inline constexpr int none = -1;

/// What happens by the clock of Redis.
enum class Kind : std::uint16_t {
  listens,
  loaded,
  writable,
  detected,
  elected,
  forgiven,
  noticed,
  lacking,
  met,
  handed_over,
  replicates,
  covers,
  told,
  looked_at,
  ends,
  saves,
  copied,
};

/// Who a server is to the others: CLUSTER RESET HARD or the loss of nodes.conf make a new one.
struct Identity {
  int server = none;
  int master = none;  // whom it replicates; none: it is a master
  std::uint64_t epoch = 0;
  bool detecting = false;
  bool failed = false;
  Offset silent_since{};
  Offset failed_at{};
  std::string id;
  Group timer{};
};

/// Writes of another installation, from a snapshot.
struct Held {
  int cluster = 0;
  Offset until{};
  double filled = 1;  // the share of the range's keys that it brought
};

/// What a server knows of a range of slots, and what it has of it.
struct Share {
  int owner = none;      // by its nodes.conf
  int holes = 0;         // slots that the owner does not own, having no key in them
  bool present = false;  // there are data
  Offset has{};          // up to which acknowledgement
  // When it began empty; Offset::min(): it goes back to before the drill.
  Offset began = Offset::min();
  std::vector<Held> foreign;
};

/// A slot that is being moved, as one server knows it: to or from another one.
struct OpenSlot {
  int slot = 0;
  int other = none;  // an identity
  bool migrating = false;
};

struct Timers {
  Group work{};
  Group minority{};
  Group replicas{};
};

struct Masters {
  int all = 0;      // that own slots
  int reached = 0;  // of them
};

struct Server {
  int cluster = 0;   // where its pod is
  std::string name;  // of the pod
  PodRef pod = no_pod;
  SubjectId subject = SubjectId::none;
  int home = 0;  // the shard it belongs to at first
  bool first_master = false;
  bool up = false;        // the process runs and has loaded its data
  Offset listens_at{};    // its port is open from then on, also while it loads
  bool writable = false;  // and has waited for the others, as a master does
  bool minority = false;  // has noticed that most masters are out of reach
  bool noticing = false;
  bool lacks_replicas = false;  // fewer than min-replicas-to-write, for longer than the lag allowed
  bool counting = false;
  bool no_room = false;  // on its volume
  bool refuses = false;  // writes, for want of it
  bool has_conf = true;  // nodes.conf is on the disk
  int identity = none;
  int following = none;  // the server whose data it receives
  int copying = none;    // the one that it is being copied from, until copied_at
  Offset copied_at{};
  int history = none;  // whose writes its data are, one after the other (the replication id)
  Offset saved_at = Offset::min();  // its newest snapshot that somebody asked for
  // Clients are made to wait: a failover by hand, SAVE.
  Offset blocked_since{};
  Offset blocked_until{};
  Offset told_at{};  // until then the others have not heard which slots it was given
  std::optional<Offset> detached_at;  // nothing: not since it started or was a master
  std::string volume;                 // that its data lie on
  int group = none;                   // servers of one group are linked
  std::string ip;                     // of the process
  Config config;
  std::vector<std::string> address;   // nodes.conf, by identity: the last one; "" when unknown
  std::vector<Offset> forgets_until;  // by identity: CLUSTER FORGET
  std::vector<Share> shares;          // by range
  std::vector<OpenSlot> open;
  Group work{};
  Group minority_timer{};
  Group replicas_timer{};
};

/// A value that somebody wrote by hand; without one the key was deleted.
struct Written {
  std::string key;
  std::optional<std::string> value;
  Offset at{};
};

/// Slots that have one owner, and what they acknowledged.
struct Range {
  int first = 0;
  int last = 0;
  int shard = 0;      // that it belongs to at first
  int server = none;  // who serves it now
  Offset since{};
  std::vector<Held> foreign;
  SlotWrites writes;  // before `since`

  int slots() const { return last - first + 1; }
};

}  // namespace drdrill::models::redis
