#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/commands.hpp"
#include "models/kubernetes.hpp"
#include "sim/kube/cron_times.hpp"

/// CronJobs fire by their schedule and make Jobs; the containers of Jobs run their own commands, in
/// the same shell as runbook steps, with what their image holds and what their volumes bring.
namespace drdrill::models {

class Jobs final : public PodModel {
 public:
  Jobs(Context& context, Kubernetes& kubernetes, Commands& commands);

  void reset();
  void handle(const Event& event);
  /// Looks for CronJobs that were made or changed, and whether containers' commands have ended.
  void poll();

  void pod_started(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;

 private:
  struct Schedule {
    int cluster = 0;
    int cron_job = 0;
    std::string text;
    std::string zone;
    std::optional<kube::CronTimes> times;
    Group timer{};
    bool armed = false;
  };
  struct Container {
    PodRef pod = no_pod;
    ActionId action{};
  };
  enum class Kind : std::uint16_t { fires, cannot_start };

  void read_schedules();
  Schedule& schedule_of(int cluster, int cron_job);
  void arm(std::size_t schedule, std::int64_t after_minute);
  void fire(const Schedule& schedule);

  Context& context_;
  Kubernetes& kubernetes_;
  Commands& commands_;
  std::vector<Schedule> schedules_;  // those beyond `used_` wait to be used again
  std::size_t used_ = 0;
  std::uint64_t read_at_ = 0;  // version of the cluster's objects
  std::vector<Container> running_;
};

}  // namespace drdrill::models
