#pragma once

#include <cstddef>
#include <functional>

/// Work that is cut into numbered tasks, on several threads.
namespace drdrill::study {

/// Does one task.
using Worker = std::function<void(std::size_t task)>;

/// So many threads: what was asked for, or all cores when that is 0.
unsigned thread_count(unsigned asked);

/// Calls a worker once for each task from 0 to `tasks` - 1, in order of beginning. Each thread
/// makes a worker of its own and keeps it, so a worker need not be safe to call from two threads,
/// but different workers run at the same time. With one thread everything happens in the caller's.
/// The first exception ends the work and is thrown again here.
void in_parallel(std::size_t tasks, unsigned threads, const std::function<Worker()>& make_worker);

}  // namespace drdrill::study
