#include <algorithm>

#include "sim/drill/shell_programs.hpp"
#include "sim/drill/shell_run.hpp"
#include "sim/live/lab_operator.hpp"
#include "sim/live/lab_world_parts.hpp"

/// Faults, and what runbook steps run.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;

constexpr int no_program = 127;
constexpr std::chrono::hours longest_command{2};

/// The shell of a step: kubectl is the lab's, other programs are run beside its pods.
class Host final : public shell::Host {
 public:
  Host(Lab& lab, const std::atomic<bool>& given_up) : lab_(lab), given_up_(given_up) {}

  std::optional<shell::Result> start(const shell::Invocation& invocation) override {
    const std::vector<std::string> argv(invocation.argv.begin(), invocation.argv.end());
    const auto stop = [this] { return given_up_.load(); };
    if (argv.front() == "kubectl") {
      const Lab::Said said = lab_.kubectl({argv.begin() + 1, argv.end()},
                                          std::string(invocation.input), longest_command, stop);
      changed_ = changed_ || said.changed;
      if (!said.about.empty()) about_.push_back(said.about);
      return shell::Result{said.exit_status, said.out, said.err, true};
    }
    if (const auto refusal = why_not(argv.front()))
      return shell::Result{no_program, {}, "drdrill: " + *refusal + "\n", false};
    const Ran ran = lab_.run_as_operator(argv, invocation.input, longest_command, stop);
    return shell::Result{ran.exit_status, ran.out, ran.err, ran.exit_status != no_program};
  }
  /// Why a step may not call that program; nothing: it may.
  static std::optional<std::string> why_not(std::string_view program) {
    if (program == "kubectl") return std::nullopt;
    if (!operator_has(program))
      return "\"" + std::string(program) + "\" is none of the programs that a lab runs for a step";
    if (!why_no_containers().empty()) return why_no_containers();
    return std::nullopt;
  }

  bool changed() const { return changed_; }
  const std::vector<std::string>& about() const { return about_; }

 private:
  Lab& lab_;
  const std::atomic<bool>& given_up_;
  bool changed_ = false;
  std::vector<std::string> about_;
};

}  // namespace

/// The pods of a target; of a workload the first by name, as many as are asked for.
std::vector<std::string> LabWorld::targets(const Target& target) const {
  std::vector<std::string> names;
  for (const Lab::Pod& pod : lab_->pods()) {
    const bool hit = (target.level == Level::node && pod.node == target.name) ||
                     (target.level == Level::zone && pod.zone == target.name) ||
                     (target.level == Level::region && pod.region == target.name);
    const bool named = target.level == Level::pod || target.level == Level::process;
    if (hit || (named && (pod.name == target.name || pod.name.starts_with(target.name + "-"))))
      names.push_back(pod.name);
  }
  std::sort(names.begin(), names.end());
  const bool exact = std::find(names.begin(), names.end(), target.name) != names.end();
  if (exact) return {target.name};
  if (target.level == Level::pod || target.level == Level::process)
    names.resize(std::min(names.size(), static_cast<std::size_t>(std::max(target.count, 1))));
  return names;
}

std::optional<Refusal> LabWorld::refusal(const Effect& effect) const {
  const LabFaultRow* row = lab_fault(effect.primitive);
  if (!row)
    return Refusal{"a lab cannot make the fault \"" +
                   std::string(primitive_name(effect.primitive)) + "\""};
  if (const auto reason = row->why_not(effect, *lab_)) return Refusal{*reason};
  if (targets(effect.target).empty())
    return Refusal{"nothing in this lab is " + to_string(effect.target)};
  if (effect.other && targets(*effect.other).empty())
    return Refusal{"nothing in this lab is " + to_string(*effect.other)};
  return std::nullopt;
}

EffectId LabWorld::inject(const Effect& effect) {
  guardian_.expect(a_while);
  auto injected = std::make_unique<Injected>();
  LabEffect& made = injected->made;
  made = {.effect = effect,
          .name = "fault" + std::to_string(effects_.size()),
          .pods = targets(effect.target)};
  if (effect.other) made.peers = targets(*effect.other);
  made.processes = lab_->processes(made.pods);
  injected->row = lab_fault(effect.primitive);
  if (prober_) has_samples();  // what was known before is not of its doing
  // From here on it shows; when it is complete is a little later.
  injected->state.since = std::max(now_, clock());
  for (const Lab::Pod& pod : lab_->pods())
    if (std::find(made.pods.begin(), made.pods.end(), pod.name) != made.pods.end())
      injected->state.touched.add(component_of(pod.kind));
  try {
    injected->row->make(*lab_, made);
    injected->state.took_effect = injected->row->is_in_force(*lab_, made);
  } catch (const std::exception& error) {
    must_stop("fault \"" + effect.id + "\" could not be made: " + error.what());
  }
  effects_.push_back(std::move(injected));
  return static_cast<EffectId>(effects_.size() - 1);
}

EffectState LabWorld::state(EffectId effect) const {
  return effects_[static_cast<std::size_t>(effect)]->state;
}

/// What cannot be undone is not said to be; the guardian tries once more, and what is left then is
/// residue.
void LabWorld::recover(EffectId effect) {
  guardian_.expect(a_while);
  Injected& injected = *effects_[static_cast<std::size_t>(effect)];
  if (injected.state.undone) return;
  undone_at_.push_back(now_);
  try {
    if (injected.row->undo) injected.row->undo(*lab_, injected.made);
    injected.state.undone = true;
  } catch (const std::exception& error) {
    must_stop("fault \"" + injected.made.effect.id + "\" could not be undone: " + error.what());
  }
}

std::optional<Refusal> LabWorld::refusal(const Action& action) const {
  if (action.kind != Action::Kind::command) return std::nullopt;
  const shell::Parsed parsed = shell::parse(action.command);
  if (!parsed.list) return Refusal{"this is no shell that drdrill reads"};
  for (const std::string& program : shell::programs_of(*parsed.list))
    if (const auto refusal = Host::why_not(program)) return Refusal{*refusal};
  return std::nullopt;
}

ActionId LabWorld::begin(const Action& action) {
  auto running = std::make_unique<Running>();
  running->kind = action.kind;
  running->command = std::string(action.command);
  running->state.began = clock();
  if (action.actor != "automation" && !action.verifying) running->actor = action.actor;
  Running& it = *running;
  actions_.push_back(std::move(running));
  it.thread = std::thread([this, &it] { run(it); });
  return static_cast<ActionId>(actions_.size() - 1);
}

/// What a person does first, or altogether.
Asked LabWorld::ask(const Running& running) const {
  const bool by_person = running.kind != Action::Kind::command || !running.actor.empty();
  if (!by_person) return {};
  if (options_.people)
    return options_.people(running.kind, running.actor, running.command, running.given_up);
  return {running.kind != Action::Kind::manual, "nobody was asked"};
}

void LabWorld::run(Running& running) {
  ActionState state;
  std::string output;
  try {
    carry_out(running, state, output);
  } catch (const std::exception& error) {
    constexpr int cannot_be_run = 126;
    state.exit_status = cannot_be_run;
    output = std::string("drdrill: ") + error.what();
  }
  {
    const std::lock_guard lock(running.mutex);
    state.began = running.state.began;
    running.output = std::move(output);
    running.state = state;
    running.state.output = running.output;
    running.state.at = clock();
    running.state.ended = true;
  }
  const std::lock_guard lock(changed_.mutex);
  ++changed_.changes;
  changed_.condition.notify_all();
}

void LabWorld::carry_out(Running& running, ActionState& state, std::string& output) {
  const Asked asked = ask(running);
  output = asked.words;
  if (running.kind == Action::Kind::manual) {
    state.understood = asked.done;
    state.changed_something = asked.done;
    state.exit_status = options_.people && !asked.done ? 1 : 0;
  }
  if (running.kind != Action::Kind::command) return;
  if (!asked.done) {
    state.exit_status = 1;
    return;
  }
  Host host(*lab_, running.given_up);
  shell::Run shell(shell::parse(running.command).list, host);
  for (const auto& [name, value] : platform_.environment) shell.set(name, value);
  while (!shell.resume() && !running.given_up) {
  }
  state.exit_status = shell.exit_status();
  state.understood = shell.understood();
  state.changed_something = host.changed();
  output = shell.output();
  for (const Lab::Pod& pod : lab_->pods())
    if (std::find(host.about().begin(), host.about().end(), pod.name) != host.about().end())
      state.touched.add(component_of(pod.kind));
}

ActionState LabWorld::state(ActionId action) const {
  const Running& running = *actions_[static_cast<std::size_t>(action)];
  const std::lock_guard lock(running.mutex);
  return running.state;
}

void LabWorld::cancel(ActionId action) {
  Running& running = *actions_[static_cast<std::size_t>(action)];
  running.end();
  running.has_news();  // nobody waits for it any more
}

}  // namespace drdrill::live
