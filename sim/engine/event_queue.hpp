#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/engine/event.hpp"

/// The future event set: events in order of time, and among equal times in the order in which they
/// were pushed.
///
/// It is a monotone radix heap. Let `base_` be an instant that nothing pending or still to come
/// lies before. An event waits in the bucket of the highest digit in which its time differs from
/// `base_`, and of the value of that digit; so an earlier bucket holds earlier events, each instant
/// has one bucket, and appending keeps the order of arrival. The earliest bucket is either small,
/// and moves into the sorted `bottom_` from which events are served, or it is spread over the
/// buckets of the lower digits. When too many events are pushed into the stretch that the bottom
/// covers, its later half goes back to the buckets (many events at the same instant would otherwise
/// make it quadratic).
///
/// Memory is taken in chunks that are used again: once as many events have been pending as ever
/// will be, nothing is allocated.
namespace drdrill {

class EventQueue {
 public:
  /// Not earlier than the last popped event, nor than the last limit of a peek that found nothing.
  void push(const Event& event) {
    ++size_;
    if (event.time > covered_) [[likely]] {
      append(event);
      return;
    }
    insert(event);
  }

  /// The earliest event, if it is due by `limit`; it stays valid until the queue changes.
  const Event* peek(Offset limit) {
    if (bottom_size_ == 0 && !refill(limit)) return nullptr;
    const Event& first = bottom_[bottom_size_ - 1];
    return first.time <= limit ? &first : nullptr;
  }

  /// Removes the event that the last peek returned.
  void pop() {
    --bottom_size_;
    --size_;
  }

  /// The time of the earliest event for which `counts` is true; `never` when there is none.
  template <class Predicate>
  Offset earliest(Predicate counts) const;

  /// Removes every event for which `gone` is true; the order of the others stays.
  template <class Predicate>
  void remove_if(Predicate gone);

  std::size_t size() const { return size_; }

  /// Empties the queue and keeps its memory. Nothing will be pushed before `start`.
  void clear(Offset start);

  /// Takes the memory for `events` pending events at once.
  void reserve(std::size_t events);

  EventQueue() { clear(Offset{0}); }

 private:
  static constexpr int digit_bits = 4;
  static constexpr int digits = 1 << digit_bits;
  static constexpr int levels = 64 / digit_bits;
  static constexpr std::size_t chunk_size = 16;
  /// A bucket of at most this many events is sorted as a whole.
  static constexpr std::size_t small = 24;
  static constexpr std::size_t bottom_capacity = 64;
  /// What an overfull bottom keeps.
  static constexpr std::size_t kept = 16;

  struct Chunk {
    std::array<Event, chunk_size> events;
    Chunk* next = nullptr;
  };
  /// A list of chunks, all full but the last.
  struct Bucket {
    Chunk* first = nullptr;
    Chunk* last = nullptr;
    std::size_t size = 0;
  };

  /// Times as unsigned numbers in the same order.
  static std::uint64_t ordinal(Offset time) {
    return static_cast<std::uint64_t>(time.count()) ^ (std::uint64_t{1} << 63);
  }
  static Offset instant(std::uint64_t ordinal) {
    return Offset{static_cast<std::int64_t>(ordinal ^ (std::uint64_t{1} << 63))};
  }

  static std::size_t bucket_index(int level, int digit) {
    return static_cast<std::size_t>(level) * digits + static_cast<std::size_t>(digit);
  }

  void append(const Event& event) {
    const std::uint64_t t = ordinal(event.time);
    const int level = (63 - std::countl_zero((t ^ base_) | 1)) / digit_bits;
    const auto digit = static_cast<int>(t >> (level * digit_bits)) & (digits - 1);
    Bucket& bucket = buckets_[bucket_index(level, digit)];
    const std::size_t place = bucket.size % chunk_size;
    if (place == 0) {
      add_chunk(bucket);
      used_digits_[static_cast<std::size_t>(level)] |= 1U << digit;
      used_levels_ |= 1U << level;
    }
    bucket.last->events[place] = event;
    ++bucket.size;
  }

  void insert(const Event& event);
  bool refill(Offset limit);
  void spill();
  void add_chunk(Bucket& bucket);
  void allocate(std::size_t chunks);
  Chunk* detach(int level, int digit);
  void give_back(Chunk* chunk);
  void take_all(int level, int digit);
  void take_first_chunk(Bucket& bucket);
  void spread(int level, int digit, Offset limit);

  template <class Visit>
  static void visit_events(const Chunk* chunk, std::size_t count, Visit visit) {
    for (std::size_t i = 0; i < count; ++i) {
      visit(chunk->events[i % chunk_size]);
      if (i % chunk_size == chunk_size - 1) chunk = chunk->next;
    }
  }

  std::array<Event, bottom_capacity> bottom_{};  // latest first
  std::size_t bottom_size_ = 0;
  std::size_t size_ = 0;
  Offset covered_{};  // the bottom holds everything that is due by this instant
  std::uint64_t base_ = 0;
  std::uint32_t used_levels_ = 0;
  std::array<std::uint32_t, levels> used_digits_{};
  std::array<Bucket, std::size_t{levels} * digits> buckets_{};
  Chunk* free_ = nullptr;
  std::vector<std::unique_ptr<std::vector<Chunk>>> memory_;
};

template <class Predicate>
Offset EventQueue::earliest(Predicate counts) const {
  for (std::size_t i = bottom_size_; i > 0; --i) {
    if (counts(bottom_[i - 1])) return bottom_[i - 1].time;
  }
  Offset found = never;
  for (std::size_t i = 0; i < buckets_.size() && found == never; ++i) {
    visit_events(buckets_[i].first, buckets_[i].size, [&](const Event& e) {
      if (e.time < found && counts(e)) found = e.time;
    });
  }
  return found;
}

template <class Predicate>
void EventQueue::remove_if(Predicate gone) {
  std::size_t left = 0;
  for (std::size_t i = 0; i < bottom_size_; ++i) {
    if (!gone(bottom_[i])) bottom_[left++] = bottom_[i];
  }
  bottom_size_ = size_ = left;
  for (int level = 0; level < levels; ++level) {
    for (int digit = 0; digit < digits; ++digit) {
      const std::size_t count = buckets_[bucket_index(level, digit)].size;
      if (count == 0) continue;
      Chunk* chunk = detach(level, digit);
      visit_events(chunk, count, [&](const Event& e) {
        if (gone(e)) return;
        append(e);
        ++size_;
      });
      give_back(chunk);
    }
  }
}

}  // namespace drdrill
