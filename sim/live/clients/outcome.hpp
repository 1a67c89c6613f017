#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

/// What became of something that a client asked of a live system. What the system does wrong is a
/// value, never an exception.
namespace drdrill::live {

/// The only clock of live drills; nothing of a computer's calendar comes near a measurement.
using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

enum class Outcome : std::uint8_t {
  ok,
  refused,    ///< an answer, but not the one that was asked for; or nobody listens
  timed_out,  ///< no answer by the deadline: whether it was done is unknown
  unable,     ///< we failed ourselves (no descriptor, no memory); says nothing about the system
};

struct Reply {
  Outcome outcome = Outcome::ok;
  std::string text{};  ///< why not, in the system's own words where it gave any

  bool ok() const { return outcome == Outcome::ok; }
  /// Without what a reply of some protocol has besides.
  Reply plain() const { return {outcome, text}; }
};

inline Reply refused(std::string why) {
  return {Outcome::refused, std::move(why)};
}
inline Reply timed_out(std::string what) {
  return {Outcome::timed_out, std::move(what)};
}
inline Reply unable(std::string why) {
  return {Outcome::unable, std::move(why)};
}

}  // namespace drdrill::live
