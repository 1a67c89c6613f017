#pragma once

#include <string>
#include <string_view>

#include "sim/study/sweep.hpp"

/// A part of a sweep as text, for files and for other processes: words and whole numbers, with a
/// checksum at the end. Equal parts give the same bytes.
namespace drdrill::study {

/// The text is no part of a sweep, or not all of one.
class PartError {
 public:
  explicit PartError(std::string message) : message_(std::move(message)) {}
  const std::string& message() const { return message_; }

 private:
  std::string message_;
};

std::string written(const SweepPart& part);
/// Throws PartError, whose message begins with `name`.
SweepPart read_part(std::string_view text, const std::string& name);

}  // namespace drdrill::study
