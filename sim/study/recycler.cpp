#include "sim/study/recycler.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <utility>

namespace drdrill::study {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

// What `new` finds without being handed anything.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
thread_local constinit Recycler* in_use = nullptr;

/// malloc's own grain: its blocks have room for 24, 40, 56, … bytes.
constexpr std::size_t grain = 16, least = 24;
constexpr std::size_t most_fine = 1024;      // bytes; a power of two, where the coarse lists begin
constexpr std::size_t nearby = 4;            // lists that are looked into for a block
constexpr std::size_t spare = 8;             // blocks that each list is stocked with at least …
constexpr std::size_t most_stocked = 65536;  // … up to so many bytes

}  // namespace

Recycler::~Recycler() {
  for (Free* block : lists_)
    while (block) std::free(std::exchange(block, block->next));
}

Recycler::Use::Use(Recycler& recycler) : outer_(in_use) {
  if (!sanitized) in_use = &recycler;
}

Recycler::Use::~Use() {
  in_use = outer_;
}

/// From the smallest list whose blocks are all large enough, or from one of the next few.
void* Recycler::take(std::size_t size) {
  std::size_t list = 0, room = least;
  if (size > most_fine - grain) {
    room = std::bit_ceil(std::max(size, most_fine));
    list = fine + static_cast<std::size_t>(std::bit_width(room / most_fine)) - 1;
  } else if (size > least) {
    list = (size - least + grain - 1) / grain;
    room = least + list * grain;
  }
  ++handed_out_;
  for (std::size_t near = list; near < std::min(list + nearby, lists_.size()); ++near)
    if (Free* block = lists_[near]) {
      lists_[near] = block->next;
      return block;
    }
  ++requested_;
  return std::malloc(list < lists_.size() ? room : size);
}

void Recycler::stock_up() {
  for (std::size_t list = 0; list < lists_.size(); ++list) {
    const std::size_t room = list < fine ? least + list * grain : most_fine << (list - fine);
    std::size_t wanted = room <= most_stocked ? spare : 0;
    for (const Free* block = lists_[list]; block; block = block->next) ++wanted;
    for (; wanted > 0; --wanted)
      if (void* block = std::malloc(room)) give(block);
  }
}

/// The largest list that the block is large enough for.
void Recycler::give(void* block) {
  const std::size_t room = malloc_usable_size(block);
  const std::size_t list =
      room >= most_fine ? fine + static_cast<std::size_t>(std::bit_width(room / most_fine)) - 1
                        : (room - least) / grain;
  if (list >= lists_.size()) return std::free(block);
  lists_[list] = new (block) Free{lists_[list]};
}

}  // namespace drdrill::study

// The program's own `new` and `delete`, of which the other forms are made. Without a Recycler they
// do what those of the standard library do.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void* operator new(std::size_t size) {
  using drdrill::study::in_use;
  for (;;) {
    if (void* block = in_use ? in_use->take(size) : std::malloc(size > 0 ? size : 1)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (!handler) throw std::bad_alloc();
    handler();
  }
}

void operator delete(void* block) noexcept {
  using drdrill::study::in_use;
  if (in_use && block)
    in_use->give(block);
  else
    std::free(block);
}

void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}

#endif
