#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/drill/world.hpp"

/// A world that does what a script says: answers change at stated times, or so long after something
/// was done. For tests of the drill and the checkers.
namespace drdrill::test {

/// What comes of something that is done: an answer, a note or a figure of the inventory (which
/// replaces the one of that name), so long afterwards. Times in `what` are ignored.
struct Consequence {
  Duration after{};
  std::variant<Sample, Note, InventoryItem> what;
};

struct ScriptedAction {
  Duration takes{};
  Duration begins_after{};  ///< it was asked for
  int exit_status = 0;
  std::string output;
  ComponentSet touched;
  bool changed_something = false;
  bool understood = true;
  bool ends = true;                         ///< false: runs for ever
  std::vector<Consequence> consequences{};  ///< counted from its end
  std::string hidden_error{};
};

struct ScriptedEffect {
  bool takes_effect = true;
  Duration delay{};
  bool can_be_undone = true;
  ComponentSet touched;
  std::vector<Consequence> consequences{};       ///< counted from when it is in force
  std::vector<Consequence> undo_consequences{};  ///< counted from recover()
};

struct Script {
  std::vector<Consequence> by_time;                          ///< `after` the start
  std::map<std::string, ScriptedAction> actions;             ///< by command; for a summons by role
  std::map<std::string, ScriptedEffect> effects;             ///< by id
  std::vector<std::pair<ComponentId, ComponentId>> depends;  ///< the first on the second
  std::vector<ProbeKind> refused_probes;
  std::vector<ProbeKind> blind_probes{};  ///< refused for want of eyes
  Inventory inventory;
  std::map<ChecklistItem, ChecklistAnswer> checklist{};  ///< others: not evaluated
  Ledger ledger;
  UserImpact impact;
  std::optional<Duration> must_stop_at{};
  std::string why_stop{};
  std::map<std::uint16_t, Parameter> parameters;
};

class ScriptedWorld final : public World {
 public:
  explicit ScriptedWorld(Script script) : script_(std::move(script)) {
    for (const Consequence& c : script_.by_time) schedule(c.after, c.what);
    if (script_.must_stop_at) schedule(*script_.must_stop_at, MustStop{});
  }

  std::string_view name() const override { return "scripted"; }

  std::optional<Refusal> refusal(const Effect& effect) const override {
    if (script_.effects.contains(effect.id)) return std::nullopt;
    return Refusal{"there is no \"" + effect.id + "\" in the script"};
  }
  std::optional<Refusal> refusal(const Action& action) const override {
    if (script_.actions.contains(key(action))) return std::nullopt;
    return Refusal{"there is no \"" + key(action) + "\" in the script"};
  }
  std::optional<Refusal> refusal(const Probe& probe) const override {
    const auto& blind = script_.blind_probes;
    if (std::find(blind.begin(), blind.end(), probe.kind) != blind.end())
      return Refusal{"nobody looks at it here", true};
    const auto& refused = script_.refused_probes;
    if (std::find(refused.begin(), refused.end(), probe.kind) == refused.end()) return std::nullopt;
    return Refusal{"nobody asks that here"};
  }

  Inventory inventory() const override { return script_.inventory; }
  ComponentSet dependents(ComponentSet set) const override {
    for (std::size_t round = 0; round < component_count; ++round)
      for (const auto& [from, on] : script_.depends)
        if (set.has(on)) set.add(from);
    return set;
  }

  Offset now() const override { return now_; }

  void watch(std::span<const Probe> probes) override {
    watched_.fill(false);
    for (const Probe& probe : probes) {
      watched_[index(probe.kind)] = true;
      const State& state = answers_[index(probe.kind)];
      pending_.samples.push_back({now_, probe.kind, state.answer, state.value});
    }
  }

  Wake wait_until(Offset deadline) override {
    while (!events_.empty() && events_.front().at <= deadline) {
      now_ = std::max(now_, events_.front().at);
      if (auto why = pass_instant()) return {*why, script_.why_stop};
    }
    now_ = std::max(now_, deadline);
    return {Wake::Why::deadline};
  }

  void drain(SampleBuffer& buffer) override {
    buffer.samples.insert(buffer.samples.end(), pending_.samples.begin(), pending_.samples.end());
    buffer.notes.insert(buffer.notes.end(), pending_.notes.begin(), pending_.notes.end());
    pending_.clear();
  }

  EffectId inject(const Effect& effect) override {
    const auto id = static_cast<std::uint32_t>(effects_.size());
    injected.push_back(effect.id);
    effects_.push_back({&script_.effects.at(effect.id), {}});
    const ScriptedEffect& what = *effects_.back().script;
    if (!what.takes_effect) return EffectId{id};
    schedule(now_ + what.delay, TakesEffect{id});
    for (const Consequence& c : what.consequences) schedule(now_ + what.delay + c.after, c.what);
    settle_now();
    return EffectId{id};
  }
  EffectState state(EffectId effect) const override {
    return effects_.at(static_cast<std::size_t>(effect)).state;
  }
  void recover(EffectId effect) override {
    auto& [what, effect_state] = effects_.at(static_cast<std::size_t>(effect));
    ++recoveries;
    if (effect_state.undone || !what->can_be_undone) return;
    effect_state.undone = true;
    for (const Consequence& c : what->undo_consequences) schedule(now_ + c.after, c.what);
    settle_now();
  }

  ActionId begin(const Action& action) override {
    const auto id = static_cast<std::uint32_t>(actions_.size());
    begun.push_back(key(action));
    actions_.push_back({&script_.actions.at(key(action)), {}, false});
    const ScriptedAction& what = *actions_.back().script;
    actions_.back().state.began = now_ + what.begins_after;
    if (what.ends) schedule(now_ + what.takes, ActionEnds{id});
    settle_now();
    return ActionId{id};
  }
  ActionState state(ActionId action) const override {
    return actions_.at(static_cast<std::size_t>(action)).state;
  }
  void cancel(ActionId action) override {
    actions_.at(static_cast<std::size_t>(action)).cancelled = true;
  }

  ChecklistAnswer answer(ChecklistItem item) const override {
    const auto found = script_.checklist.find(item);
    if (found != script_.checklist.end()) return found->second;
    return {item, ChecklistAnswer::Outcome::not_evaluated, {}, "not in the script"};
  }
  Ledger ledger() const override { return script_.ledger; }
  UserImpact user_impact() const override { return script_.impact; }
  const Parameter* parameter(ParameterId id) const override {
    auto found = script_.parameters.find(static_cast<std::uint16_t>(id));
    return found == script_.parameters.end() ? nullptr : &found->second;
  }
  std::string_view subject_name(SubjectId subject) const override {
    const auto number = static_cast<std::size_t>(subject);
    while (names_.size() <= number) names_.push_back("thing-" + std::to_string(names_.size()));
    return names_[number];
  }
  std::uint64_t fingerprint() const override { return fingerprint_; }

  // What was asked of the world, for tests to look at.
  std::vector<std::string> begun;     ///< commands and, for a summons, roles
  std::vector<std::string> injected;  ///< ids
  int recoveries = 0;

 private:
  struct ActionEnds {
    std::uint32_t action;
  };
  struct TakesEffect {
    std::uint32_t effect;
  };
  struct MustStop {};
  using What = std::variant<Sample, Note, InventoryItem, ActionEnds, TakesEffect, MustStop>;
  struct Event {
    Offset at;
    What what;
  };
  struct State {
    Answer answer = Answer::holds;
    double value = 1;
  };
  struct RunningEffect {
    const ScriptedEffect* script;
    EffectState state;
  };
  struct RunningAction {
    const ScriptedAction* script;
    ActionState state;
    bool cancelled;
  };

  static std::size_t index(ProbeKind probe) { return static_cast<std::size_t>(probe); }
  static std::string key(const Action& action) {
    return std::string(action.kind == Action::Kind::summon ? action.actor : action.command);
  }

  void schedule(Offset at, What what) {
    auto later = std::find_if(events_.begin(), events_.end(),
                              [&](const Event& event) { return event.at > at; });
    events_.insert(later, {at, std::move(what)});
  }
  void schedule(Offset at, const std::variant<Sample, Note, InventoryItem>& what) {
    std::visit([&](const auto& value) { schedule(at, What(value)); }, what);
  }

  /// Lets happen what is due at once, for calls that pass no time.
  void settle_now() {
    while (!events_.empty() && events_.front().at <= now_) pass_instant();
  }

  /// Everything of the first instant. Why the caller should wake, if it should.
  std::optional<Wake::Why> pass_instant() {
    std::optional<Wake::Why> why;
    const Offset at = events_.front().at;
    while (!events_.empty() && events_.front().at == at) {
      Event event = std::move(events_.front());
      events_.erase(events_.begin());
      fingerprint_ =
          fingerprint_ * 1000003U + static_cast<std::uint64_t>(at.count()) + event.what.index() + 1;
      auto cause = std::visit([&](auto& what) { return happen(what); }, event.what);
      if (!why) why = cause;
    }
    return why;
  }

  std::optional<Wake::Why> happen(const Sample& sample) {
    State& state = answers_[index(sample.probe)];
    const bool changed = state.answer != sample.answer;
    state = {sample.answer, sample.value};
    if (!changed || !watched_[index(sample.probe)]) return std::nullopt;
    pending_.samples.push_back({now_, sample.probe, sample.answer, sample.value});
    return Wake::Why::probe_changed;
  }
  std::optional<Wake::Why> happen(Note note) {
    note.began = std::min(note.began, now_);
    note.at = now_;
    pending_.notes.push_back(note);
    return std::nullopt;
  }
  std::optional<Wake::Why> happen(const InventoryItem& item) {
    for (InventoryItem& have : script_.inventory)
      if (have.component == item.component && have.name == item.name) {
        have = item;
        return std::nullopt;
      }
    script_.inventory.push_back(item);
    return std::nullopt;
  }
  std::optional<Wake::Why> happen(const ActionEnds& end) {
    auto& [script, state, cancelled] = actions_[end.action];
    if (cancelled) return std::nullopt;
    state.ended = true;
    state.exit_status = script->exit_status;
    state.at = now_;
    state.output = script->output;
    state.touched = script->touched;
    state.changed_something = script->changed_something;
    state.understood = script->understood;
    state.hidden_error = script->hidden_error;
    for (const Consequence& c : script->consequences) schedule(now_ + c.after, c.what);
    return Wake::Why::action_ended;
  }
  std::optional<Wake::Why> happen(const MustStop&) { return Wake::Why::must_stop; }
  std::optional<Wake::Why> happen(const TakesEffect& takes) {
    auto& [script, state] = effects_[takes.effect];
    state.took_effect = true;
    state.since = now_;
    state.touched = script->touched;
    return std::nullopt;
  }

  Script script_;
  Offset now_{};
  std::uint64_t fingerprint_ = 1;
  std::vector<Event> events_;  ///< in order of time, then of scheduling
  std::array<State, probe_table.size()> answers_{};
  std::array<bool, probe_table.size()> watched_{};
  SampleBuffer pending_;
  std::vector<RunningEffect> effects_;
  std::vector<RunningAction> actions_;
  mutable std::vector<std::string> names_;
};

}  // namespace drdrill::test
