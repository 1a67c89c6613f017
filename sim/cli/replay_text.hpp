#pragma once

#include <ostream>
#include <string>

#include "sim/cli/cli.hpp"
#include "sim/study/replay.hpp"

namespace drdrill::cli {

/// A drill as it was measured, as it is replayed and, with `changed`, as it would have been.
struct ReplayPage {
  const Journal& journal;
  const study::Replay& replay;
  const study::Replayed* changed = nullptr;
  std::string had;  ///< "people been paged 4m 00s sooner"
};

void write_replay(const ReplayPage& page, Context& context);

}  // namespace drdrill::cli
