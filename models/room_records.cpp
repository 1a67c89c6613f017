#include "models/room_records.hpp"

#include <algorithm>

#include "models/redis_slots.hpp"
#include "sim/drill/sfu_server.hpp"

namespace drdrill::models {

RoomRecords::RoomRecords(const Context& context, Sites& sites, const Dns& dns)
    : sites_(sites), dns_(dns), rooms_slot_(slot_of_key("rooms")) {
  for (const WorkloadModel& workload : context.spec.workloads)
    by_livekit_ = by_livekit_ && !is_janus(workload);
  const LoadSpec& load = context.spec.load;
  for (int meeting = 0; meeting < load.meetings; ++meeting)
    participants_slots_.push_back(
        slot_of_key("room_participants:meeting-" + std::to_string(meeting + 1)));
  rooms_.resize(participants_slots_.size());
  participants_.resize(rooms_.size() * static_cast<std::size_t>(load.participants_per_meeting));
}

void RoomRecords::reset() {
  std::fill(rooms_.begin(), rooms_.end(), Record{});
  std::fill(participants_.begin(), participants_.end(), Record{});
  rooms_lost_ = participants_lost_ = Tally{};
}

void RoomRecords::Tally::add(Offset written) {
  first = std::min(first, written);
  last = std::max(last, written);
  ++count;
}

bool RoomRecords::in_redis(const Record& record) const {
  return by_livekit_ && sites_[record.cluster].redis.exists();
}

/// A Janus server knows nothing of the rooms of another.
bool RoomRecords::is_elsewhere(const Record& record, PodRef node) const {
  return !by_livekit_ && record.node != node;
}

bool RoomRecords::kept(const Record& record, int slot, int seen_from) const {
  return !in_redis(record) ||
         sites_[record.cluster].redis.kept(slot, record.written, sites_[seen_from].redis);
}

/// What is written over was lost if it had gone before, or was on another node.
void RoomRecords::replace(Record& record, int slot, Tally& lost, const Record& by) {
  const int seen_from = by.cluster == nowhere ? dns_.in_use() : by.cluster;
  const bool left_behind =
      record.cluster != nowhere && by.node != no_pod && is_elsewhere(record, by.node);
  if (record.cluster != nowhere && (left_behind || !kept(record, slot, seen_from)))
    lost.add(record.written);
  record = by;
}

void RoomRecords::had_joined(std::uint32_t who, int meeting, PodRef node, Offset when) {
  Record& room = rooms_[static_cast<std::size_t>(meeting)];
  participants_[who] = {0, meeting, when, node};
  if (room.cluster == nowhere || when < room.written) room = participants_[who];
}

void RoomRecords::joined(std::uint32_t who, int meeting, PodRef node, Offset when) {
  const Record fresh{node.cluster, meeting, when, node};
  Record& room = rooms_[static_cast<std::size_t>(meeting)];
  const bool found =
      room.cluster != nowhere && !is_elsewhere(room, node) && kept(room, rooms_slot_, node.cluster);
  if (!found) replace(room, rooms_slot_, rooms_lost_, fresh);
  replace(participants_[who], slot_of(fresh, false), participants_lost_, fresh);
}

void RoomRecords::left(std::uint32_t who) {
  Record& record = participants_[who];
  replace(record, slot_of(record, false), participants_lost_, Record{});
}

void RoomRecords::node_ended(std::uint32_t who) {
  Record& record = participants_[who];
  if (record.cluster == nowhere || in_redis(record)) return;
  Record& room = rooms_[static_cast<std::size_t>(record.meeting)];
  if (room.node == record.node && room.cluster != nowhere) {
    rooms_lost_.add(room.written);
    room = Record{};
  }
  participants_lost_.add(record.written);
  record = Record{};
}

LedgerStream RoomRecords::stream_of(const char* name, const Tally& lost,
                                    const std::vector<Record>& records, bool rooms) const {
  Tally kept_now, gone = lost;
  for (const Record& record : records) {
    if (record.cluster == nowhere) continue;
    (kept(record, slot_of(record, rooms), dns_.in_use()) ? kept_now : gone).add(record.written);
  }
  LedgerStream stream{ComponentId::livekit_sfu, name, {}};
  if (kept_now.count > 0)
    stream.runs.push_back({kept_now.first, kept_now.last, kept_now.count, Fate::kept});
  if (gone.count > 0) stream.runs.push_back({gone.first, gone.last, gone.count, Fate::lost});
  std::sort(stream.runs.begin(), stream.runs.end(),
            [](const LedgerRun& a, const LedgerRun& b) { return a.first < b.first; });
  return stream;
}

void RoomRecords::add_ledger(Ledger& ledger) const {
  ledger.streams.push_back(stream_of("room records", rooms_lost_, rooms_, true));
  ledger.streams.push_back(
      stream_of("participant records", participants_lost_, participants_, false));
}

}  // namespace drdrill::models
