#include "sim/live/lab_world.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <optional>

#include "sim/live/lab_world_parts.hpp"
#include "sim/live/undo.hpp"

/// Time, probes, ledgers and inventory of a lab.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds verified_within{20};
constexpr std::uint16_t postgres_port = 5432;
constexpr milliseconds look_again{20};
constexpr milliseconds look_whether_to_stop{50};

/// What a tool says of a pod, within a second; nothing when it does not answer.
std::optional<std::string> asked(std::vector<std::string> argv) {
  const Ran ran = run({.argv = std::move(argv)}, seconds(1));
  if (ran.exit_status != 0) return std::nullopt;
  return ran.out;
}

std::optional<std::string> sql(const Lab::Pod& pod, const std::string& statement) {
  return asked({"/usr/lib/postgresql/15/bin/psql", "-h", pod.place.address, "-U", "postgres",
                "-Atc", statement});
}

std::int64_t count_of(const std::string& text, std::string_view word) {
  std::int64_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

}  // namespace

bool runs(const std::vector<Lab::Pod>& pods, ComponentId component) {
  return std::any_of(pods.begin(), pods.end(),
                     [&](const Lab::Pod& pod) { return component_of(pod.kind) == component; });
}

LabWorld::LabWorld(const PlatformSpec& platform, const LabOptions& options)
    : platform_(platform),
      options_(options),
      before_(look_at_machine()),
      place_(claim_place()),
      guardian_(place_, options.deadline),
      lab_(std::make_unique<Lab>(platform, place_, options.separate)) {
  lab_->bound_volumes(options.bounded_volumes);
  lab_->up(options.progress, [this] { return is_asked_to_stop(); });
  epoch_ = Clock::now();
  lab_->keep([this](const PodNews& news) { tell(news); });
}

LabWorld::~LabWorld() {
  close();
}

std::vector<std::string> LabWorld::close() {
  primaries_.reset();
  if (prober_) prober_->stop();
  for (const auto& writer : writers_) writer->stop();
  for (const auto& action : actions_) action->end();
  sfu_users_.reset();
  users_.reset();
  if (!lab_) return {};
  lab_.reset();
  guardian_.expect(a_while);
  std::vector<std::string> left = guardian_.finish();
  MachineAudit audit = audit_machine(before_, place_);
  audit_words_ = std::move(audit.words);
  left.insert(left.end(), audit.left.begin(), audit.left.end());
  return left;
}

bool LabWorld::is_asked_to_stop() const {
  return options_.interrupted && options_.interrupted->load();
}

void LabWorld::must_stop(const std::string& why) {
  if (stop_words_.empty()) stop_words_ = why;
  stops_ = true;
}

/// True once, when the drill has to be told that it must end.
bool LabWorld::has_to_stop() {
  if (told_to_stop_) return false;
  if (!guardian_.is_watching()) must_stop("its guardian has died, so nobody would undo anything");
  if (const std::string trouble = lab_->trouble(); !trouble.empty()) must_stop(trouble);
  told_to_stop_ = stops_ || is_asked_to_stop();
  return told_to_stop_;
}

void LabWorld::watch(std::span<const Probe> probes) {
  if (!users_ && lab_->name_server()) start_name_users();
  if (!sfu_users_) start_sfu_users();
  if (writers_.empty()) start_writers();
  if (!primaries_) watch_primaries();
  make_probes(probes);
  now_ = clock();
}

/// What probes have found up to when nothing earlier can come any more. Questions that are under
/// way hold back what was found after them, for as long as their deadline at most.
bool LabWorld::has_samples() {
  settled_ = std::max(settled_, prober_->settled_until());  // before what was found is taken
  SampleBuffer found;
  prober_->drain(found);
  for (Sample& sample : found.samples) sample.at = not_before_its_fault(sample);
  pending_.insert(pending_.end(), found.samples.begin(), found.samples.end());
  std::stable_sort(pending_.begin(), pending_.end(),
                   [](const Sample& a, const Sample& b) { return a.at < b.at; });
  return !pending_.empty() && pending_.front().at < settled_;
}

/// A question that was under way when a fault came, and then failed, had not failed before it.
Offset LabWorld::not_before_its_fault(const Sample& sample) const {
  if (sample.answer != Answer::fails) return sample.at;
  for (const auto& effect : effects_) {
    const Offset since = effect->state.since;
    if (sample.at < since && since < sample.at + ProbePlan{}.deadline) return since;
  }
  return sample.at;
}

Wake LabWorld::wait_until(Offset deadline) {
  Wake wake;
  for (;;) {
    guardian_.expect(a_while);
    const bool stop = has_to_stop();
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(changed_.mutex);
      seen = changed_.changes;
    }
    const bool ended = std::any_of(actions_.begin(), actions_.end(),
                                   [](const auto& action) { return action->has_news(); });
    if (ended) wake.why = Wake::Why::action_ended;
    const bool sampled = prober_ && has_samples();
    if (sampled && !ended) wake.why = Wake::Why::probe_changed;
    if (stop) wake = {Wake::Why::must_stop, stop_words_};
    if (stop || ended || sampled || clock() >= deadline) break;
    // Something that is held back is looked at again soon, and a signal wakes nobody.
    auto until = std::min(epoch_ + deadline, Clock::now() + look_whether_to_stop);
    if (!pending_.empty()) until = std::min(until, Clock::now() + look_again);
    std::unique_lock lock(changed_.mutex);
    changed_.condition.wait_until(lock, until, [&] { return changed_.changes != seen; });
  }
  // Never past the deadline, as every world promises: what came later is dated then.
  now_ = std::max(now_, std::min(clock(), deadline));
  return wake;
}

void LabWorld::drain(SampleBuffer& buffer) {
  if (prober_) has_samples();
  const Offset until = std::min(settled_, now_);
  const auto later = std::find_if(pending_.begin(), pending_.end(),
                                  [&](const Sample& sample) { return sample.at > until; });
  buffer.samples.insert(buffer.samples.end(), pending_.begin(), later);
  pending_.erase(pending_.begin(), later);
  const std::lock_guard lock(notes_mutex_);
  const auto next =
      std::find_if(notes_.begin(), notes_.end(), [&](const Note& note) { return note.at > now_; });
  buffer.notes.insert(buffer.notes.end(), notes_.begin(), next);
  notes_.erase(notes_.begin(), next);
}

void LabWorld::tell(const PodNews& news) {
  NoteKind kind = NoteKind::pod_ready;
  if (news.what == PodNews::What::killed) kind = NoteKind::pod_killed;
  if (news.what == PodNews::What::started) kind = NoteKind::container_restarted;
  if (news.what == PodNews::What::unready) kind = NoteKind::pod_unready;
  note(kind, component_of(news.kind), news.pod, news.at, news.began);
}

void LabWorld::note(NoteKind kind, ComponentId component, const std::string& subject,
                    Clock::time_point at, Clock::time_point began) {
  const std::lock_guard lock(notes_mutex_);
  auto found = std::find(subjects_.begin(), subjects_.end(), subject);
  if (found == subjects_.end()) found = subjects_.insert(subjects_.end(), subject);
  const Note made{.at = at - epoch_,
                  .began = began - epoch_,
                  .kind = kind,
                  .component = component,
                  .subject = static_cast<SubjectId>(found - subjects_.begin()),
                  .parameter = ParameterId::none};
  const auto later = std::upper_bound(notes_.begin(), notes_.end(), made,
                                      [](const Note& a, const Note& b) { return a.at < b.at; });
  notes_.insert(later, made);
}

/// A server that acknowledges beside the one that the Service leads to, and for how long.
void LabWorld::watch_primaries() {
  std::vector<ServerToWatch> servers;
  for (const Lab::Pod& pod : lab_->pods())
    if (component_of(pod.kind) == ComponentId::postgres)
      servers.push_back({pod.name, {pod.place.address, postgres_port}});
  if (servers.size() < 2) return;
  const Directory& services = *this;
  primaries_ = std::make_unique<PrimaryWatch>(
      services, platform_.postgres.write_service, servers,
      [this](const std::string& pod, bool beside, Clock::time_point at) {
        note(beside ? NoteKind::postgres_two_primaries : NoteKind::postgres_stopped,
             ComponentId::postgres, pod, at, at);
      });
}

std::string_view LabWorld::subject_name(SubjectId subject) const {
  const std::lock_guard lock(notes_mutex_);
  const auto index = static_cast<std::size_t>(subject);
  return index < subjects_.size() ? std::string_view(subjects_[index]) : std::string_view();
}

ComponentSet LabWorld::dependents(ComponentSet set) const {
  for (bool grown = true; grown;) {
    const ComponentSet before = set;
    for (const DependencySpec& dependency : platform_.dependencies)
      if (set.has(dependency.on)) set.add(dependency.from);
    grown = !(set == before);
  }
  return set;
}

Inventory LabWorld::inventory() const {
  using Better = InventoryItem::Better;
  std::int64_t primaries = 0, standbys = 0, masters = 0, replicas = 0;
  std::array<std::int64_t, component_count> ready{};
  const auto pods = lab_->pods();
  for (const Lab::Pod& pod : pods) {
    if (!pod.running || pod.lost) continue;
    const ComponentId component = component_of(pod.kind);
    ready[index_of(component)] += pod.ready ? 1 : 0;
    if (component == ComponentId::postgres) {
      const auto recovering = sql(pod, "SELECT pg_is_in_recovery()");
      primaries += recovering == "f\n" ? 1 : 0;
      standbys += recovering == "t\n" &&
                          sql(pod, "SELECT status FROM pg_stat_wal_receiver") == "streaming\n"
                      ? 1
                      : 0;
    } else if (component == ComponentId::redis) {
      const auto nodes = asked({"redis-cli", "-h", pod.place.address, "CLUSTER", "NODES"});
      const auto role = asked({"redis-cli", "-h", pod.place.address, "INFO", "replication"});
      if (!nodes || !role) continue;
      const bool serves = nodes->find("myself,master") != std::string::npos &&
                          count_of(nodes->substr(nodes->find("myself")), "connected ") > 0;
      masters += serves ? 1 : 0;
      replicas += count_of(*role, "master_link_status:up");
    }
  }
  Inventory inventory;
  if (runs(pods, ComponentId::postgres)) {
    inventory.push_back(
        {ComponentId::postgres, "writable primaries", primaries, Better::equal, false});
    inventory.push_back(
        {ComponentId::postgres, "streaming standbys", standbys, Better::higher, false});
  }
  if (runs(pods, ComponentId::redis)) {
    inventory.push_back({ComponentId::redis, "masters serving", masters, Better::higher, false});
    inventory.push_back({ComponentId::redis, "replicas", replicas, Better::higher, false});
  }
  const std::array<std::pair<ComponentId, std::string_view>, 4> served{
      {{ComponentId::livekit_sfu, "nodes taking participants"},
       {ComponentId::api, "pods serving"},
       {ComponentId::load_balancer, "targets in service"},
       {ComponentId::monitoring, "Prometheus servers scraping"}}};
  for (const auto& [component, name] : served)
    if (runs(pods, component))
      inventory.push_back(
          {component, std::string(name), ready[index_of(component)], Better::higher, false});
  std::vector<live::Made> faults;
  for (const live::Made& made : left_by(place_.log()))
    if (made.kind == live::Made::Kind::table) faults.push_back(made);
  inventory.push_back({ComponentId::platform, "cut connections",
                       static_cast<std::int64_t>(residue(faults).size()), Better::equal, true});
  return inventory;
}

ChecklistAnswer LabWorld::answer(ChecklistItem item) const {
  return {item, ChecklistAnswer::Outcome::not_evaluated, now_, "a lab does not tell"};
}

/// Streams are read side by side, each with a time of its own.
Ledger LabWorld::ledger() const {
  for (const auto& writer : writers_) writer->stop();
  guardian_.expect(verified_within + a_while);
  std::vector<std::future<VerifiedStream>> reading;
  for (const auto& writer : writers_)
    reading.push_back(std::async(std::launch::async, [this, &writer] {
      return writer->verify(Clock::now() + verified_within, undone_at_);
    }));
  Ledger ledger;
  for (auto& stream : reading) ledger.streams.push_back(stream.get().stream);
  writers_.clear();
  return ledger;
}

std::vector<ProbeSampling> LabWorld::sampling() const {
  return prober_ ? prober_->sampling() : std::vector<ProbeSampling>();
}

}  // namespace drdrill::live
