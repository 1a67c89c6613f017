#include "models/monitoring.hpp"

#include <algorithm>

#include "models/link.hpp"

namespace drdrill::models {
Monitoring::Monitoring(Context& context, Kubernetes& kubernetes, Dns& dns, Alerts& alerts)
    : context_(context),
      kubernetes_(kubernetes),
      dns_(dns),
      alerts_(alerts),
      process_start_(context.draws["monitoring.process_start"]),
      scrape_timeout_(context.draws["monitoring.scrape_timeout"]),
      evaluation_time_(context.draws["monitoring.evaluation_time"]),
      retention_(context.draws["monitoring.retention"]) {}

void Monitoring::reset() {
  switched_off_ = false;
  retention_time_ = retention_.time();
  runs_.clear();
  stores_from_.clear();
  works_since_ = Offset::zero();
  unreported_since_ = never;
  processes_.each([](PodRef, Process& process) { process = Process{}; });
  for (const WorkloadModel& workload : context_.spec.workloads) {
    if (workload.kind != WorkloadModel::Kind::monitoring || workload.cluster != 0) continue;
    kubernetes_.each_pod_of(workload, [&](PodRef ref) { processes_[ref].scraping = true; });
  }
  worked_ = true;
  count();
}

void Monitoring::handle(const Event& event) {
  const std::size_t subject = event.subject;
  const PodRef ref{static_cast<int>(subject >> 24), static_cast<int>(subject & 0xffffff)};
  if (!kubernetes_.is_up(ref)) return;
  processes_[ref].scraping = true;
  kubernetes_.health_changed(ref);
  count();
}

void Monitoring::pod_started(PodRef ref) {
  processes_[ref].scraping = false;
  const auto packed =
      static_cast<std::size_t>(ref.cluster) << 24 | static_cast<std::size_t>(ref.pod);
  context_.engine.after(process_start_.time(),
                        {.component = event_owner(Owner::monitoring),
                         .kind = static_cast<std::uint16_t>(Kind::started),
                         .subject = static_cast<std::uint32_t>(packed)},
                        Group::none);
}

void Monitoring::pod_ended(PodRef ref, Ending) {
  processes_[ref].scraping = false;
  count();
}

bool Monitoring::pod_healthy(PodRef ref) const {
  const Process* process = processes_.find(ref);
  return process && process->scraping;
}

void Monitoring::data_lost(std::string_view pod_name) {
  stores_from_.insert_or_assign(std::string(pod_name), context_.now());
}

/// Samples from before are on no disk. Queries are answered by any replica that has them.
Offset Monitoring::stored_from() const {
  Offset from = never;
  processes_.each([&](PodRef ref, const Process&) {
    const kube::Pod& pod = kubernetes_.pod(ref);
    if (!pod.meta.exists || kubernetes_.component_of(ref) != ComponentId::monitoring) return;
    const auto lost = stores_from_.find(pod.meta.name);
    from = std::min(from, lost == stores_from_.end() ? Offset::min() : lost->second);
  });
  return from == never ? Offset::min() : from;
}

void Monitoring::switch_off(bool off) {
  switched_off_ = off;
  count();
}

/// Scrapes must answer in time, rules be evaluated before they are due again, and samples be
/// stored.
bool Monitoring::does_its_work(PodRef ref) {
  if (!kubernetes_.is_up(ref) || !kubernetes_.reached_from_outside(ref)) return false;
  const Impairment impairment = kubernetes_.impairment(ref);
  if (impairment == Impairment{}) return true;
  const Duration evaluation = from_seconds(evaluation_time_.value() * impairment.slowness);
  return !impairment.full && comes_through(impairment, scrape_timeout_.time()) &&
         evaluation <= context_.spec.monitoring.evaluation_interval;
}

void Monitoring::count() {
  working_ = 0;
  counted_cluster_ = dns_.in_use();
  processes_.each([&](PodRef ref, const Process& process) {
    if (ref.cluster == counted_cluster_ && process.scraping && does_its_work(ref)) ++working_;
  });
  context_.changed = true;
  if (worked_ && !works() && context_.now() > works_since_)
    runs_.push_back({works_since_, context_.now(), 0, Fate::kept});
  if (!worked_ && works()) works_since_ = context_.now();
  worked_ = works();
  alerts_.monitoring_changed(worked_);
}

void Monitoring::add_inventory(Inventory& inventory) const {
  inventory.push_back({ComponentId::monitoring, "Prometheus servers scraping", working_,
                       InventoryItem::Better::higher, false});
}

/// Samples that were due while nobody scraped are lost; one target a pod.
void Monitoring::add_ledger(Ledger& ledger, Offset end) const {
  const double interval = to_seconds(context_.spec.monitoring.scrape_interval);
  if (interval <= 0) return;
  const double rate =
      static_cast<double>(kubernetes_.cluster(counted_cluster_).pods.size()) / interval;
  LedgerStream stream{ComponentId::monitoring, "samples", {}};
  const Offset stored = stored_from();
  const auto add = [&](Offset from, Offset to, Fate fate) {
    const auto count = static_cast<std::uint64_t>(to_seconds(to - from) * rate);
    if (count > 0) stream.runs.push_back({from, to, count, fate});
  };
  const auto put = [&](Offset from, Offset to, Fate fate) {
    const Offset cut = std::clamp(stored, from, to);
    if (fate == Fate::kept && cut > from) {
      add(from, cut, Fate::lost);
      from = cut;
    }
    if (to > from) add(from, to, fate);
  };
  // What was stored before the drill, as far back as it was kept, is told of only when it is lost.
  if (stored > Offset::zero()) {
    retention_.use();
    put(-retention_time_, Offset::zero(), Fate::kept);
  }
  Offset at = Offset::zero();
  for (const LedgerRun& run : runs_) {
    if (run.first > at) put(at, run.first, Fate::lost);
    put(run.first, run.last, Fate::kept);
    at = run.last;
  }
  if (works()) {
    if (works_since_ > at) put(at, works_since_, Fate::lost);
    put(std::max(at, works_since_), end, Fate::kept);
  } else {
    put(at, end, Fate::lost);
  }
  ledger.streams.push_back(std::move(stream));
}

}  // namespace drdrill::models
