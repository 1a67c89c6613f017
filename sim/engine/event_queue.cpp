#include "sim/engine/event_queue.hpp"

#include <algorithm>
#include <limits>

namespace drdrill {
namespace {

constexpr Event no_event{};

}  // namespace

EventQueue::EventQueue() : buckets_(all_buckets) {
  run_.fill(&no_event);
  clear(Offset{0});
}

bool EventQueue::refill(Offset limit) {
  bottom_.compact();
  drop_run();
  run_is_new_ = true;
  for (;;) {
    const std::size_t index = first_used();
    if (index == all_buckets) return false;
    const Bucket& bucket = buckets_[index];
    if (bucket.size <= run_capacity) {
      take_all(index);
      return true;
    }
    if (low_mask(index) == 0) {
      take_first_chunk(index);
      return true;
    }
    const std::uint64_t start = ordinal(bucket.first->events[0].time) & ~low_mask(index);
    if (instant(start) > limit) return false;
    spread(index, limit);
  }
}

void EventQueue::take_all(std::size_t index) {
  const Bucket bucket = detach(index);
  const std::uint64_t mask = low_mask(index);
  covered_ =
      first_used() == all_buckets ? never : instant(ordinal(bucket.first->events[0].time) | mask);
  // The rank of each event is how many keys are smaller: counting is quicker than sorting here,
  // because it does not branch on the times. A key is what the times do not have in common, and
  // then the order of arrival; there is room for both in a signed number, which is what processors
  // compare by the vector.
  static_assert(run_capacity << (64 - first_width) <= std::uint64_t{1} << 63);
  constexpr std::size_t vector = 8;  // the padding lets whole vectors be compared
  static_assert(run_capacity % vector == 0);
  std::array<const Event*, run_capacity> events;
  std::array<std::int64_t, run_capacity> keys;
  std::size_t n = 0;
  visit_events(bucket, [&](const Event& e) {
    events[n] = &e;
    keys[n] = static_cast<std::int64_t>((ordinal(e.time) & mask) * run_capacity + n);
    ++n;
  });
  const std::size_t padded = (n + vector - 1) / vector * vector;
  for (std::size_t i = n; i < padded; ++i) keys[i] = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < n; ++i) {
    std::int64_t rank = 0;
    for (std::size_t j = 0; j < padded; ++j) rank += keys[j] < keys[i] ? 1 : 0;
    run_[static_cast<std::size_t>(rank)] = events[i];
  }
  run_end_ = n;
  run_chunks_ = bucket.first;
}

void EventQueue::take_first_chunk(std::size_t index) {
  // All events of the bucket are due at the same instant; those left are behind these in line.
  Bucket& bucket = buckets_[index];
  run_chunks_ = bucket.first;
  bucket.first = run_chunks_->next;
  bucket.size -= chunk_size;
  waiting_ -= chunk_size;
  run_chunks_->next = nullptr;
  covered_ = run_chunks_->events[0].time - Offset{1};
  for (const Event& e : run_chunks_->events) run_[run_end_++] = &e;
}

void EventQueue::spread(std::size_t index, Offset limit) {
  const Bucket bucket = detach(index);
  const std::uint64_t mask = low_mask(index);
  Offset first = limit;
  double sum = 0;  // of how far the events lie behind the start of the bucket
  visit_events(bucket, [&](const Event& e) {
    first = std::min(first, e.time);
    sum += static_cast<double>(static_cast<std::int64_t>(ordinal(e.time) & mask));
  });
  base_ = ordinal(first);
  // Times that thin out exponentially are densest where they begin, with their number over their
  // mean distance from there. A digit of the width that the density asks for may be too many
  // buckets: then there are several, about equally wide.
  const auto n = static_cast<double>(bucket.size);
  const double mean = sum / n - static_cast<double>(static_cast<std::int64_t>(base_ & mask));
  const double stretch = std::max(1.0, wanted_in_bucket * mean / n);
  const int shift = std::popcount(mask);
  const auto width_of_stretch =
      static_cast<int>(std::bit_width(static_cast<std::uint64_t>(stretch)));
  const int wanted = shift - width_of_stretch + 1;
  const int steps = std::max(1, (wanted + max_width - 1) / max_width);
  const int width = (wanted + steps - 1) / steps;
  divide(index / digits - 1, shift, std::max(min_width, width));
  consume(bucket, [this](const Event& e) { append(e); });
}

/// Makes digits of the lower `bits` of a time, the highest for `level` and `width` bits wide.
void EventQueue::divide(std::size_t level, int bits, int width) {
  while (bits > 0) {
    const int low = std::max(0, bits - width);
    const Digit digit{static_cast<std::uint32_t>(level * digits), static_cast<std::uint32_t>(low)};
    for (int bit = low; bit < bits; ++bit) digit_of_bit_[static_cast<std::size_t>(bit)] = digit;
    shifts_[level] = digit.shift;
    bits = low;
    width = first_width;
    --level;
  }
}

void EventQueue::spill() {
  // The base stays: it must not pass what may still be pushed. All events of an instant go or stay
  // together, and those of the run, which were pushed before those of the bottom, go first.
  const Offset first_out = bottom_[kept_at_most].time;
  covered_ = first_out - Offset{1};
  std::size_t left = run_next_;
  while (left < run_end_ && run_[left]->time < first_out) ++left;
  for (std::size_t i = left; i < run_end_; ++i) append(*run_[i]);
  run_end_ = left;
  left = kept_at_most;
  while (left > 0 && bottom_[left - 1].time == first_out) --left;
  for (std::size_t i = left; i < Bottom::capacity; ++i) append(bottom_[i]);
  bottom_.truncate(left);
}

/// The bucket in use with the earliest events; all_buckets when there is none.
std::size_t EventQueue::first_used() const {
  for (std::size_t i = 0; i < used_words_.size(); ++i) {
    if (used_words_[i] == 0) continue;
    const auto bit = static_cast<std::size_t>(std::countr_zero(used_words_[i]));
    const std::size_t word = i * word_bits + bit;
    return word * word_bits + static_cast<std::size_t>(std::countr_zero(used_[word]));
  }
  return all_buckets;
}

EventQueue::Bucket EventQueue::detach(std::size_t index) {
  const Bucket bucket = buckets_[index];
  buckets_[index] = {};
  waiting_ -= bucket.size;
  const std::size_t word = index / word_bits;
  used_[word] &= ~(std::uint64_t{1} << (index % word_bits));
  if (used_[word] == 0) {
    used_words_[word / word_bits] &= ~(std::uint64_t{1} << (word % word_bits));
  }
  return bucket;
}

void EventQueue::add_chunk(std::size_t index) {
  constexpr std::size_t at_least = 8;
  if (free_ == nullptr) allocate(std::max(at_least, chunks_));  // twice as many as before
  Chunk* chunk = free_;
  free_ = chunk->next;
  chunk->next = nullptr;
  Bucket& bucket = buckets_[index];
  (bucket.size == 0 ? bucket.first : bucket.last->next) = chunk;
  bucket.last = chunk;
  const std::size_t word = index / word_bits;
  used_[word] |= std::uint64_t{1} << (index % word_bits);
  used_words_[word / word_bits] |= std::uint64_t{1} << (word % word_bits);
}

void EventQueue::give_back(Chunk* chunk) {
  while (chunk != nullptr) {
    Chunk* next = chunk->next;
    chunk->next = free_;
    free_ = chunk;
    chunk = next;
  }
}

void EventQueue::drop_run() {
  give_back(run_chunks_);
  run_chunks_ = nullptr;
  run_next_ = run_end_ = 0;
}

void EventQueue::reserve(std::size_t events) {
  // The last chunk of each bucket in use may be all but empty. Besides, the run keeps its chunks
  // while it is served, and a spread one that it reads.
  constexpr std::size_t in_hand = run_capacity / chunk_size + 1;
  allocate(events / chunk_size + std::min(events, all_buckets) + in_hand);
}

void EventQueue::allocate(std::size_t chunks) {
  memory_.push_back(std::make_unique<std::vector<Chunk>>(chunks));
  chunks_ += chunks;
  for (Chunk& chunk : *memory_.back()) {
    chunk.next = free_;
    free_ = &chunk;
  }
}

void EventQueue::clear(Offset start) {
  visit_used([this](std::size_t index) { give_back(detach(index).first); });
  drop_run();
  bottom_.clear();
  base_ = ordinal(start);
  covered_ = never;
  divide(levels - 1, 64, first_width);
}

}  // namespace drdrill
