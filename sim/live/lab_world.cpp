#include "sim/live/lab_world.hpp"

#include <algorithm>
#include <optional>

#include "sim/live/clients/questions.hpp"
#include "sim/live/lab_world_parts.hpp"
#include "sim/live/undo.hpp"

/// Time, probes, ledgers and inventory of a lab.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint16_t postgres_port = 5432;
constexpr std::uint16_t redis_port = 6379;
constexpr unsigned slot_ranges = 3;
constexpr seconds first_samples_within{5};
constexpr seconds verified_within{20};
constexpr milliseconds look_again{20};
constexpr double most_writes_per_second = 1000;

std::vector<SlotRange> ranges() {
  std::vector<SlotRange> all;
  for (unsigned part = 0; part < slot_ranges; ++part)
    all.push_back(part_of(SlotRange{}, part, slot_ranges));
  return all;
}

std::vector<SqlTarget> databases_of(const PlatformSpec& platform) {
  std::vector<SqlTarget> targets;
  for (const DatabaseSpec& database : platform.postgres.databases)
    targets.push_back({platform.postgres.write_service, database.name, "postgres"});
  return targets;
}

bool runs(const std::vector<Lab::Pod>& pods, ComponentId component) {
  return std::any_of(pods.begin(), pods.end(),
                     [&](const Lab::Pod& pod) { return component_of(pod.kind) == component; });
}

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

LabWorld::LabWorld(const PlatformSpec& platform, const LabOptions& options)
    : platform_(platform),
      options_(options),
      place_(claim_place()),
      guardian_(place_.log(), options.deadline),
      lab_(platform, place_, options.separate) {
  lab_.up(options.progress);
  epoch_ = Clock::now();
  lab_.keep([this](const PodNews& news) { tell(news); });
}

LabWorld::~LabWorld() {
  if (prober_) prober_->stop();
  for (const auto& writer : writers_) writer->stop();
  for (const auto& action : actions_) action->end();
}

std::vector<Endpoint> LabWorld::endpoints(std::string_view service) const {
  const bool redis = service == platform_.redis.service;
  std::vector<Endpoint> all;
  for (const std::string& address : lab_.endpoints(service))
    all.push_back({address, redis ? redis_port : postgres_port});
  return all;
}

std::optional<Refusal> LabWorld::refusal(const Probe& probe) const {
  const auto pods = lab_.pods();
  if (probe.kind == ProbeKind::postgres_write && runs(pods, ComponentId::postgres)) return {};
  if (probe.kind == ProbeKind::redis_slots && runs(pods, ComponentId::redis)) return {};
  return Refusal{"nothing in this lab answers the probe \"" + std::string(row_of(probe.kind).id) +
                 "\""};
}

void LabWorld::make_probes(std::span<const Probe> probes) {
  std::vector<ProbePlan> plans;
  for (const Probe& probe : probes) {
    ProbePlan plan;
    plan.kind = probe.kind;
    if (probe.kind == ProbeKind::postgres_write)
      plan.question = [this] { return postgres_question(*this, databases_of(platform_)); };
    if (probe.kind == ProbeKind::redis_slots)
      plan.question = [this] { return redis_question(*this, platform_.redis.service, ranges()); };
    if (!plan.question) continue;
    // Once by itself: the tables that it needs are made, and what has just come up is warm.
    const auto first = plan.question();
    const Deadline deadline = Clock::now() + first_samples_within;
    while (!first->ask(Clock::now() + seconds(1)).ok() && Clock::now() < deadline)
      std::this_thread::sleep_for(milliseconds(50));
    plans.push_back(std::move(plan));
  }
  const std::size_t wanted = plans.size();
  prober_ = std::make_unique<Prober>(std::move(plans), epoch_, changed_);
  pending_.clear();
  prober_->start();
  // The first answers are the drill's beginning.
  const Deadline deadline = Clock::now() + first_samples_within;
  while (Clock::now() < deadline) {
    has_samples();
    const auto settled = std::count_if(pending_.begin(), pending_.end(),
                                       [&](const Sample& sample) { return sample.at < settled_; });
    if (static_cast<std::size_t>(settled) >= wanted) break;
    std::this_thread::sleep_for(milliseconds(10));
  }
}

/// At least the rate that is asked for, and the platform's own where that is more.
void LabWorld::start_writers() {
  const auto pods = lab_.pods();
  const auto add = [&](LedgerPlan plan, double rate) {
    plan.rate = std::min(std::max(rate, options_.writes_per_second), most_writes_per_second);
    writers_.push_back(std::make_unique<LedgerWriter>(std::move(plan), epoch_));
    writers_.back()->start();
  };
  const auto databases = databases_of(platform_);
  if (runs(pods, ComponentId::postgres))
    for (const SqlTarget& target : databases) {
      LedgerPlan plan;
      plan.component = ComponentId::postgres;
      plan.name = target.database;
      plan.store = [this, target] { return sql_ledger(*this, target); };
      add(std::move(plan),
          platform_.postgres.writes_per_second / static_cast<double>(databases.size()));
    }
  if (!runs(pods, ComponentId::redis)) return;
  for (const SlotRange& range : ranges()) {
    LedgerPlan plan;
    plan.component = ComponentId::redis;
    plan.name = "slots " + std::to_string(range.first) + "-" + std::to_string(range.last);
    plan.store = [this, range] { return redis_ledger(*this, platform_.redis.service, range); };
    add(std::move(plan), platform_.redis.writes_per_second / slot_ranges);
  }
}

void LabWorld::watch(std::span<const Probe> probes) {
  if (writers_.empty()) start_writers();
  make_probes(probes);
  now_ = clock();
}

/// What probes have found up to when nothing earlier can come any more. Questions that are under
/// way hold back what was found after them, for as long as their deadline at most.
bool LabWorld::has_samples() {
  settled_ = std::max(settled_, prober_->settled_until());  // before what was found is taken
  SampleBuffer found;
  prober_->drain(found);
  pending_.insert(pending_.end(), found.samples.begin(), found.samples.end());
  std::stable_sort(pending_.begin(), pending_.end(),
                   [](const Sample& a, const Sample& b) { return a.at < b.at; });
  return !pending_.empty() && pending_.front().at < settled_;
}

Wake LabWorld::wait_until(Offset deadline) {
  Wake wake;
  for (;;) {
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
    if (ended || sampled || clock() >= deadline) break;
    // Something that is held back is looked at again soon.
    auto until = epoch_ + deadline;
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
  const Offset at = news.at - epoch_;
  const std::lock_guard lock(notes_mutex_);
  auto found = std::find(subjects_.begin(), subjects_.end(), news.pod);
  if (found == subjects_.end()) found = subjects_.insert(subjects_.end(), news.pod);
  notes_.push_back({.at = at,
                    .began = at,
                    .kind = kind,
                    .component = component_of(news.kind),
                    .subject = static_cast<SubjectId>(found - subjects_.begin()),
                    .parameter = ParameterId::none});
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
  const auto pods = lab_.pods();
  for (const Lab::Pod& pod : pods) {
    if (!pod.running || pod.lost) continue;
    if (component_of(pod.kind) == ComponentId::postgres) {
      const auto recovering = sql(pod, "SELECT pg_is_in_recovery()");
      primaries += recovering == "f\n" ? 1 : 0;
      standbys += recovering == "t\n" &&
                          sql(pod, "SELECT status FROM pg_stat_wal_receiver") == "streaming\n"
                      ? 1
                      : 0;
    } else {
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

/// What cannot be read back is lost as far as anybody can tell.
Ledger LabWorld::ledger() const {
  Ledger ledger;
  for (const auto& writer : writers_) writer->stop();
  const Deadline deadline = Clock::now() + verified_within;
  for (const auto& writer : writers_) {
    VerifiedStream verified = writer->verify(deadline);
    if (!verified.evaluated) {
      verified.stream.component = writer->plan().component;
      verified.stream.name = writer->plan().name + " (could not be read: " + verified.unread + ")";
      verified.stream.runs = {{Offset::zero(), now_, writer->counts().acknowledged, Fate::lost}};
    }
    ledger.streams.push_back(std::move(verified.stream));
  }
  writers_.clear();
  return ledger;
}

std::string LabWorld::resolution_words() const {
  std::string words;
  for (const auto& writer : writers_)
    words += (words.empty() ? "" : ", ") + writer->plan().name + ": one record each " +
             format_duration(writer->resolution());
  return words;
}

}  // namespace drdrill::live
