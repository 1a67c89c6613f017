#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/shell.hpp"

namespace drdrill::shell {

/// One simple command, expanded.
struct Invocation {
  std::span<const std::string> argv;  ///< at least one
  std::string_view input;             ///< standard input, from a pipe or a here-document
};

struct Result {
  int exit_status = 0;
  std::string out;
  std::string err;
  bool understood =
      true;  ///< false: an unknown command, assumed to be a manual step without effect
};

/// What a shell runs commands on: a simulated platform, a lab, a script of a test.
class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;
  /// Starts a command. Its result if it ends at once; nothing if it takes time: whoever owns the
  /// Run then calls finish() when it has ended.
  virtual std::optional<Result> start(const Invocation& invocation) = 0;
};

/// The evaluation of one list: a machine that stops whenever a command takes time. Text tools that
/// need neither time nor platform (echo, printf, grep, cut, head, tail, wc, tr, sort, sed s///, awk
/// '{print $N}', true, false, test, cat of standard input, exit, set, export) are built in.
/// Loops are bounded (100,000 commands), output is bounded (1 MB): beyond that the run ends with
/// status 2 and says so.
class Run {
 public:
  Run(std::shared_ptr<const List> list, Host& host);
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;

  /// Sets a variable before the run.
  void set(std::string name, std::string value);
  /// Goes on until the list has ended or a command takes time. True when it has ended.
  bool resume();
  /// The result of the command that was taking time. Call resume() afterwards.
  void finish(Result result);

  bool ended() const;
  int exit_status() const;
  bool understood() const;  ///< every command was
  const std::string& output()
      const;  ///< standard output, then what went to standard error in order

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace drdrill::shell
