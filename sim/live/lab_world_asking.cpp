#include <algorithm>

#include "sim/live/clients/questions.hpp"
#include "sim/live/lab_world_parts.hpp"

/// What probes ask of a lab, and what ledger writers write.
namespace drdrill::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned slot_ranges = 3;
constexpr seconds first_samples_within{5};
constexpr double most_writes_per_second = 1000;
constexpr double api_questions_per_second = 20;
constexpr std::string_view api_path = "/write?n=0";

/// Are samples younger than two scrapes, and is what rules record younger than two evaluations?
std::string freshness_query(const MonitoringSpec& spec) {
  const auto seconds_of = [](Duration time) {
    return std::to_string(std::chrono::duration<double>(2 * time).count());
  };
  return "/api/v1/query?query=(time()-max(timestamp(up))%3C" + seconds_of(spec.scrape_interval) +
         ")%20and%20on()%20(time()-timestamp(lab:up)%3C" + seconds_of(spec.evaluation_interval) +
         ")";
}

std::vector<SlotRange> ranges() {
  std::vector<SlotRange> all;
  for (unsigned part = 0; part < slot_ranges; ++part)
    all.push_back(part_of(SlotRange{}, part, slot_ranges));
  return all;
}

std::vector<SqlTarget> databases_of(const PlatformSpec& platform) {
  std::vector<SqlTarget> targets;
  for (const DatabaseSpec& database : platform.postgres.databases)
    targets.push_back({platform.postgres.write_service, database.name, "postgres", true});
  return targets;
}

}  // namespace

std::optional<Refusal> LabWorld::refusal(const Probe& probe) const {
  ProbePlan plan;
  if (plan_of(probe.kind, plan)) return {};
  std::string reason =
      "nothing in this lab answers the probe \"" + std::string(row_of(probe.kind).id) + "\"";
  for (const WorkloadModel& model : platform_.workloads)
    if (component_of(model.kind) == row_of(probe.kind).component)
      if (const std::string missing = missing_program(model); !missing.empty())
        return Refusal{reason.append("; ").append(missing), true};
  return Refusal{reason, true};
}

/// How a probe is asked; false: nothing runs that could answer.
bool LabWorld::plan_of(ProbeKind kind, ProbePlan& plan) const {
  if (!runs(lab_->pods(), row_of(kind).component)) return false;
  plan.kind = kind;
  const auto turn = std::make_shared<std::atomic<std::size_t>>(0);
  switch (kind) {
    case ProbeKind::postgres_write:
      plan.question = [this] { return postgres_question(*this, databases_of(platform_)); };
      return true;
    case ProbeKind::redis_slots:
      plan.question = [this] { return redis_question(*this, platform_.redis.service, ranges()); };
      return true;
    case ProbeKind::api_requests:
      if (!runs(lab_->pods(), ComponentId::load_balancer)) return false;
      plan.question = [this, turn] {
        return from_all_clients(
            [this](const Directory& client) {
              return write_question(client, platform_.entry.service, api_path);
            },
            turn);
      };
      plan.rate = api_questions_per_second;
      plan.over_a_second = true;
      return true;
    case ProbeKind::lb_connect:
      plan.question = [this, turn] {
        return from_all_clients(
            [this](const Directory& client) {
              return connect_question(client, platform_.entry.service, "GET /lb HTTP/1.0\r\n\r\n");
            },
            turn);
      };
      return true;
    case ProbeKind::media:
      if (!sfu_users_plan()) return false;
      plan.question = [this] { return media_question(*sfu_users_); };
      return true;
    case ProbeKind::scrapes: {
      const auto services = services_of(platform_, WorkloadModel::Kind::monitoring);
      if (services.empty()) return false;
      plan.question = [this, service = services.front()] {
        return http_question(*this, service, freshness_query(platform_.monitoring),
                             "\"result\":[{");
      };
      return true;
    }
    default:
      return false;
  }
}

void LabWorld::make_probes(std::span<const Probe> probes) {
  std::vector<ProbePlan> plans;
  for (const Probe& probe : probes) {
    ProbePlan plan;
    if (!plan_of(probe.kind, plan)) continue;
    // Once by itself: the tables that it needs are made, and what has just come up is warm.
    const auto first = plan.question();
    const Deadline deadline = Clock::now() + first_samples_within;
    while (!first->prepare(Clock::now() + seconds(1)).ok() && Clock::now() < deadline)
      std::this_thread::sleep_for(milliseconds(50));
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
  const auto pods = lab_->pods();
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
  if (!runs(pods, ComponentId::api) || !runs(pods, ComponentId::load_balancer)) return;
  LedgerPlan plan;
  plan.component = ComponentId::api;
  plan.name = "through the API";
  const auto lanes = std::make_shared<std::atomic<std::size_t>>(0);
  plan.store = [this, lanes] { return api_ledger(client((*lanes)++), platform_.entry.service); };
  add(std::move(plan), platform_.load.api_writes_per_second);
}

}  // namespace drdrill::live
