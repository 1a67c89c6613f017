#include "sim/cli/progress.hpp"

#include <ostream>

namespace drdrill::cli {

ProgressLine::~ProgressLine() {
  if (shown_) err_ << "\r\033[K" << std::flush;
}

void ProgressLine::tell(std::string_view what, double share) {
  if (!on_ || Clock::now() < next_) return;
  constexpr auto between = std::chrono::milliseconds(100);
  next_ = Clock::now() + between;
  shown_ = true;
  err_ << "\r\033[K" << static_cast<int>(share * 100) << " %  " << what << std::flush;
}

}  // namespace drdrill::cli
