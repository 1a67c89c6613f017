#pragma once

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
  /// Looks whether containers' commands have ended.
  void poll();

  void pod_started(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;

 private:
  struct Schedule {
    int cluster = 0;
    int cron_job = 0;
    std::optional<kube::CronTimes> times;
    Group timer{};
  };
  struct Container {
    PodRef pod = no_pod;
    ActionId action{};
  };
  enum class Kind : std::uint16_t { fires, cannot_start };

  void arm(std::size_t schedule, std::int64_t after_minute);
  void fire(const Schedule& schedule);

  Context& context_;
  Kubernetes& kubernetes_;
  Commands& commands_;
  std::vector<Schedule> schedules_;
  std::vector<Container> running_;
};

}  // namespace drdrill::models
