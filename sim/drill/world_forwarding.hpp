#pragma once

#include "sim/drill/world.hpp"

/// A world that hands everything on to another one. Derive from it to look at, count or change a
/// few calls only (a recorder, a fault in the prober) without repeating the others.
namespace drdrill {

class ForwardingWorld : public World {
 public:
  /// `inner` must outlive this.
  explicit ForwardingWorld(World& inner) : inner_(&inner) {}

  std::string_view name() const override { return inner_->name(); }

  std::optional<Refusal> refusal(const Effect& effect) const override {
    return inner_->refusal(effect);
  }
  std::optional<Refusal> refusal(const Action& action) const override {
    return inner_->refusal(action);
  }
  std::optional<Refusal> refusal(const Probe& probe) const override {
    return inner_->refusal(probe);
  }

  Inventory inventory() const override { return inner_->inventory(); }
  ComponentSet dependents(ComponentSet set) const override { return inner_->dependents(set); }

  Offset now() const override { return inner_->now(); }
  void watch(std::span<const Probe> probes) override { inner_->watch(probes); }
  Wake wait_until(Offset deadline) override { return inner_->wait_until(deadline); }
  void drain(SampleBuffer& buffer) override { inner_->drain(buffer); }

  EffectId inject(const Effect& effect) override { return inner_->inject(effect); }
  EffectState state(EffectId effect) const override { return inner_->state(effect); }
  void recover(EffectId effect) override { inner_->recover(effect); }

  ActionId begin(const Action& action) override { return inner_->begin(action); }
  ActionState state(ActionId action) const override { return inner_->state(action); }
  std::vector<ProbeSampling> sampling() const override { return inner_->sampling(); }
  void cancel(ActionId action) override { inner_->cancel(action); }

  ChecklistAnswer answer(ChecklistItem item) const override { return inner_->answer(item); }
  Ledger ledger() const override { return inner_->ledger(); }
  UserImpact user_impact() const override { return inner_->user_impact(); }
  const Parameter* parameter(ParameterId id) const override { return inner_->parameter(id); }
  std::string_view subject_name(SubjectId subject) const override {
    return inner_->subject_name(subject);
  }
  std::uint64_t fingerprint() const override { return inner_->fingerprint(); }

 protected:
  World& inner() { return *inner_; }
  const World& inner() const { return *inner_; }

 private:
  World* inner_;
};

}  // namespace drdrill
