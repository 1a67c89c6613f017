#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sim/drill/world.hpp"
#include "sim/live/clients/directory.hpp"
#include "sim/live/clients/ledger_writer.hpp"
#include "sim/live/clients/name_users.hpp"
#include "sim/live/clients/prober.hpp"
#include "sim/live/clients/sfu_users.hpp"
#include "sim/live/guardian.hpp"
#include "sim/live/lab.hpp"
#include "sim/live/machine_audit.hpp"
#include "sim/live/people.hpp"
#include "sim/live/primaries.hpp"

/// A lab as a world: the same scenarios and runbooks, on real processes that were made for the
/// drill and go with it. Time is the machine's; `now` is when the drill was last given the word, so
/// that what it decides in one go has one date. Probes and ledger writers are clients on this
/// machine and share nothing with what is failed.
namespace drdrill::live {

struct LabOptions {
  bool separate = true;                 ///< network namespaces; otherwise loopback addresses
  std::chrono::seconds deadline{3600};  ///< after which the guardian undoes everything
  /// Pods and workloads whose volumes can be full, so that a fault may fill them.
  std::vector<std::string> bounded_volumes{};
  double writes_per_second = 50;  ///< at least, for each database and slot range
  std::function<void(std::string_view)> progress{};
  People people{};  ///< none: who is called is there, and what only people can do is not done
  const std::atomic<bool>* interrupted = nullptr;  ///< set from outside: stop and undo everything
};

class LabWorld final : public World, private Directory {
 public:
  /// Brings the lab up. Throws std::runtime_error when it does not come up; nothing is left then.
  /// GaveUp when it is interrupted.
  LabWorld(const PlatformSpec& platform, const LabOptions& options);
  /// As close().
  ~LabWorld() override;
  /// Takes everything down. What is left on this machine, as sentences. Nothing else may be asked
  /// afterwards.
  std::vector<std::string> close();
  /// What was compared on the machine before the lab and after close(), in words.
  const std::string& audit_words() const { return audit_words_; }

  std::string_view name() const override { return "lab"; }
  std::optional<Refusal> refusal(const Effect& effect) const override;
  std::optional<Refusal> refusal(const Action& action) const override;
  std::optional<Refusal> refusal(const Probe& probe) const override;
  Inventory inventory() const override;
  ComponentSet dependents(ComponentSet set) const override;
  Offset now() const override { return now_; }
  void watch(std::span<const Probe> probes) override;
  Wake wait_until(Offset deadline) override;
  void drain(SampleBuffer& buffer) override;
  EffectId inject(const Effect& effect) override;
  EffectState state(EffectId effect) const override;
  void recover(EffectId effect) override;
  ActionId begin(const Action& action) override;
  ActionState state(ActionId action) const override;
  void cancel(ActionId action) override;
  ChecklistAnswer answer(ChecklistItem item) const override;
  Ledger ledger() const override;
  std::vector<ProbeSampling> sampling() const override;
  UserImpact user_impact() const override { return {}; }
  std::string_view subject_name(SubjectId subject) const override;
  std::uint64_t fingerprint() const override { return 0; }

  const LabPlace& place() const { return place_; }

 private:
  struct Injected;  // an effect
  struct Running;   // an action

  std::vector<Endpoint> endpoints(std::string_view service) const override;
  std::optional<std::size_t> cluster_for(std::size_t client) const;
  std::size_t cluster_in_use() const;
  void start_name_users();
  std::optional<SfuUsersPlan> sfu_users_plan() const;
  void start_sfu_users();
  const Directory& client(std::size_t number) const;
  std::unique_ptr<Question> from_all_clients(
      const std::function<std::unique_ptr<Question>(const Directory&)>& question,
      const std::shared_ptr<std::atomic<std::size_t>>& turn) const;
  Offset clock() const { return Clock::now() - epoch_; }
  std::vector<std::string> targets(const Target& target) const;
  void start_writers();
  bool plan_of(ProbeKind kind, ProbePlan& plan) const;
  void make_probes(std::span<const Probe> probes);
  bool has_samples();
  Offset not_before_its_fault(const Sample& sample) const;
  void tell(const PodNews& news);
  void note(NoteKind kind, ComponentId component, const std::string& subject, Clock::time_point at,
            Clock::time_point began);
  void watch_primaries();
  Asked ask(const Running& running) const;
  void run(Running& running);
  void carry_out(Running& running, ActionState& state, std::string& output);
  bool is_asked_to_stop() const;
  void must_stop(const std::string& why);
  bool has_to_stop();

  /// Longer takes nothing that a world is asked for; whoever takes longer hangs.
  static constexpr std::chrono::minutes a_while{2};

  const PlatformSpec& platform_;
  LabOptions options_;
  MachineState before_;  // we came
  std::string audit_words_;
  LabPlace place_;
  mutable Guardian guardian_;
  std::unique_ptr<Lab> lab_;
  bool stops_ = false;  // and why
  std::string stop_words_;
  bool told_to_stop_ = false;
  Clock::time_point epoch_;
  Offset now_{};
  ChangeSignal changed_;
  std::vector<Sample> pending_;       // in order of time
  Offset settled_{};                  // nothing earlier is to come
  std::unique_ptr<NameUsers> users_;  ///< none: everybody goes to the first cluster
  std::vector<std::unique_ptr<Directory>> clients_;
  mutable std::atomic<std::size_t> in_use_{0};
  std::unique_ptr<SfuUsers> sfu_users_;  ///< none: nothing runs that they could use
  std::unique_ptr<Prober> prober_;
  std::unique_ptr<PrimaryWatch> primaries_;
  mutable std::vector<std::unique_ptr<LedgerWriter>> writers_;
  std::vector<std::unique_ptr<Injected>> effects_;
  std::vector<Offset> undone_at_;  ///< when each began to be
  std::vector<std::unique_ptr<Running>> actions_;
  mutable std::mutex notes_mutex_;
  std::vector<Note> notes_;
  std::deque<std::string> subjects_;  // whose names do not move
};

}  // namespace drdrill::live
