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

/// A stream above 2.
struct Stream {
  int number = 3;
  Input* in = nullptr;
  std::string* out = nullptr;
};

/// Where a command reads and writes. Null: nothing to read; what is written is dropped.
struct Io {
  Input* in = nullptr;
  std::string* out = nullptr;
  std::string* err = nullptr;
  std::vector<Stream> more;

  Stream get(int number) const;
  void put(const Stream& stream);
};

/// An element of an array literal.
struct Element {
  std::optional<std::string> subscript;
  std::string value;
};

/// What >( … ) stands for: a file that the list reads once its writer has ended. It writes where
/// the shell that opened it did, whatever redirections come behind it.
struct Outlet {
  std::string path;
  std::shared_ptr<const List> list;
  Io io;
};

struct Frame {
  enum class Kind : std::uint8_t {
    list,
    pipeline,
    command,
    subshell,
    capture,
    function,
    xargs,
    trap
  };
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
  bool replaces = false;       ///< exec, and a trap after which the shell ends
  bool raw = false;            ///< a capture that keeps its last newlines
  bool matched = false;        ///< a case: one of its arms was run
  bool falls_through = false;  ///< a case: the next arm is run whatever its patterns
  bool keeps_status = false;   ///< a subshell behind which $? is `worst`
  Io io;
  Input input;                                 ///< of a pipe
  std::vector<std::unique_ptr<Input>> inputs;  ///< of files and here-documents
  std::string buffer;                          ///< what a pipe or substitution wrote
  Expander expander;
  std::vector<std::string> fields;
  std::vector<std::string> values;           ///< of redirections and assignments
  std::vector<Element> elements;             ///< of the array that is being assigned
  std::vector<std::vector<Element>> arrays;  ///< of the arrays that a command declares
  std::vector<std::string> arguments;
  std::vector<Variables::Saved> saved;         ///< to be restored at the end, last first
  std::vector<std::string> temporary;          ///< files of <( ), which go with the command
  std::vector<Outlet> outlets;                 ///< of >( )
  std::vector<int> statuses;                   ///< of the commands of a pipeline
  std::shared_ptr<const Functions> functions;  ///< of the shell around a subshell
  std::shared_ptr<const Traps> traps;
  int worst = 0;  ///< pipeline, xargs: the last status that was no success
  std::size_t mark = 0;
  Options options;

  void clear();
  bool is_loop() const {
    return kind == Kind::command && command && phase == Phase::running &&
           (command->kind == Command::Kind::for_loop ||
            command->kind == Command::Kind::count_loop ||
            command->kind == Command::Kind::while_loop);
  }
  bool is_subshell() const { return kind == Kind::subshell || kind == Kind::capture; }
  /// Where the commands of a subshell write.
  Io io_inside() {
    Io inside = io;
    if (kind == Kind::capture) inside.out = &buffer;
    return inside;
  }
};

/// bash counts the files of <( ) down from here: /dev/fd/63.
inline constexpr int first_process_file = 63;

struct Run::State {
  using Builtin = bool (State::*)(Frame&);

  State();

  void restart(std::shared_ptr<const List> list, Host& host);
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
  bool end_shell();
  void end_beyond_bounds(const Exceeded& exceeded);
  void fail_expansion(const BadExpansion& bad);
  bool run_trap(const std::string& signal, const Io& io);
  void remove_file(std::string_view path);
  void feed(const Outlet& outlet, const Io& io);
  std::string process_file(Frame& frame, std::string text);

  // Steps.
  void step(Frame& frame);
  void step_list(Frame& frame);
  void step_pipeline(Frame& frame);
  void end_pipeline(Frame& frame);
  void step_trap(Frame& frame);
  void step_subshell(Frame& frame);
  void step_xargs(Frame& frame);
  void step_command(Frame& frame);
  bool step_words(Frame& frame);
  bool step_redirects(Frame& frame);
  bool step_assignments(Frame& frame);
  void step_running(Frame& frame);
  void step_for(Frame& frame);
  void step_count(Frame& frame);
  void step_while(Frame& frame);
  void step_if(Frame& frame);
  void step_case(Frame& frame);

  // Parts of steps.
  bool expand(Frame& frame, const Word& word, Expander::Mode mode, std::vector<std::string>& out);
  bool open(Frame& frame, const Redirect& redirect, std::string target);
  bool open_to_read(Frame& frame, int stream, const std::string& target);
  bool open_to_write(Frame& frame, const Redirect& redirect, const std::string& target);
  bool duplicate(Frame& frame, const Redirect& redirect, const std::string& target);
  bool expand_elements(Frame& frame, const Assignment& assignment);
  bool expand_value(Frame& frame, const Assignment& assignment);
  void assign_one(Frame& frame, const Assignment& assignment, bool temporary);
  void assign_array(const Assignment& assignment, std::vector<Element> elements);
  void execute(Frame& frame);
  void strip_prefixes(Frame& frame);
  bool call_builtin(Frame& frame, Builtin builtin);
  void redirect_shell(Frame& frame);
  bool reads_only_a_file(const Frame& frame) const;
  void call_function(Frame& frame, std::shared_ptr<const List> body);
  void apply(Frame& frame, const Result& result);
  void write(std::string* to, std::string_view text);
  void complain(Frame& frame, const std::string& message, int status);

  // Built-ins that change the shell. Each leaves `status`, and may push or pop frames; false: the
  // host is to answer.
  static Builtin find_builtin(std::string_view name);
  bool do_exit(Frame& frame);
  bool do_return(Frame& frame);
  bool do_break(Frame& frame);
  bool do_set(Frame& frame);
  bool do_shopt(Frame& frame);
  bool do_shift(Frame& frame);
  bool do_declare(Frame& frame);
  bool do_unset(Frame& frame);
  bool do_read(Frame& frame);
  bool do_mapfile(Frame& frame);
  bool do_getopts(Frame& frame);
  bool do_eval(Frame& frame);
  bool do_bash(Frame& frame);
  bool do_source(Frame& frame);
  bool do_wait(Frame& frame);
  bool do_tee(Frame& frame);
  bool do_xargs(Frame& frame);
  bool do_condition(Frame& frame);
  bool do_calculation(Frame& frame);
  bool do_let(Frame& frame);
  bool do_printf(Frame& frame);
  bool do_trap(Frame& frame);
  bool do_type(Frame& frame);
  bool do_nothing(Frame& frame);
  bool set_options(Frame& frame, const std::string& word, std::size_t& at);
  int status_argument(Frame& frame);
  std::size_t function_around() const;
  bool run_text(Frame& frame, const std::string& text, std::string_view who);
  void declare(const std::string& name, const std::optional<std::string>& value, bool append,
               const std::string& letters, bool on, bool local);
  void protect(const std::string& name);
  void give_fields(const std::string& line, const Switches& switches);
  void unset_element(const std::string& name, const std::string& subscript);

  std::shared_ptr<const List> list;
  Host* host = nullptr;
  ShellState shell;
  std::shared_ptr<const Functions> no_functions = std::make_shared<const Functions>();
  std::shared_ptr<const Traps> no_traps = std::make_shared<const Traps>();
  std::vector<std::unique_ptr<Frame>> frames;
  std::size_t depth = 0;
  std::vector<std::unique_ptr<Input>> opened;  ///< what exec < reads
  std::vector<Files::node_type> removed;       ///< files that streams may still write to
  std::vector<Outlet> outlets;                 ///< of exec > >( )
  std::size_t getopts_index = 1;               ///< OPTIND as getopts left it
  std::size_t getopts_at = 1;                  ///< the letter of that word which comes next
  int process_files = first_process_file;      ///< the number of the next /dev/fd/
  bool script = false;  ///< the text is a whole script: it ends with its last command
  bool left = false;    ///< exit was called: what is left is the trap
  bool started = false;
  bool waiting = false;
  bool ended = false;
  bool understood = true;
  bool order_assumed = false;
  std::string out;
  std::string err;
};

}  // namespace drdrill::shell
