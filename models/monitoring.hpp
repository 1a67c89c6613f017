#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/dns.hpp"
#include "models/kubernetes.hpp"
#include "models/pod_table.hpp"
#include "sim/drill/ledger.hpp"
#include "sim/drill/world.hpp"

/// Prometheus, Alertmanager and the people whom they wake. An alert fires when a rule's condition
/// was seen (scrape and evaluation have phases) and has held; Alertmanager waits for its group; a
/// person acknowledges and then finds out what is wrong. Without a running Prometheus nothing
/// fires, and it is left to somebody to notice.
namespace drdrill::models {

class Monitoring final : public PodModel {
 public:
  Monitoring(Context& context, Kubernetes& kubernetes, Dns& dns);

  void reset();
  void handle(const Event& event);

  void pod_started(PodRef ref) override;
  void pod_ended(PodRef ref, Ending ending) override;
  bool pod_healthy(PodRef ref) const override;
  void reach_changed() override { count(); }

  /// Does a Prometheus scrape and evaluate, in the cluster that most clients are sent to?
  bool works() const { return working_ > 0 && !switched_off_; }
  /// Clients may be sent somewhere else.
  void routes_changed() {
    if (dns_.in_use() != counted_cluster_) count();
  }
  /// A fault or its end: the whole system is not there.
  void switch_off(bool off);
  /// A fault or its end: who does not answer, by roles and names.
  void set_absent(std::span<const std::string_view> who);

  /// What one Prometheus had stored is gone. Nobody keeps another copy of it.
  void data_lost(std::string_view pod_name);

  /// A component's steady state broke or came back.
  void component_changed(ComponentId component, bool holds);
  /// Somebody with the role knows what to do.
  bool is_ready(std::string_view role) const;
  bool has_role(std::string_view role) const;
  bool knows(std::string_view role_or_name) const;

  /// Rules whose condition holds, by name: alerts that are pending or firing.
  std::vector<std::string_view> active_alerts() const;
  void add_inventory(Inventory& inventory) const;
  void add_ledger(Ledger& ledger, Offset end) const;

 private:
  struct Alert {
    const AlertRule* rule = nullptr;
    SubjectId subject = SubjectId::none;
    Group timer{};
    Offset broken_at{};
    bool firing = false;
    ParameterId hold = ParameterId::none;  // where a manifest's line says it
  };
  struct Person {
    const PersonSpec* spec = nullptr;
    SubjectId subject = SubjectId::none;
    Group timer{};
    bool called = false;
    bool ready = false;
    bool absent = false;
    Offset called_at{};
  };
  enum class Kind : std::uint16_t { started, fires, paged, acknowledged, diagnosed, noticed };

  void at(Duration delay, Kind kind, std::size_t subject, Group group);
  void call(std::string_view role);
  bool is_awake(const PersonSpec& person) const;
  void count();
  Offset stored_from() const;

  Context& context_;
  Kubernetes& kubernetes_;
  Dns& dns_;
  int counted_cluster_ = 0;
  struct Process {
    bool scraping = false;
  };
  PodTable<Process> processes_;
  std::map<std::string, Offset, std::less<>> stores_from_;  // by pod, of those that lost data
  std::vector<Alert> alerts_;
  std::vector<Person> people_;
  int working_ = 0;
  bool switched_off_ = false;
  bool worked_ = true;  // when last counted
  Offset works_since_{};
  std::vector<LedgerRun> runs_;
  RandomStream phases_;
  Draw& process_start_;
  Draw& group_wait_;
  Draw& acknowledge_;
  Draw& night_factor_;
  Draw& diagnose_;
  Draw& notice_;
  Draw& retention_;
  Duration retention_time_{};
};

}  // namespace drdrill::models
