#include "sim/engine/station.hpp"

#include <algorithm>
#include <functional>

#include "sim/base/ensure.hpp"

namespace drdrill {
namespace {

Offset later(Offset from, Duration by) {
  return by > never - std::max(from, Offset{0}) ? never : from + by;
}

/// Puts `value` where the earliest was and restores the heap.
void replace_earliest(std::vector<Offset>& heap, Offset value) {
  std::size_t hole = 0;
  for (std::size_t child = 1; child < heap.size(); child = 2 * hole + 1) {
    if (child + 1 < heap.size() && heap[child + 1] < heap[child]) ++child;
    if (value <= heap[child]) break;
    heap[hole] = heap[child];
    hole = child;
  }
  heap[hole] = value;
}

}  // namespace

Station::Station(std::size_t servers, std::size_t room)
    : free_at_(servers, Offset::min()), starts_(room == unbounded ? 0 : room), room_(room) {}

std::optional<Offset> Station::offer(Offset arrival, Duration service) {
  ENSURE(arrival >= last_arrival_, "an arrival came before an earlier one");
  ENSURE(service >= Duration{0}, "a service takes negative time");
  last_arrival_ = arrival;
  if (free_at_.empty()) return std::nullopt;
  const Offset start = std::max(arrival, free_at_.front());
  if (start > arrival && room_ != unbounded) {
    if (waiting(arrival) == room_) return std::nullopt;
    starts_[(first_ + waiting_++) % room_] = start;
  }
  const Offset end = later(start, service);
  replace_earliest(free_at_, end);
  return end;
}

Duration Station::wait(Offset now) const {
  if (free_at_.empty()) return never;
  return free_at_.front() <= now ? Duration{0} : free_at_.front() - now;
}

std::size_t Station::busy(Offset now) const {
  return static_cast<std::size_t>(
      std::count_if(free_at_.begin(), free_at_.end(), [now](Offset t) { return t > now; }));
}

std::size_t Station::waiting(Offset now) {
  while (waiting_ > 0 && starts_[first_] <= now) {
    first_ = (first_ + 1) % room_;
    --waiting_;
  }
  return waiting_;
}

void Station::resize(std::size_t servers, Offset now) {
  while (free_at_.size() > servers) {
    std::pop_heap(free_at_.begin(), free_at_.end(), std::greater<>{});
    free_at_.pop_back();
  }
  while (free_at_.size() < servers) {
    free_at_.push_back(now);
    std::push_heap(free_at_.begin(), free_at_.end(), std::greater<>{});
  }
}

void Station::reset() {
  std::fill(free_at_.begin(), free_at_.end(), Offset::min());
  first_ = waiting_ = 0;
  last_arrival_ = Offset::min();
}

}  // namespace drdrill
