#pragma once

#include <chrono>
#include <iosfwd>
#include <string_view>

namespace drdrill::cli {

/// One line on a terminal that says how far something is, from a second after the start on. It is
/// gone when this is.
class ProgressLine {
 public:
  /// `on`: `err` is a terminal.
  ProgressLine(std::ostream& err, bool on) : err_(err), on_(on) {}
  ~ProgressLine();
  ProgressLine(ProgressLine&&) = delete;

  void tell(std::string_view what, double share);

 private:
  using Clock = std::chrono::steady_clock;

  std::ostream& err_;
  bool on_;
  bool shown_ = false;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds(1);
};

}  // namespace drdrill::cli
