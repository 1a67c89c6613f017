#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "sim/engine/event.hpp"

/// The few events that are due next, in order of time and, among equal times, of insertion.
///
/// Events stay in the slot that they were put into. One 64-bit word says in which order to take
/// them, four bits for each of the 16 slots: from the earliest on, then the free ones. So an
/// insertion is a count of the events that come before and a few shifts, and nothing in it branches
/// on how the times compare: a sorted array or a heap pays a mispredicted branch there.
namespace drdrill {

class Bottom {
 public:
  static constexpr std::size_t capacity = 16;

  Bottom() { clear(); }

  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == capacity; }
  std::size_t size() const { return size_; }

  /// The ith in order, and the first; what a slot held before when there are not so many.
  const Event& operator[](std::size_t i) const { return events_[slot_at(i)]; }
  const Event& first() const { return events_[order_ % capacity]; }

  /// Not when full, and not before an event that has been popped since the last clear.
  void insert(const Event& event) {
    const std::size_t slot = order_ >> (slot_bits * (capacity - 1));
    if (slot >= reach_) reach_ += block;
    // A free slot has the time of an event that was popped, or the earliest there is, so it counts
    // among those that come before.
    std::size_t before = size_ - reach_;
    for (std::size_t i = 0; i < reach_; i += block) {
      std::size_t here = 0;
#pragma GCC unroll 4
      for (std::size_t j = 0; j < block; ++j) here += times_[i + j] <= event.time ? 1U : 0U;
      before += here;
    }
    const std::size_t shift = slot_bits * before;
    const std::uint64_t later = order_ & (~std::uint64_t{0} << shift);
    order_ = (order_ ^ later) | slot << shift | later << slot_bits;
    times_[slot] = event.time;
    events_[slot] = event;
    ++size_;
  }

  /// Removes the first `count` events, 0 or 1.
  void pop(std::size_t count = 1) {
    order_ = std::rotr(order_, static_cast<int>(slot_bits * count));
    size_ -= count;
  }

  /// Forgets all but the earliest `left` events.
  void truncate(std::size_t left) {
    for (; size_ > left; --size_) times_[slot_at(size_ - 1)] = Offset::min();
  }

  /// When empty: only as many slots are looked at as have been needed since.
  void compact() {
    order_ = slots_in_order;
    reach_ = 0;
  }

  /// Empties it; what comes next may be earlier than what has been popped.
  void clear() {
    times_.fill(Offset::min());
    size_ = 0;
    compact();
  }

 private:
  static constexpr std::size_t slot_bits = 4;
  /// Slots are compared four at a time: one 256-bit vector of times.
  static constexpr std::size_t block = 4;
  /// All are free, and the free slot to use next is in the highest four bits: 0, 1, 2...
  static constexpr std::uint64_t slots_in_order = 0x0123456789abcdefU;

  std::size_t slot_at(std::size_t i) const {
    return (order_ >> (slot_bits * i)) % capacity;
  }

  std::size_t size_ = 0;
  std::size_t reach_ = 0;  // slots from here on are not in use
  std::uint64_t order_ = slots_in_order;
  alignas(32) std::array<Offset, capacity> times_;
  std::array<Event, capacity> events_{};
};

}  // namespace drdrill
