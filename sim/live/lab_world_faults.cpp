#include "sim/live/lab_world_faults.hpp"

#include <algorithm>
#include <array>

namespace drdrill::live {
namespace {

using Reason = std::optional<std::string>;

bool is_machine(const Target& target) {
  return target.level != Level::pod && target.level != Level::process;
}

Reason never_refused(const Effect&, const Lab&) {
  return std::nullopt;
}

Reason needs_network(const Effect&, const Lab& lab) {
  if (lab.separate()) return std::nullopt;
  return "without root there are no network namespaces, so nothing is cut off";
}

// Crash.

Reason why_not_crash(const Effect& effect, const Lab& lab) {
  if (!is_machine(effect.target) || lab.separate()) return std::nullopt;
  return "a machine that vanishes needs network namespaces, so root; crash the pod instead";
}
Reason why_not_vanish(const Effect& effect, const Lab& lab) {
  for (const BucketSpec& bucket : lab.platform().buckets)
    if (effect.target.level == Level::region && bucket.region == effect.target.name)
      return "the bucket \"" + bucket.name +
             "\" is in that region; in a lab no fault takes buckets";
  return why_not_crash(effect, lab);
}
/// Managed clusters have their control plane in their own region.
void crash(Lab& lab, LabEffect& effect) {
  if (effect.effect.target.level == Level::region)
    lab.set_control_plane(effect.effect.target.name, false);
  if (effect.takes_machines())
    effect.entries.push_back(lab.lose(effect.pods, effect.name));
  else
    lab.kill(effect.pods);
}
/// Those that were there have ended; others may have been started since.
bool have_ended(const Lab&, const LabEffect& effect) {
  return !effect.processes.empty() &&
         std::none_of(effect.processes.begin(), effect.processes.end(), is_alive);
}
bool has_crashed(const Lab& lab, const LabEffect& effect) {
  return have_ended(lab, effect) && (!effect.takes_machines() || lab.is_cut(effect.name));
}
void bring_back(Lab& lab, const LabEffect& effect) {
  for (const std::uint64_t entry : effect.entries) lab.bring_back(effect.pods, effect.name, entry);
  if (effect.effect.target.level == Level::region)
    lab.set_control_plane(effect.effect.target.name, true);
}

// Pause, lose.

void pause(Lab& lab, LabEffect& effect) {
  lab.stop(effect.pods);
}
bool stands_still(const Lab& lab, const LabEffect& effect) {
  return lab.all_stand_still(effect.pods);
}
void go_on(Lab& lab, const LabEffect& effect) {
  lab.go_on(effect.pods);
}
void lose(Lab& lab, LabEffect& effect) {
  lab.wipe(effect.pods);
}

// Erase.

Reason why_not_erase(const Effect& effect, const Lab& lab) {
  for (const Lab::Pod& pod : lab.pods()) {
    const bool hit =
        pod.name == effect.target.name || pod.name.starts_with(effect.target.name + "-");
    if (hit && component_of(pod.kind) != ComponentId::postgres)
      return "a lab has a statement for PostgreSQL only";
  }
  return std::nullopt;
}
void erase(Lab& lab, LabEffect& effect) {
  lab.erase(effect.pods);
}
/// The server has said so: it throws otherwise.
bool is_erased(const Lab&, const LabEffect&) {
  return true;
}

// Fill.

Reason why_not_fill(const Effect& effect, const Lab& lab) {
  if (!lab.separate())
    return "without root there are no volumes of a bounded size, and this machine is not filled";
  for (const Lab::Pod& pod : lab.pods()) {
    const bool hit =
        pod.name == effect.target.name || pod.name.starts_with(effect.target.name + "-");
    if (hit && !lab.has_bounded_volume(pod.name))
      return "the volume of " + pod.name +
             " has no size of its own; pods have one that the scenario names in a fault";
  }
  return std::nullopt;
}
void fill(Lab& lab, LabEffect& effect) {
  effect.entries = lab.fill(effect.pods);
}
bool is_full(const Lab& lab, const LabEffect& effect) {
  return lab.are_full(effect.pods);
}
void make_room(Lab& lab, const LabEffect& effect) {
  lab.make_room(effect.pods, effect.entries);
}

// Isolate, cut.

void cut(Lab& lab, LabEffect& effect) {
  const Direction lost = effect.effect.direction;
  effect.entries.push_back(lab.cut_off(effect.pods, effect.name, effect.peers,
                                       lost != Direction::in, lost != Direction::out));
}
bool is_cut(const Lab& lab, const LabEffect& effect) {
  return lab.is_cut(effect.name);
}
void heal(Lab& lab, const LabEffect& effect) {
  for (const std::uint64_t entry : effect.entries) lab.heal(effect.name, entry);
}

// Delay, drop.

Reason why_not_impair(const Effect&, const Lab& lab) {
  if (!lab.separate()) return "without root there are no network namespaces to delay packets in";
  if (!lab.can_impair())
    return "this kernel cannot delay or lose packets: it has no netem (modprobe sch_netem)";
  return std::nullopt;
}
void impair(Lab& lab, LabEffect& effect) {
  const bool delays = effect.effect.primitive == Primitive::delay;
  const double amount = effect.effect.amount;
  for (const std::string& pod : effect.pods)
    effect.entries.push_back(lab.impair(pod, delays ? amount : 0, delays ? 0 : amount));
}
bool is_impaired(const Lab& lab, const LabEffect& effect) {
  return std::all_of(effect.pods.begin(), effect.pods.end(),
                     [&](const std::string& pod) { return lab.is_impaired(pod); });
}
void repair(Lab& lab, const LabEffect& effect) {
  for (std::size_t i = 0; i < effect.entries.size(); ++i)
    lab.repair(effect.pods[i], effect.entries[i]);
}

constexpr std::array<LabFaultRow, 9> table{{
    {Primitive::crash, why_not_vanish, crash, has_crashed, bring_back},
    {Primitive::pause, never_refused, pause, stands_still, go_on},
    {Primitive::isolate, needs_network, cut, is_cut, heal},
    {Primitive::lose, never_refused, lose, have_ended, nullptr},
    {Primitive::erase, why_not_erase, erase, is_erased, nullptr},
    {Primitive::fill, why_not_fill, fill, is_full, make_room},
    {Primitive::cut, needs_network, cut, is_cut, heal},
    {Primitive::delay, why_not_impair, impair, is_impaired, repair},
    {Primitive::drop, why_not_impair, impair, is_impaired, repair},
}};

}  // namespace

bool LabEffect::takes_machines() const {
  return is_machine(effect.target);
}

std::span<const LabFaultRow> lab_faults() {
  return table;
}

const LabFaultRow* lab_fault(Primitive primitive) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const LabFaultRow& row) {
    return row.primitive == primitive;
  });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace drdrill::live
