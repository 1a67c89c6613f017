#include "sim/study/traces.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

#include "sim/study/parallel.hpp"

namespace drdrill::study {

Traces trace(const Scenario& scenario, const PlatformSpec& platform, std::uint64_t seed,
             Range range, unsigned threads) {
  constexpr std::uint64_t block = 16;  // replications that a thread takes at a time
  Traces traces;
  traces.fingerprints.resize(range.count);
  std::set<ParameterId> exercised;
  std::mutex joining;
  in_parallel((range.count + block - 1) / block, threads, [&]() -> Worker {
    auto replicator = std::make_shared<Replicator>(scenario, platform);
    return [&, replicator](std::size_t task) {
      std::set<ParameterId> here;
      const std::uint64_t end = std::min(range.count, (task + 1) * block);
      for (std::uint64_t i = task * block; i < end; ++i) {
        replicator->run(seed, range.first + i);
        traces.fingerprints[i] = replicator->journal().fingerprint;
        for (std::size_t p = 0; p < platform.parameters.all().size(); ++p)
          if (const auto id = static_cast<ParameterId>(p); replicator->world().exercised(id))
            here.insert(id);
      }
      const std::lock_guard lock(joining);
      exercised.insert(here.begin(), here.end());
    };
  });
  traces.exercised.assign(exercised.begin(), exercised.end());
  return traces;
}

}  // namespace drdrill::study
