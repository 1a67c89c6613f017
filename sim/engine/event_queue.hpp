#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/engine/bottom.hpp"
#include "sim/engine/event.hpp"

/// The future event set: events in order of time, and among equal times in the order in which they
/// were pushed.
///
/// It is a monotone radix heap whose digits are as wide as the events ask for. Let `base_` be an
/// instant that nothing pending or still to come lies before. An event waits in the bucket of the
/// highest digit in which its time differs from `base_`, and of the value of that digit; so an
/// earlier bucket holds earlier events, each instant has one bucket, and appending keeps the order
/// of arrival. An earliest bucket with few events becomes the sorted `run_`; one with many is
/// spread over the buckets of the lower digits, which are all empty then and can be divided anew.
///
/// What is pushed into the stretch of time that the run covers goes to the bottom, and events are
/// served from whichever of the two is due first. When the bottom is full, its later half and what
/// the run has beyond go back to the buckets.
///
/// Memory is taken in chunks, twice as many each time, and used again, so that a steady state comes
/// to need no more; after reserve nothing is allocated for certain.
namespace drdrill {

class EventQueue {
 public:
  EventQueue();

  /// Not earlier than the last popped event, nor than the last limit of a peek that found nothing.
  void push(const Event& event) {
    if (event.time <= covered_) {
      if (bottom_.full()) [[unlikely]]
        spill();
      if (event.time <= covered_) [[likely]] {
        bottom_.insert(event);
        return;
      }
    }
    append(event);
  }

  /// The earliest event, if it is due by `limit`; it stays valid until the queue changes.
  const Event* peek(Offset limit) {
    if (run_next_ == run_end_ && bottom_.empty() && !refill(limit)) return nullptr;
    // Both can be read even when there is none. No branch on which is earlier: it would often be
    // mispredicted. Of equal times, the run has what was pushed first.
    const Event* run = run_[run_next_];
    const Event* bottom = &bottom_.first();
    const bool run_is_due = run->time <= bottom->time;
    from_run_ = (run_next_ != run_end_) & (bottom_.empty() | run_is_due);
    const Event* first = from_run_ ? run : bottom;
    return first->time <= limit ? first : nullptr;
  }

  /// Removes the event that the last peek returned.
  void pop() {
    run_next_ += from_run_ ? 1U : 0U;
    bottom_.pop(from_run_ ? 0U : 1U);
  }

  /// Visits the events that the last peek put in order, if it did: the next few but for those that
  /// are still to be pushed.
  template <class Visit>
  void visit_new_run(Visit visit) {
    if (!std::exchange(run_is_new_, false)) return;
    for (std::size_t i = run_next_; i < run_end_; ++i) visit(*run_[i]);
  }

  /// The time of the earliest event for which `counts` is true; `never` when there is none.
  template <class Predicate>
  Offset earliest(Predicate counts) const;

  /// Removes every event for which `gone` is true; the order of the others stays.
  template <class Predicate>
  void remove_if(Predicate gone);

  std::size_t size() const { return waiting_ + (run_end_ - run_next_) + bottom_.size(); }

  /// Empties the queue and keeps its memory. Nothing will be pushed before `start`.
  void clear(Offset start);

  /// Takes all the memory that `events` pending events can ever need, whatever their times.
  void reserve(std::size_t events);

 private:
  // The figures below do not change the order of events, only how long it takes. In the hold model
  // with 10 to 10^6 events, widest digits of 8 and 10 bits and 16 and 32 wanted events are no
  // better, chunks of 8 and runs of 16 worse by a tenth; the other figures were not searched.

  /// Widths of a digit in bits, and of those of a time that nothing is known about yet.
  static constexpr int min_width = 4;
  static constexpr int max_width = 9;
  static constexpr int first_width = 8;
  /// Each spread uses up at least min_width bits of a time, so there is always a level below.
  static constexpr std::size_t levels = 64 / min_width;
  static constexpr std::size_t digits = std::size_t{1} << max_width;
  static constexpr std::size_t all_buckets = levels * digits;
  static constexpr std::size_t word_bits = 64;
  static constexpr std::size_t words = all_buckets / word_bits;

  static constexpr std::size_t chunk_size = 16;
  /// A bucket of at most this many events is sorted as a whole, in time quadratic in its size but
  /// without a branch on the times.
  static constexpr std::size_t run_capacity = 32;
  /// How many events a spread would like to find in a bucket where they are dense: 12 to 24, for a
  /// width is a power of two.
  static constexpr double wanted_in_bucket = 24;
  /// What a full bottom keeps when it spills.
  static constexpr std::size_t kept_at_most = Bottom::capacity / 2;

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
  /// Where a digit begins: its first bucket, and its lowest bit.
  struct Digit {
    std::uint32_t first_bucket = 0;
    std::uint32_t shift = 0;
  };

  /// Times as unsigned numbers in the same order.
  static std::uint64_t ordinal(Offset time) {
    return static_cast<std::uint64_t>(time.count()) ^ (std::uint64_t{1} << 63);
  }
  static Offset instant(std::uint64_t ordinal) {
    return Offset{static_cast<std::int64_t>(ordinal ^ (std::uint64_t{1} << 63))};
  }
  /// The bits of a time below the digit that `bucket` belongs to.
  std::uint64_t low_mask(std::size_t bucket) const {
    return (std::uint64_t{1} << shifts_[bucket / digits]) - 1;
  }

  void append(const Event& event) {
    const std::uint64_t t = ordinal(event.time);
    const auto highest = static_cast<std::size_t>(63 - std::countl_zero((t ^ base_) | 1));
    const Digit digit = digit_of_bit_[highest];
    // A digit narrower than the widest takes along bits above it, which all events of the level
    // have in common with the base.
    const std::size_t index = digit.first_bucket + (t >> digit.shift) % digits;
    Bucket& bucket = buckets_[index];
    const std::size_t place = bucket.size % chunk_size;
    if (place == 0) add_chunk(index);
    bucket.last->events[place] = event;
    ++bucket.size;
    ++waiting_;
  }

  bool refill(Offset limit);
  void take_all(std::size_t index);
  void take_first_chunk(std::size_t index);
  void spread(std::size_t index, Offset limit);
  void divide(std::size_t level, int bits, int width);
  void spill();
  std::size_t first_used() const;
  Bucket detach(std::size_t index);
  void add_chunk(std::size_t index);
  void give_back(Chunk* chunk);
  void drop_run();
  void allocate(std::size_t chunks);

  template <class Visit>
  static void visit_events(const Bucket& bucket, Visit visit) {
    const Chunk* chunk = bucket.first;
    for (std::size_t left = bucket.size; left > 0; chunk = chunk->next) {
      const std::size_t here = left < chunk_size ? left : chunk_size;
      for (std::size_t i = 0; i < here; ++i) visit(chunk->events[i]);
      left -= here;
    }
  }

  /// Visits the events of a detached bucket; each chunk can be used again as soon as it is read.
  template <class Visit>
  void consume(Bucket bucket, Visit visit) {
    while (bucket.first != nullptr) {
      Chunk* chunk = bucket.first;
      bucket.first = chunk->next;
      const std::size_t here = bucket.size < chunk_size ? bucket.size : chunk_size;
      for (std::size_t i = 0; i < here; ++i) visit(chunk->events[i]);
      bucket.size -= here;
      chunk->next = nullptr;
      give_back(chunk);
    }
  }

  /// The numbers of the buckets in use, in order of time. `visit` may empty or fill the bucket that
  /// it is called with.
  template <class Visit>
  void visit_used(Visit visit) const {
    for (std::size_t word = 0; word < words; ++word) {
      for (std::uint64_t left = used_[word]; left != 0; left &= left - 1) {
        visit(word * word_bits + static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
  }

  std::size_t run_next_ = 0;
  std::size_t run_end_ = 0;
  bool from_run_ = false;    // where the last peek found its event
  bool run_is_new_ = false;  // nobody has visited it
  Bottom bottom_;
  Offset covered_{};  // run and bottom hold everything that is due by this instant
  std::uint64_t base_ = 0;
  std::size_t waiting_ = 0;                           // in buckets
  std::array<const Event*, run_capacity + 1> run_{};  // never null; the last is never due
  Chunk* run_chunks_ = nullptr;                       // where the events of the run are
  std::array<Digit, 64> digit_of_bit_{};              // for each bit of a time
  std::array<std::uint32_t, levels> shifts_{};        // the lowest bit of each level's digit
  std::array<std::uint64_t, words / word_bits> used_words_{};  // a bit for each word of used_
  std::array<std::uint64_t, words> used_{};                    // a bit for each bucket
  std::vector<Bucket> buckets_;                                // of the lowest level first
  Chunk* free_ = nullptr;
  std::size_t chunks_ = 0;  // all there are
  std::vector<std::unique_ptr<std::vector<Chunk>>> memory_;
};

template <class Predicate>
Offset EventQueue::earliest(Predicate counts) const {
  Offset found = never;
  for (std::size_t i = 0; i < bottom_.size() && found == never; ++i) {
    if (counts(bottom_[i])) found = bottom_[i].time;
  }
  for (std::size_t i = run_next_; i < run_end_ && run_[i]->time < found; ++i) {
    if (counts(*run_[i])) found = run_[i]->time;
  }
  visit_used([&](std::size_t index) {
    if (found != never) return;  // in an earlier bucket, or before all buckets
    visit_events(buckets_[index], [&](const Event& e) {
      if (e.time < found && counts(e)) found = e.time;
    });
  });
  return found;
}

template <class Predicate>
void EventQueue::remove_if(Predicate gone) {
  std::size_t left = run_next_;
  for (std::size_t i = run_next_; i < run_end_; ++i) {
    if (!gone(*run_[i])) run_[left++] = run_[i];
  }
  run_end_ = left;
  const Bottom before = bottom_;
  bottom_.clear();
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!gone(before[i])) bottom_.insert(before[i]);
  }
  // Base and digits stay, so what is left of a bucket goes back to the same one.
  visit_used([&](std::size_t index) {
    consume(detach(index), [&](const Event& e) {
      if (!gone(e)) append(e);
    });
  });
}

}  // namespace drdrill
