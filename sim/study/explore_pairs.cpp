#include "sim/study/explore_pairs.hpp"

#include <algorithm>

#include "sim/base/random.hpp"
#include "sim/study/explore_known.hpp"

namespace drdrill::study {
namespace {

constexpr Duration apart = std::chrono::seconds(1);

/// Has an event something to do with components that a fault touches?
bool is_related(const Trail& trail, const Happened& event, ComponentSet touched) {
  if (event.concerns_all) return true;
  for (std::size_t c = 0; c < component_count; ++c) {
    const auto one = static_cast<ComponentId>(c);
    for (std::size_t e = 0; e < component_count; ++e) {
      const auto other = static_cast<ComponentId>(e);
      if (!touched.has(one) || !event.components.has(other)) continue;
      if (trail.dependents[c].has(other) || trail.dependents[e].has(one)) return true;
    }
  }
  return false;
}

/// The same in an order in which each beginning is spread over all of them.
std::vector<PairCase> spread_out(const std::vector<PairCase>& from) {
  std::vector<PairCase> out;
  out.reserve(from.size());
  for (const std::size_t i : spread(from.size())) out.push_back(from[i]);
  return out;
}

}  // namespace

PairClasses::PairClasses(const Space& space, const Trail& plain,
                         std::vector<std::vector<Alone>> alone, Duration latest)
    : space_(space), plain_(plain), alone_(std::move(alone)), latest_(latest) {
  active_.resize(alone_.size());
  alike_.resize(alone_.size());
  touched_.resize(alone_.size());
  first_at_.resize(alone_.size());
  for (std::uint32_t i = 0; i < alone_.size(); ++i) {
    for (const Alone& one : alone_[i]) {
      active_[i] = active_[i] || !is_fault(i) || one.trail.took;
      touched_[i] = touched_[i] | one.trail.touched;
      alike_[i] = mix_bits(alike_[i] ^ one.trail.order) + 1;
    }
    // Circumstances, and cuts between two sets, are like nothing else.
    if (!is_fault(i) || space.ingredients[i].fault.effect.other) alike_[i] = i;
    if (!is_fault(i)) {
      if (!alone_[i].empty()) first_at_[i].push_back(0);
      continue;
    }
    // Of the instants that were tried, one for each order of events that came of it.
    std::set<std::uint64_t> orders;
    for (std::size_t k = 0; k < alone_[i].size(); ++k)
      if (orders.insert(alone_[i][k].trail.order).second) first_at_[i].push_back(k);
  }
}

/// What the two targets have to do with each other.
std::string PairClasses::relation(std::uint32_t a, std::uint32_t b) const {
  const auto& one = space_.ingredients[a];
  const auto& other = space_.ingredients[b];
  const auto same = [](const std::string& x, const std::string& y) {
    return x.empty() || y.empty() ? '-' : x == y ? '=' : '/';
  };
  std::string out;
  out += same(one.place.zone, other.place.zone);
  out += same(one.place.node, other.place.node);
  out += same(one.place.workload, other.place.workload);
  out += same(one.place.number, other.place.number);
  out += same(one.fault.catalog_id, other.fault.catalog_id);
  return out;
}

bool PairClasses::stands_for_others(std::uint32_t a, std::uint32_t b) {
  const auto least = std::min(alike_[a], alike_[b]), most = std::max(alike_[a], alike_[b]);
  return seen_.insert(std::to_string(least) + " " + std::to_string(most) + relation(a, b)).second;
}

bool PairClasses::concerns(std::uint32_t ingredient, ComponentId component) const {
  if (!is_fault(ingredient)) return true;
  const ComponentSet touched = touched_[ingredient];
  // People and monitoring decide when anything at all is done.
  if (touched.empty() || touched.has(ComponentId::monitoring) || touched.has(ComponentId::platform))
    return true;
  for (std::size_t c = 0; c < component_count; ++c)
    if (touched.has(static_cast<ComponentId>(c)) && plain_.dependents[c].has(component))
      return true;
  return false;
}

/// At once, and in the middle of each stretch from then on between two related events that are more
/// than a second apart, in whole seconds.
std::vector<Duration> PairClasses::instants(const Trail& trail, Duration from,
                                            std::uint32_t ingredient) const {
  std::vector<Duration> out{from};
  Duration last = from;
  std::uint64_t kind = 0;
  for (const Happened& event : trail.events) {
    if (event.at <= last || !is_related(trail, event, touched_[ingredient])) continue;
    const Duration middle = std::chrono::ceil<std::chrono::seconds>(last + (event.at - last) / 2);
    // Between two of a kind it is not looked: pods of a node, people who come back.
    if (event.kind != kind && event.at - last > apart && middle < event.at && middle < latest_ &&
        middle > out.back())
      out.push_back(middle);
    last = event.at;
    kind = event.kind;
  }
  return out;
}

void PairClasses::add_cases(std::uint32_t first, std::uint32_t second,
                            std::vector<PairCase>& out) const {
  for (const std::size_t k : first_at_[first]) {
    const Alone& one = alone_[first][k];
    const Duration from = is_fault(first) ? one.after : Duration::zero();
    for (const Duration at : instants(one.trail, from, second)) {
      // At the same instant it is the same case whichever is called the first.
      if (at == from && is_fault(first) && first > second) continue;
      out.push_back({first, second, from, at});
    }
  }
}

std::vector<PairCase> PairClasses::cases(std::uint32_t a, std::uint32_t b) const {
  std::vector<PairCase> out;
  if (!is_fault(a) && !is_fault(b)) {
    out.push_back({a, b, {}, {}});
  } else if (!is_fault(a)) {
    add_cases(a, b, out);
  } else if (!is_fault(b)) {
    add_cases(b, a, out);
  } else {
    add_cases(a, b, out);
    add_cases(b, a, out);
  }
  return spread_out(out);
}

}  // namespace drdrill::study
