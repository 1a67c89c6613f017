#include "models/commands.hpp"

#include <algorithm>
#include <charconv>

#include "models/commands_running.hpp"
#include "models/lookup.hpp"
#include "sim/base/ensure.hpp"

namespace drdrill::models {
namespace {

/// Seconds as sleep(1) takes them: "30", "0.5", "2m", "1h".
std::optional<Duration> sleep_time(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text.back() >= '0' && text.back() <= '9') return parse_duration(std::string(text) + "s");
  return parse_duration(text);
}

}  // namespace

Commands::Commands(Context& context, Kubernetes& kubernetes, Sites& sites, Dns& dns,
                   Databases& databases, Monitoring& monitoring, People& people, Volumes& volumes,
                   Backups& backups)
    : context_(context),
      kubernetes_(kubernetes),
      sites_(sites),
      dns_(dns),
      databases_(databases),
      monitoring_(monitoring),
      people_(people),
      volumes_(volumes),
      backups_(backups),
      api_call_(context.draws["kubernetes.api_call"]),
      kubelet_dial_(context.draws["kubernetes.kubelet_dial"]),
      local_command_(context.draws["commands.local"]),
      provider_call_(context.draws["dns.provider_call"]),
      redis_join_(context.draws["redis.join"]),
      redis_slot_move_(context.draws["redis.slot_move"]),
      redis_round_trip_(context.draws["redis.round_trip"]),
      typing_(context.draws["people.typing"]),
      manual_step_(context.draws["people.manual_step"]) {}

Commands::~Commands() = default;

Duration Commands::redis_round_trip() {
  return redis_round_trip_.time();
}

void Commands::reset() {
  files_ = context_.spec.files;
  carried_.reset();
  used_ = 0;
  looked_at_ = 0;
  ended_one_ = false;
}

void Commands::at(Duration delay, Kind kind, const Running& running) {
  context_.engine.after(delay,
                        {.component = event_owner(Owner::commands),
                         .kind = static_cast<std::uint16_t>(kind),
                         .subject = running.index},
                        running.timer);
}

std::shared_ptr<const shell::List> Commands::parsed(std::string_view text) {
  for (const Parsed& known : cache_)
    if (known.text == text) return known.list;
  cache_.push_back({std::string(text), shell::parse(text).list});
  return cache_.back().list;
}

std::optional<Refusal> Commands::refusal(const Action& action) const {
  switch (action.kind) {
    case Action::Kind::summon:
      if (people_.has_role(action.actor)) return std::nullopt;
      return Refusal{"nobody on this platform has the role \"" + std::string(action.actor) + "\""};
    case Action::Kind::command: {
      const shell::Parsed parsed = shell::parse(action.command);
      if (parsed.list) return std::nullopt;
      return Refusal{"line " + std::to_string(parsed.error->line) +
                     " of the command: " + parsed.error->message};
    }
    case Action::Kind::manual:
      return std::nullopt;
  }
  return std::nullopt;
}

Commands::Running& Commands::next_running(const Action& action) {
  if (used_ == running_.size()) {
    running_.push_back(std::make_unique<Running>(*this));
    running_.back()->index = static_cast<std::uint32_t>(used_);
    running_.back()->timer = context_.engine.make_group();
  }
  Running& running = *running_[used_++];
  running.restart(action);
  return running;
}

ActionId Commands::begin(const Action& action) {
  Running& running = next_running(action);
  const Duration later = std::max(Duration::zero(), action.shift);
  if (action.kind == Action::Kind::command) {
    running.frames.push_back({shell_for(running, parsed(action.command)), no_pod});
    shell::Run& run = running.frames.back().run;
    if (!login_) {
      for (const auto& [name, value] : context_.spec.environment) run.set(name, value);
      login_ = run.carried();
    }
    run.carry(carried_ ? *carried_ : *login_);
    run.files() = files_;
    const bool person = action.actor != "automation" && !action.actor.empty() && !action.verifying;
    at(later + (person ? spend(running, typing_, action.pace) : Duration::zero()), Kind::begin,
       running);
  } else if (action.kind == Action::Kind::manual) {
    running.understood = false;
    at(later + spend(running, manual_step_, action.pace), Kind::begin, running);
  } else if (people_.is_ready(action.actor)) {
    at(Duration::zero(), Kind::begin, running);
  }
  return static_cast<ActionId>(running.index);
}

ActionState Commands::state(ActionId action) const {
  const auto index = static_cast<std::size_t>(action);
  ENSURE(index < used_, "an action that was never begun");
  const Running& running = *running_[index];
  ActionState state;
  state.ended = running.ended;
  state.exit_status = running.exit_status;
  state.at = running.ended_at;
  state.output = running.output;
  state.touched = running.touched;
  state.changed_something = running.changed;
  state.understood = running.understood;
  state.hidden_error = running.hidden_error;
  state.spent = running.spent;
  return state;
}

void Commands::cancel(ActionId action) {
  const auto index = static_cast<std::size_t>(action);
  ENSURE(index < used_, "an action that was never begun");
  Running& running = *running_[index];
  if (running.ended) return;
  running.output += running.frames.empty() ? "" : running.frames.front().run.output();
  const bool another_ended = ended_one_;
  end(running, 130);
  ended_one_ = another_ended;  // who cancels knows: nobody is woken for it
}

void Commands::handle(const Event& event) {
  Running& running = *running_[event.subject];
  if (running.ended) return;
  switch (static_cast<Kind>(event.kind)) {
    case Kind::begin:
      if (running.frames.empty())
        end(running, 0);
      else
        go_on(running);
      break;
    case Kind::execute:
      execute(running);
      break;
    case Kind::finish:
      deliver(running);
      break;
    case Kind::retry:
      if (running.wait) {
        auto& cluster = kubernetes_.clusters().items[running.wait->cluster];
        progress(running, kube::retry_evictions(cluster, *running.wait));
      }
      break;
    case Kind::timeout:
      if (running.wait)
        progress(running,
                 kube::give_up(kubernetes_.cluster(static_cast<int>(running.wait->cluster)),
                               *running.wait));
      break;
  }
}

bool Commands::poll() {
  if (looked_at_ != kubernetes_.version()) {
    looked_at_ = kubernetes_.version();
    for (std::size_t i = 0; i < used_; ++i)
      if (running_[i]->wait && !running_[i]->ended)
        progress(*running_[i],
                 kube::check(kubernetes_.cluster(static_cast<int>(running_[i]->wait->cluster)),
                             *running_[i]->wait));
  }
  for (std::size_t i = 0; i < used_; ++i) {
    Running& running = *running_[i];
    if (!running.ended && running.kind == Action::Kind::summon && people_.is_ready(running.actor))
      end(running, 0);
  }
  return std::exchange(ended_one_, false);
}

// ---- one command after the other ------------------------------------------------------------

/// Lets the shell go on until it ends or a command takes time.
void Commands::go_on(Running& running) {
  while (!running.frames.empty()) {
    if (!running.frames.back().run.resume()) return;
    Frame done = std::move(running.frames.back());
    running.frames.pop_back();
    if (done.pod != no_pod)
      volumes_.store(done.run, volumes_.disk_of(done.pod), context_.now());
    else
      keep_files(done.run);
    if (!done.run.understood()) running.understood = false;
    const bool last = running.frames.empty();
    const int status = done.run.exit_status();
    if (last) {
      running.output = done.run.output();
      if (done.pod == no_pod) carried_ = done.run.carried();
    } else {
      running.frames.back().run.finish({status, done.run.output(), "", true});
    }
    spare_shells_.push_back(std::move(done.run));
    if (last) return end(running, status);
  }
}

/// A shell that has ended has the room that a new one needs.
shell::Run Commands::shell_for(Running& running, std::shared_ptr<const shell::List> list) {
  if (spare_shells_.empty()) return {std::move(list), running};
  shell::Run run = std::move(spare_shells_.back());
  spare_shells_.pop_back();
  run.restart(std::move(list), running);
  return run;
}

void Commands::leave_shells(Running& running) {
  for (Frame& frame : running.frames) spare_shells_.push_back(std::move(frame.run));
  running.frames.clear();
}

/// What a step wrote into files, later steps find there.
void Commands::keep_files(shell::Run& run) {
  for (auto& [path, text] : run.files()) {
    std::string& known = files_[path];
    if (known != text) known = std::move(text);
  }
}

void Commands::end(Running& running, int exit_status) {
  running.ended = true;
  running.exit_status = exit_status;
  running.ended_at = context_.now();
  running.wait.reset();
  context_.engine.cancel(running.timer);
  if (!running.writes.empty()) volumes_.interrupt(running.writes, context_.now());
  leave_shells(running);
  ended_one_ = true;
}

Duration Commands::spend(Running& running, Draw& draw, double pace) {
  Duration takes = draw.time();
  if (pace != 1) takes = from_seconds(to_seconds(takes) * pace);
  takes = running.less_savings(takes);
  running.spend(draw.id(), takes);
  return takes;
}

void Commands::finish(Running& running, shell::Result result, Duration after,
                      ParameterId paced_by) {
  running.spend(paced_by, after);
  if (!result.understood) running.understood = false;
  running.result = std::move(result);
  at(after, Kind::finish, running);
}

void Commands::deliver(Running& running) {
  running.writes.clear();
  if (running.frames.empty()) return;
  running.frames.back().run.finish(running.result);
  go_on(running);
}

/// A simple command of the shell: nothing is done before its time has come.
std::optional<shell::Result> Commands::Running::start(const shell::Invocation& invocation) {
  argv.assign(invocation.argv.begin(), invocation.argv.end());
  input = invocation.input;
  if (argv.front() == "sleep") {
    Duration total = Duration::zero();
    for (std::size_t i = 1; i < argv.size(); ++i) {
      const std::optional<Duration> time = sleep_time(argv[i]);
      if (!time)
        return shell::Result{1, "", "sleep: invalid time interval '" + argv[i] + "'\n", true};
      total += *time;
    }
    commands.finish(*this, {}, less_savings(total));
    return std::nullopt;
  }
  const bool remote = argv.front() == "kubectl";
  commands.at(Commands::spend(*this, remote ? commands.api_call_ : commands.local_command_),
              Kind::execute, *this);
  return std::nullopt;
}

/// Whoever follows the runbook means what it says: a question whether to go on is answered with
/// yes. Any other asks for what nobody here knows.
std::optional<std::string> Commands::Running::answer(std::string_view question) {
  if (!frames.empty() && frames.back().pod != no_pod) return std::nullopt;
  std::string low;
  for (const char c : question) low += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (low.find("yes") != std::string::npos) return "yes";
  for (const std::string_view choice : {"y/n", "[y", "(y", "continue", "sure", "proceed"})
    if (low.find(choice) != std::string::npos) return "y";
  return std::nullopt;
}

void Commands::execute(Running& running) {
  const PodRef pod = running.frames.empty() ? no_pod : running.frames.back().pod;
  const std::string& program = running.argv.front();
  if (pod != no_pod) return in_pod(running, pod, running.argv);
  if (program == "kubectl") return kubectl(running);
  if (program == "psql") {
    const PodRef server = server_at(0, option_value(running.argv, "-h", "--host"));
    if (server != no_pod) return psql(running, server, running.argv);
    return finish(running, {2, "", "psql: error: could not translate host name\n", true});
  }
  if (program == "redis-cli") return redis_cli(running, running.argv, no_pod);
  if (program == "curl") return curl(running, running.argv, no_pod);
  if (program == "date") {
    if (running.argv.size() > 1)
      return finish(running, backups_.date({running.argv, {}, no_pod, context_.now()}).result);
    return finish(running, {0, format_clock(context_.start, context_.now()) + "\n", "", true});
  }
  finish(running, {0, "", program + ": not known here; taken for a manual step\n", false});
}

/// The pod that answers as `host` in a cluster: a pod's name, or the first one that a Service leads
/// to.
PodRef Commands::server_at(int cluster, std::string_view host) const {
  const ClusterSpec& home = context_.spec.clusters[static_cast<std::size_t>(cluster)];
  const std::string_view name = host.substr(0, host.find('.'));
  const PodRef pod = find_pod_near(kubernetes_, cluster, home.home_namespace, name);
  if (pod != no_pod) return pod;
  const int service = find_service_near(kubernetes_.cluster(cluster), home.home_namespace, name);
  if (service == kube::no_index || kubernetes_.routed(cluster, service).empty()) return no_pod;
  return {cluster, kubernetes_.routed(cluster, service).front()};
}

}  // namespace drdrill::models
