#include "sim/engine/event_queue.hpp"

#include <algorithm>

namespace drdrill {

void EventQueue::insert(const Event& event) {
  if (bottom_size_ == bottom_capacity) {
    spill();
    if (event.time > covered_) {
      append(event);
      return;
    }
  }
  std::size_t i = bottom_size_++;
  for (; i > 0 && bottom_[i - 1].time <= event.time; --i) bottom_[i] = bottom_[i - 1];
  bottom_[i] = event;
}

void EventQueue::spill() {
  // The bottom is latest first, so what goes back are its first elements. The base stays: it must
  // not pass what may still be pushed.
  const std::size_t out = bottom_capacity - kept;
  covered_ = bottom_[out - 1].time - Offset{1};
  for (std::size_t i = out; i > 0; --i) append(bottom_[i - 1]);
  std::copy(bottom_.begin() + out, bottom_.end(), bottom_.begin());
  bottom_size_ = kept;
}

bool EventQueue::refill(Offset limit) {
  while (used_levels_ != 0) {
    const int level = std::countr_zero(used_levels_);
    const int digit = std::countr_zero(used_digits_[static_cast<std::size_t>(level)]);
    Bucket& bucket = buckets_[bucket_index(level, digit)];
    if (bucket.size <= small) {
      take_all(level, digit);
      return true;
    }
    if (level == 0) {
      take_first_chunk(bucket);
      return true;
    }
    const int shift = level * digit_bits;
    const std::uint64_t low_mask = (std::uint64_t{1} << shift) - 1;
    const std::uint64_t start = ordinal(bucket.first->events[0].time) & ~low_mask;
    if (instant(start) > limit) return false;
    spread(level, digit, limit);
  }
  return false;
}

void EventQueue::take_all(int level, int digit) {
  const std::size_t count = buckets_[bucket_index(level, digit)].size;
  Chunk* chunk = detach(level, digit);
  const std::uint64_t low_mask = (std::uint64_t{1} << (level * digit_bits)) - 1;
  covered_ = used_levels_ == 0 ? never : instant(ordinal(chunk->events[0].time) | low_mask);
  std::array<Offset, small> times;
  std::size_t n = 0;
  visit_events(chunk, count, [&](const Event& e) { times[n++] = e.time; });
  n = 0;
  visit_events(chunk, count, [&](const Event& e) {
    // How many come before this one: counting is quicker than sorting here, because it does not
    // branch on the times.
    std::size_t before = 0;
    for (std::size_t i = 0; i < n; ++i) before += times[i] <= e.time ? 1U : 0U;
    for (std::size_t i = n + 1; i < count; ++i) before += times[i] < e.time ? 1U : 0U;
    bottom_[count - 1 - before] = e;
    ++n;
  });
  bottom_size_ = count;
  give_back(chunk);
}

void EventQueue::take_first_chunk(Bucket& bucket) {
  // All events of the bucket are due at the same instant; those left are behind these in line.
  Chunk* chunk = bucket.first;
  bucket.first = chunk->next;
  bucket.size -= chunk_size;
  covered_ = chunk->events[0].time - Offset{1};
  std::copy(chunk->events.rbegin(), chunk->events.rend(), bottom_.begin());
  bottom_size_ = chunk_size;
  chunk->next = nullptr;
  give_back(chunk);
}

void EventQueue::spread(int level, int digit, Offset limit) {
  const std::size_t count = buckets_[bucket_index(level, digit)].size;
  Chunk* chunk = detach(level, digit);
  Offset first = limit;
  visit_events(chunk, count, [&](const Event& e) { first = std::min(first, e.time); });
  base_ = ordinal(first);
  visit_events(chunk, count, [this](const Event& e) { append(e); });
  give_back(chunk);
}

EventQueue::Chunk* EventQueue::detach(int level, int digit) {
  Bucket& bucket = buckets_[bucket_index(level, digit)];
  Chunk* chunk = bucket.first;
  bucket = {};
  auto& used = used_digits_[static_cast<std::size_t>(level)];
  used &= ~(1U << digit);
  if (used == 0) used_levels_ &= ~(1U << level);
  return chunk;
}

void EventQueue::add_chunk(Bucket& bucket) {
  if (free_ == nullptr) allocate(std::max<std::size_t>(8, size_ / chunk_size));
  Chunk* chunk = free_;
  free_ = chunk->next;
  chunk->next = nullptr;
  (bucket.size == 0 ? bucket.first : bucket.last->next) = chunk;
  bucket.last = chunk;
}

void EventQueue::give_back(Chunk* chunk) {
  while (chunk != nullptr) {
    Chunk* next = chunk->next;
    chunk->next = free_;
    free_ = chunk;
    chunk = next;
  }
}

void EventQueue::reserve(std::size_t events) {
  // The last chunk of each bucket in use may be all but empty.
  allocate(events / chunk_size + std::min(events, buckets_.size()));
}

void EventQueue::allocate(std::size_t chunks) {
  memory_.push_back(std::make_unique<std::vector<Chunk>>(chunks));
  for (Chunk& chunk : *memory_.back()) {
    chunk.next = free_;
    free_ = &chunk;
  }
}

void EventQueue::clear(Offset start) {
  for (int level = 0; level < levels; ++level) {
    while (used_digits_[static_cast<std::size_t>(level)] != 0) {
      give_back(detach(level, std::countr_zero(used_digits_[static_cast<std::size_t>(level)])));
    }
  }
  bottom_size_ = size_ = 0;
  base_ = ordinal(start);
  covered_ = never;
}

}  // namespace drdrill
