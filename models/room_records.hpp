#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/context.hpp"
#include "models/dns.hpp"
#include "models/sites.hpp"
#include "sim/drill/ledger.hpp"

/// What LiveKit keeps in Redis: a record of each room, all of them in the hash "rooms", and one of
/// each participant in the hash "room_participants:ROOM" (livekit v1.13.5 redisstore.go). They are
/// written when somebody joins. Whether they are still there is Redis' to say; a room whose record
/// is gone is made anew, empty, by the next who joins. Without Redis, and with Janus, rooms are in
/// the memory of their node: they end with it, and are made anew, empty, on another.
namespace drdrill::models {

class RoomRecords {
 public:
  RoomRecords(const Context& context, Sites& sites, const Dns& dns);

  void reset();
  /// Had joined when the drill began.
  void had_joined(std::uint32_t who, int meeting, PodRef node, Offset when);
  void joined(std::uint32_t who, int meeting, PodRef node, Offset when);
  void left(std::uint32_t who);
  /// The node that somebody's media went through has ended.
  void node_ended(std::uint32_t who);
  void add_ledger(Ledger& ledger) const;

 private:
  static constexpr int nowhere = -1;
  struct Record {
    int cluster = nowhere;  // whose Redis has it
    int meeting = 0;
    Offset written{};
    PodRef node = no_pod;  // whose media went through it
  };
  struct Tally {  // records of one fate
    Offset first = never;
    Offset last = Offset::min();
    std::uint64_t count = 0;
    void add(Offset written);
  };

  bool in_redis(const Record& record) const;
  bool is_elsewhere(const Record& record, PodRef node) const;
  /// For who is sent to this cluster.
  bool kept(const Record& record, int slot, int seen_from) const;
  void replace(Record& record, int slot, Tally& lost, const Record& by);
  LedgerStream stream_of(const char* name, const Tally& lost, const std::vector<Record>& records,
                         bool rooms) const;
  int slot_of(const Record& record, bool room) const {
    return room ? rooms_slot_ : participants_slots_[static_cast<std::size_t>(record.meeting)];
  }

  Sites& sites_;
  const Dns& dns_;
  bool by_livekit_ = true;
  int rooms_slot_ = 0;
  std::vector<int> participants_slots_;  // by meeting
  std::vector<Record> rooms_;            // by meeting
  std::vector<Record> participants_;
  Tally rooms_lost_;
  Tally participants_lost_;
};

}  // namespace drdrill::models
