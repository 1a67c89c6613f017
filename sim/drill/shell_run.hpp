#pragma once

#include <map>
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
  /// False: an unknown command, assumed to be a manual step without effect.
  bool understood = true;
};

/// What a shell runs commands on: a simulated platform, a lab, a script of a test.
class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;
  /// Starts a command. Its result if it ends at once; nothing if it takes time: whoever owns the
  /// Run then calls finish() when it has ended. The invocation is good for the call only.
  virtual std::optional<Result> start(const Invocation& invocation) = 0;
  /// What somebody answers to a question of `read`; nothing: nobody is there.
  virtual std::optional<std::string> answer(std::string_view question) {
    (void)question;
    return std::nullopt;
  }
  /// Is the program missing where the commands run? Asked for those built-in tools that are no part
  /// of every system.
  virtual bool lacks(std::string_view /*program*/) const { return false; }
};

/// Where the command itself stands, behind what only says how it is run: sudo -u postgres, nohup,
/// env A=b, exec.
std::size_t command_word(std::span<const std::string> words);

/// What a shell leaves to the next one of the same terminal.
struct Carried;

/// The evaluation of one list: a machine that stops whenever a command takes time. Semantics are
/// bash's, with these differences: the commands of a pipeline run one after the other; so does what
/// is sent to the background (order_assumed() then), and so do <( ) before and >( ) after their
/// command; files are those that the run itself wrote. Text tools that need neither time nor
/// platform are built in: echo printf cat grep cut head tail wc tr sort uniq sed awk jq seq
/// basename dirname base64 tee xargs test [ true false, and of the shell itself : exit return break
/// continue set shopt shift export readonly local declare unset read mapfile getopts eval source
/// trap let wait cd command type. Options of theirs that are not known, and files that the run did
/// not write, go to the host. Bounds: 100,000 commands, 20 million units of work (Budget), 1 MB for
/// each text, 64 MB in all, depth; beyond them the run ends with status 2 and says so.
class Run {
 public:
  Run(std::shared_ptr<const List> list, Host& host);
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;
  /// As if newly made, in the room that it has.
  void restart(std::shared_ptr<const List> list, Host& host);

  /// Is it one of the commands that the shell knows itself?
  static bool built_in(std::string_view name);

  /// Sets a variable of the environment before the run; "1", "2", … are the positional parameters.
  void set(std::string_view name, std::string value);
  /// The text is a whole script and no line of a terminal that stays open: a trap on EXIT runs when
  /// the last command has ended. Otherwise it runs where somebody exits.
  void as_script();
  /// Goes on until the list has ended or a command takes time. True when it has ended.
  bool resume();
  /// The result of the command that was taking time. Call resume() afterwards.
  void finish(const Result& result);

  /// The files that the run can see: those that it wrote itself, and those that a host with a disk
  /// puts here. By path.
  std::map<std::string, std::string, std::less<>>& files();
  /// Takes one of them away, also while the run reads or writes it.
  void remove_file(std::string_view path);

  /// Variables, functions, arguments, traps and $? as they are, for the next command that somebody
  /// gives in the same terminal. Options (set -e) are not among them.
  std::shared_ptr<const Carried> carried() const;
  /// Begins with what another run left. Before the first resume().
  void carry(const Carried& left);

  bool ended() const;
  int exit_status() const;
  bool understood() const;     ///< every command was
  bool order_assumed() const;  ///< something was sent to the background, and run in order
  /// Standard output, then standard error. Complete once the run has ended.
  const std::string& output() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace drdrill::shell
