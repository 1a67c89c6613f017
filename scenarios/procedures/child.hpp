#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// A program that turns its input into its output, and may not be trusted to end.
namespace drdrill::procedures {

struct ChildLimits {
  /// Of the processor: how busy the machine is does not count. One that only waits is given up
  /// after twenty times as long.
  std::chrono::milliseconds time{1500};
  std::size_t output_bytes = std::size_t{24} << 20;
  std::size_t memory_bytes = std::size_t{384} << 20;
};

struct ChildResult {
  enum class End { exited, no_such_program, too_slow, too_much_output, killed };
  End end = End::exited;
  int status = 0;
  std::string out;
  std::string err;
};

ChildResult run_child(const std::vector<std::string>& argv, std::string_view input,
                      const ChildLimits& limits);

}  // namespace drdrill::procedures
