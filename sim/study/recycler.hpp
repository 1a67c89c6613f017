#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Memory for work that is done again and again. One replication needs the same kinds of strings,
/// trees and lists as the one before, so what was freed is kept and handed out again: after the
/// first few, nothing is asked of the C library and threads do not meet in it.
namespace drdrill::study {

/// The blocks of one such work, in lists by size. It keeps what is freed while it is in use, until
/// it is destroyed; so it grows to the most that was ever in use at once, list by list. Not for two
/// threads at once.
///
/// Under a sanitizer it does nothing: sanitizers find mistakes by what is freed for good.
class Recycler {
 public:
  Recycler() = default;
  Recycler(const Recycler&) = delete;
  Recycler& operator=(const Recycler&) = delete;
  ~Recycler();

  /// While one exists, `new` of this thread takes from the recycler and `delete` gives to it,
  /// wherever the block came from or goes to: all blocks are malloc's. Nests.
  class Use {
   public:
    explicit Use(Recycler& recycler);
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use();

   private:
    Recycler* outer_;
  };

  /// Doubles what lies in the lists, and puts some blocks into each: work that is like what was
  /// done so far, but for chance, then finds what it needs.
  void stock_up();

  /// Blocks handed out so far, and for how many of them the C library had to be asked.
  std::uint64_t handed_out() const { return handed_out_; }
  std::uint64_t requested() const { return requested_; }

  /// For `operator new` and `operator delete`. Null when there is no memory.
  void* take(std::size_t size);
  void give(void* block);

 private:
  struct Free {
    Free* next;
  };
  /// Up to 1 KiB by sixteens, as malloc rounds; above by powers of two; from 4 MiB on none are
  /// kept.
  static constexpr std::size_t fine = 63;
  static constexpr std::size_t coarse = 12;

  std::array<Free*, fine + coarse> lists_{};
  std::uint64_t handed_out_ = 0;
  std::uint64_t requested_ = 0;
};

}  // namespace drdrill::study
