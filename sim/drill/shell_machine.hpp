#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/drill/shell_expand.hpp"
#include "sim/drill/shell_run.hpp"
#include "sim/drill/shell_tools.hpp"

/// The machine behind shell::Run: a stack of frames, one for each construct that is under way, so
/// that it can stop and go on anywhere. Frames are kept and used again.
namespace drdrill::shell {

/// Where a command reads and writes. Null: nothing to read; what is written is dropped.
struct Io {
  Input* in = nullptr;
  std::string* out = nullptr;
  std::string* err = nullptr;
};

struct Frame {
  enum class Kind : std::uint8_t { list, pipeline, command, subshell, capture, function, xargs };
  enum class Phase : std::uint8_t {
    words,
    redirects,
    assignments,
    execute,
    running,
    waiting,
    done
  };

  Kind kind = Kind::list;
  Phase phase = Phase::words;
  const List* list = nullptr;
  const Pipeline* pipeline = nullptr;
  const Command* command = nullptr;   ///< null: `fields` were given
  std::shared_ptr<const List> owned;  ///< what only this frame keeps alive
  std::size_t index = 0;              ///< how far it is
  std::size_t part = 0;               ///< how far within `index`
  bool unchecked = false;             ///< set -e does not look at what happens in here
  bool expanding = false;
  bool substituted = false;  ///< a substitution set the status
  bool background = false;
  Io io;
  Input input;         ///< of a pipe, file or here-document
  std::string buffer;  ///< what a pipe or substitution wrote
  Expander expander;
  std::vector<std::string> fields;
  std::vector<std::string> values;  ///< of redirections and assignments
  std::vector<std::string> arguments;
  std::vector<Variables::Saved> saved;  ///< to be restored at the end, last first
  int worst = 0;                        ///< pipeline, xargs: the last status that was no success
  std::size_t mark = 0;
  Options options;

  void clear();
  bool is_loop() const {
    return kind == Kind::command && command && phase == Phase::running &&
           (command->kind == Command::Kind::for_loop || command->kind == Command::Kind::while_loop);
  }
  bool is_subshell() const { return kind == Kind::subshell || kind == Kind::capture; }
};

struct Run::State {
  State(std::shared_ptr<const List> list, Host& host);

  bool go_on();
  void finish(const Result& result);

  // Frames.
  Frame& top() { return *frames[depth - 1]; }
  Frame& push(Frame::Kind kind, const Io& io, bool unchecked);
  void push_list(const List& list, const Io& io, bool unchecked);
  Frame& push_subshell(Frame::Kind kind, const Io& io, bool unchecked);
  void pop();
  void pop_to(std::size_t size);
  void leave_shell(int status);

  // Steps.
  void step(Frame& frame);
  void step_list(Frame& frame);
  void step_pipeline(Frame& frame);
  void step_subshell(Frame& frame);
  void step_xargs(Frame& frame);
  void step_command(Frame& frame);
  bool step_words(Frame& frame);
  bool step_redirects(Frame& frame);
  bool step_assignments(Frame& frame);
  void step_running(Frame& frame);
  void step_for(Frame& frame);
  void step_while(Frame& frame);
  void step_if(Frame& frame);
  void step_case(Frame& frame);

  // Parts of steps.
  bool expand(Frame& frame, const Word& word, Expander::Mode mode, std::vector<std::string>& out);
  bool open(Frame& frame, const Redirect& redirect, std::string target);
  void assign(Frame& frame, const Assignment& assignment, std::vector<std::string> values,
              bool temporary);
  void assign_element(const Assignment& assignment, std::string value);
  void execute(Frame& frame);
  void call_function(Frame& frame, std::shared_ptr<const List> body);
  void apply(Frame& frame, const Result& result);
  void write(std::string* to, std::string_view text);
  void complain(Frame& frame, const std::string& message, int status);

  // Built-ins that change the shell. Each leaves `status`, and may push or pop frames; false: the
  // host is to answer.
  using Builtin = bool (State::*)(Frame&);
  static Builtin find_builtin(std::string_view name);
  bool do_exit(Frame& frame);
  bool do_return(Frame& frame);
  bool do_break(Frame& frame);
  bool do_set(Frame& frame);
  bool do_shift(Frame& frame);
  bool do_declare(Frame& frame);
  bool do_unset(Frame& frame);
  bool do_read(Frame& frame);
  bool do_eval(Frame& frame);
  bool do_bash(Frame& frame);
  bool do_wait(Frame& frame);
  bool do_tee(Frame& frame);
  bool do_xargs(Frame& frame);
  bool do_condition(Frame& frame);
  bool do_calculation(Frame& frame);
  bool do_nothing(Frame& frame);
  bool set_options(Frame& frame, const std::string& word, std::size_t& at);
  int status_argument(Frame& frame);

  std::shared_ptr<const List> list;
  Host* host;
  ShellState shell;
  std::vector<std::unique_ptr<Frame>> frames;
  std::size_t depth = 0;
  bool started = false;
  bool waiting = false;
  bool ended = false;
  bool understood = true;
  bool order_assumed = false;
  std::string out;
  std::string err;
};

}  // namespace drdrill::shell
