#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What is wrong with the files that a user gave. Every mistake is collected; nothing is thrown
/// until all files were read.
namespace drdrill {

struct Position {
  int line = 0;  ///< 1-based; 0 = unknown
  int column = 0;

  bool operator==(const Position&) const = default;
};

struct Problem {
  std::string file;
  Position at;
  std::string pointer;  ///< JSON pointer (RFC 6901); empty for the whole document
  std::string message;  ///< what was found, what was expected, the nearest known name

  bool operator==(const Problem&) const = default;
};

/// "scenarios/mine.json:12:18: /faults/0/target: there is no …", one line: a control character that
/// a file smuggled in comes out as "?".
std::string to_string(const Problem& problem);

/// Collects problems; keeps at most `limit` and counts the rest, so that hostile input cannot
/// exhaust memory.
class Problems {
 public:
  static constexpr std::size_t limit = 200;

  void add(Problem problem);
  bool empty() const { return all_.empty(); }
  std::size_t count() const { return all_.size() + dropped_; }
  std::size_t dropped() const { return dropped_; }
  const std::vector<Problem>& all() const { return all_; }

 private:
  std::vector<Problem> all_;
  std::size_t dropped_ = 0;
};

/// Thrown by loaders once everything was read; exit code 64.
class InputError {
 public:
  explicit InputError(Problems problems) : problems_(std::move(problems)) {}
  const Problems& problems() const { return problems_; }

 private:
  Problems problems_;
};

/// The known name nearest to `name` by edits (swaps of neighbours count one), or "" when none is
/// near enough to be what was meant (at most a third of the longer name's length, so one letter is
/// near to nothing but itself). Ties go to the first; an empty name means nothing.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

/// `; did you mean "x"?`, or `; known: a, b, c` when none is near, or "" when nothing is known.
std::string suggestion(std::string_view name, std::span<const std::string_view> known);

}  // namespace drdrill
