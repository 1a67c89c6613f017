#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/commands.hpp"

/// Private to commands*.cpp: an action that runs.
namespace drdrill::models {

/// How often a client that hangs is looked at: whether the server answers again.
constexpr Duration look_again = std::chrono::seconds(1);

/// A shell, and the pod it runs in (no_pod: on the operator's machine).
struct Frame {
  shell::Run run;
  PodRef pod = no_pod;
};

struct Commands::Running final : shell::Host {
  explicit Running(Commands& owner) : commands(owner) {}
  std::optional<shell::Result> start(const shell::Invocation& invocation) override;
  std::optional<std::string> answer(std::string_view question) override;
  bool lacks(std::string_view program) const override;

  void restart(const Action& action) {
    kind = action.kind;
    actor = action.actor;
    commands.leave_shells(*this);
    wait.reset();
    ended = changed = false;
    understood = true;
    exit_status = 0;
    output.clear();
    hidden_error.clear();
    writes.clear();
    spent = {};
    touched = ComponentSet{};
    ended_at = Offset{};
    savings = std::max(Duration::zero(), -action.shift);
  }
  /// What is left of so much time once what can be saved is.
  Duration less_savings(Duration takes) {
    const Duration saved = std::min(savings, takes);
    savings -= saved;
    return takes - saved;
  }

  Commands& commands;
  std::uint32_t index = 0;
  Group timer{};
  Action::Kind kind = Action::Kind::command;
  std::string actor;
  std::vector<Frame> frames;
  std::vector<std::string> argv;  // of the command that takes time
  std::string input;
  std::string writes;  // what it makes, in Volumes
  std::optional<kube::Wait> wait;
  shell::Result result;  // to be delivered
  bool ended = false;
  bool changed = false;
  bool understood = true;
  int exit_status = 0;
  Offset ended_at{};
  Duration savings{};  // of the time of typing, calls and sleeping, what is not to pass
  ComponentSet touched;
  std::string output;
  std::string hidden_error;  // the first error of a command that exited 0
  std::array<TimeSpent, most_spent> spent{};

  /// The command that takes time, as it was called.
  std::string line() const {
    std::string text;
    for (const std::string& word : argv) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  /// So much of its time a parameter set. What finds no place any more is not told.
  void spend(ParameterId parameter, Duration time) {
    if (parameter == ParameterId::none || time <= Duration::zero()) return;
    for (TimeSpent& known : spent)
      if (known.parameter == parameter || known.parameter == ParameterId::none) {
        known.parameter = parameter;
        known.time += time;
        return;
      }
  }
  void hides(std::string_view error) {
    if (hidden_error.empty()) hidden_error = error;
  }
};

/// The value of "-h X", "-hX" or "--host=X", or "".
std::string option_value(const std::vector<std::string>& argv, std::string_view brief,
                         std::string_view full);

}  // namespace drdrill::models
