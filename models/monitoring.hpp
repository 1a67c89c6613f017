#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/alerts.hpp"
#include "models/dns.hpp"
#include "models/kubernetes.hpp"
#include "models/pod_table.hpp"
#include "sim/drill/ledger.hpp"
#include "sim/drill/world.hpp"

/// The Prometheus servers: which of them scrape and evaluate, and the samples that they keep. What
/// becomes of rules is Alerts'.
namespace drdrill::models {

class Monitoring final : public PodModel {
 public:
  Monitoring(Context& context, Kubernetes& kubernetes, Dns& dns, Alerts& alerts);

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
  /// What one Prometheus had stored is gone. Nobody keeps another copy of it.
  void data_lost(std::string_view pod_name);

  void add_inventory(Inventory& inventory) const;
  void add_ledger(Ledger& ledger, Offset end) const;

 private:
  enum class Kind : std::uint16_t { started };

  void count();
  bool does_its_work(PodRef ref);
  Offset stored_from() const;

  Context& context_;
  Kubernetes& kubernetes_;
  Dns& dns_;
  Alerts& alerts_;
  int counted_cluster_ = 0;
  struct Process {
    bool scraping = false;
  };
  PodTable<Process> processes_;
  std::map<std::string, Offset, std::less<>> stores_from_;  // by pod, of those that lost data
  int working_ = 0;
  bool switched_off_ = false;
  bool worked_ = true;  // when last counted
  Offset works_since_{};
  Offset unreported_since_ = never;  // the outage that somebody has yet to notice
  std::vector<LedgerRun> runs_;
  Draw& process_start_;
  Draw& scrape_timeout_;
  Draw& evaluation_time_;
  Draw& retention_;
  Duration retention_time_{};
};

}  // namespace drdrill::models
