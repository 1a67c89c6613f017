#include <algorithm>

#include "sim/drill/shell_run.hpp"
#include "sim/live/lab_world_parts.hpp"

/// Faults, and what runbook steps run.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;

/// The shell of a step: kubectl is the lab's, every other program this machine's.
class Host final : public shell::Host {
 public:
  Host(Lab& lab, const std::atomic<bool>& given_up) : lab_(lab), given_up_(given_up) {}

  std::optional<shell::Result> start(const shell::Invocation& invocation) override {
    const std::vector<std::string> argv(invocation.argv.begin(), invocation.argv.end());
    const auto limit = std::chrono::duration_cast<milliseconds>(std::chrono::hours(2));
    const auto stop = [this] { return given_up_.load(); };
    if (argv.front() == "kubectl") {
      const Lab::Said said =
          lab_.kubectl({argv.begin() + 1, argv.end()}, std::string(invocation.input), limit, stop);
      changed_ = changed_ || said.changed;
      if (!said.about.empty()) about_.push_back(said.about);
      return shell::Result{said.exit_status, said.out, said.err, true};
    }
    const Ran ran = run({.argv = argv}, limit, invocation.input, stop);
    constexpr int no_program = 127;
    return shell::Result{ran.exit_status, ran.out, ran.err, ran.exit_status != no_program};
  }
  bool changed() const { return changed_; }
  const std::vector<std::string>& about() const { return about_; }

 private:
  Lab& lab_;
  const std::atomic<bool>& given_up_;
  bool changed_ = false;
  std::vector<std::string> about_;
};

std::optional<std::string> why_not(const Effect& effect, const Lab& lab) {
  const bool separate = lab.separate();
  switch (effect.primitive) {
    case Primitive::delay:
    case Primitive::drop:
      if (!separate) return "without root there are no network namespaces to delay packets in";
      if (!lab.can_impair())
        return "this kernel cannot delay or lose packets: it has no netem (modprobe sch_netem)";
      break;
    case Primitive::crash:
    case Primitive::pause:
    case Primitive::lose:
      break;
    case Primitive::isolate:
    case Primitive::cut:
      if (!separate) return "without root there are no network namespaces, so nothing is cut off";
      break;
    default:
      return "a lab cannot make the fault \"" + std::string(primitive_name(effect.primitive)) +
             "\" yet; it can crash, pause, isolate, cut, delay and lose packets, and lose data";
  }
  const bool machine = effect.target.level != Level::pod && effect.target.level != Level::process;
  if (effect.primitive == Primitive::crash && machine && !separate)
    return "a machine that vanishes needs network namespaces, so root; crash the pod instead";
  return std::nullopt;
}

}  // namespace

/// The pods of a target; of a workload the first by name, as many as are asked for.
std::vector<std::string> LabWorld::targets(const Target& target) const {
  std::vector<std::string> names;
  for (const Lab::Pod& pod : lab_.pods()) {
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
  if (const auto reason = why_not(effect, lab_)) return Refusal{*reason};
  if (targets(effect.target).empty())
    return Refusal{"nothing in this lab is " + to_string(effect.target)};
  if (effect.other && targets(*effect.other).empty())
    return Refusal{"nothing in this lab is " + to_string(*effect.other)};
  return std::nullopt;
}

EffectId LabWorld::inject(const Effect& effect) {
  auto made = std::make_unique<Injected>();
  made->effect = effect;
  made->pods = targets(effect.target);
  made->table = "fault" + std::to_string(effects_.size());
  const bool machine = effect.target.level != Level::pod && effect.target.level != Level::process;
  if (prober_) has_samples();  // what was known before is not of its doing
  // From here on it shows; when it is complete is a little later.
  made->state.since = std::max(now_, clock());
  std::vector<std::string> peers;
  if (effect.other) peers = targets(*effect.other);
  for (const std::string& pod : made->pods) {
    if (effect.primitive == Primitive::crash && machine) lab_.lose(pod);
    if (effect.primitive == Primitive::crash && !machine) lab_.kill(pod);
    if (effect.primitive == Primitive::pause) lab_.stop(pod);
    if (effect.primitive == Primitive::lose) lab_.wipe(pod);
    if (effect.primitive == Primitive::isolate || effect.primitive == Primitive::cut)
      lab_.cut_off(pod, made->table, peers);
    if (effect.primitive == Primitive::delay) lab_.impair(pod, effect.amount, 0);
    if (effect.primitive == Primitive::drop) lab_.impair(pod, 0, effect.amount);
  }
  made->state.took_effect = !made->pods.empty();
  for (const Lab::Pod& pod : lab_.pods())
    if (std::find(made->pods.begin(), made->pods.end(), pod.name) != made->pods.end())
      made->state.touched.add(component_of(pod.kind));
  effects_.push_back(std::move(made));
  return static_cast<EffectId>(effects_.size() - 1);
}

EffectState LabWorld::state(EffectId effect) const {
  return effects_[static_cast<std::size_t>(effect)]->state;
}

void LabWorld::recover(EffectId effect) {
  Injected& made = *effects_[static_cast<std::size_t>(effect)];
  if (std::exchange(made.state.undone, true)) return;
  for (const std::string& pod : made.pods) {
    if (made.effect.primitive == Primitive::crash) lab_.bring_back(pod);
    if (made.effect.primitive == Primitive::pause) lab_.go_on(pod);
    if (made.effect.primitive == Primitive::isolate || made.effect.primitive == Primitive::cut)
      lab_.heal(pod, made.table);
    if (made.effect.primitive == Primitive::delay || made.effect.primitive == Primitive::drop)
      lab_.repair(pod);
  }
}

std::optional<Refusal> LabWorld::refusal(const Action& action) const {
  if (action.kind != Action::Kind::command) return std::nullopt;
  std::string problem;
  if (shell::parse(action.command).list) return std::nullopt;
  return Refusal{"this is no shell that drdrill reads"};
}

ActionId LabWorld::begin(const Action& action) {
  auto running = std::make_unique<Running>();
  running->kind = action.kind;
  running->command = std::string(action.command);
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
  const Asked asked = ask(running);
  std::string output = asked.words;
  if (running.kind == Action::Kind::command && !asked.done) {
    state.exit_status = 1;
  } else if (running.kind == Action::Kind::command) {
    Host host(lab_, running.given_up);
    shell::Run shell(shell::parse(running.command).list, host);
    while (!shell.resume() && !running.given_up) {
    }
    state.exit_status = shell.exit_status();
    state.understood = shell.understood();
    state.changed_something = host.changed();
    output = shell.output();
    for (const Lab::Pod& pod : lab_.pods())
      if (std::find(host.about().begin(), host.about().end(), pod.name) != host.about().end())
        state.touched.add(component_of(pod.kind));
  } else if (running.kind == Action::Kind::manual) {
    state.understood = asked.done;
    state.changed_something = asked.done;
    state.exit_status = options_.people && !asked.done ? 1 : 0;
  }
  {
    const std::lock_guard lock(running.mutex);
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
