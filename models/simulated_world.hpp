#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "models/observed.hpp"
#include "models/retries.hpp"
#include "sim/drill/platform.hpp"
#include "sim/drill/scenario.hpp"
#include "sim/drill/world.hpp"

namespace drdrill {

struct Event;

/// A World made of models. Translation only: what happens is the component models' business. The
/// same platform, seed and replication give the same bytes, always.
class SimulatedWorld final : public World {
 public:
  /// The platform must outlive the world. `start` is the platform's wall clock at offset 0.
  SimulatedWorld(const PlatformSpec& platform, const WallTime& start,
                 Retries retries = Retries::made_up_for);
  ~SimulatedWorld() override;

  /// Starts again from the warmed platform: all pods run, all participants have joined.
  void reset(std::uint64_t seed, std::uint64_t replication);
  /// What takes its time from these and not from draws, from the next reset on. Parameters that
  /// nothing draws durations from are let be.
  void observe(const ObservedTimes& times);

  std::string_view name() const override { return "simulated"; }
  std::optional<Refusal> refusal(const Effect& effect) const override;
  std::optional<Refusal> refusal(const Action& action) const override;
  std::optional<Refusal> refusal(const Probe& probe) const override;
  Inventory inventory() const override;
  ComponentSet dependents(ComponentSet set) const override;
  Offset now() const override;
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
  UserImpact user_impact() const override;
  const Parameter* parameter(ParameterId id) const override;
  std::string_view subject_name(SubjectId subject) const override;
  std::uint64_t fingerprint() const override;

  /// Did the run since the last reset depend on the parameter's value?
  bool exercised(ParameterId id) const;
  /// Events handled since the last reset.
  std::uint64_t events() const;

 private:
  struct Models;
  void after_change();
  void settle();
  struct Handler {
    SimulatedWorld& world;
    void operator()(const Event& event) const { world.handle(event); }
    void expect(const Event& event) const { world.expect(event); }
  };
  void handle(const Event& event);
  void expect(const Event& event) const;

  std::unique_ptr<Models> models_;
};

}  // namespace drdrill
