#include "sim/base/parameter.hpp"

#include <algorithm>
#include <array>

#include "sim/base/ensure.hpp"

namespace drdrill {
namespace {

struct UnitRow {
  std::string_view name;
  std::string_view symbol;
};

constexpr std::array<std::string_view, 5> provenances{"measured", "documented", "derived",
                                                      "estimate", "set"};
constexpr std::array<UnitRow, 7> units{{{"seconds", "s"},
                                        {"count", ""},
                                        {"bytes", "B"},
                                        {"bytes_per_second", "B/s"},
                                        {"per_second", "/s"},
                                        {"share", ""},
                                        {"boolean", ""}}};

}  // namespace

std::string_view provenance_name(Provenance p) {
  return provenances[static_cast<std::size_t>(p)];
}

std::optional<Provenance> provenance_of(std::string_view name) {
  const auto found = std::find(provenances.begin(), provenances.end(), name);
  if (found == provenances.end()) return std::nullopt;
  return static_cast<Provenance>(found - provenances.begin());
}

std::string_view unit_symbol(ParameterUnit unit) {
  return units[static_cast<std::size_t>(unit)].symbol;
}

std::string_view unit_name(ParameterUnit unit) {
  return units[static_cast<std::size_t>(unit)].name;
}

const Distribution& Parameter::value_in(int minor) const {
  const Distribution* found = &value;
  for (const ValueSince& later : since)
    if (later.minor <= minor) found = &later.value;
  return *found;
}

void ParameterTable::put(Parameter parameter) {
  const auto at =
      std::lower_bound(all_.begin(), all_.end(), parameter.id,
                       [](const Parameter& p, const std::string& id) { return p.id < id; });
  if (at != all_.end() && at->id == parameter.id) {
    *at = std::move(parameter);
    return;
  }
  ENSURE(all_.size() < static_cast<std::size_t>(ParameterId::none), parameter.id);
  all_.insert(at, std::move(parameter));
}

ParameterId ParameterTable::find(std::string_view id) const {
  const auto at =
      std::lower_bound(all_.begin(), all_.end(), id,
                       [](const Parameter& p, std::string_view name) { return p.id < name; });
  if (at == all_.end() || at->id != id) return ParameterId::none;
  return static_cast<ParameterId>(at - all_.begin());
}

const Parameter& ParameterTable::operator[](ParameterId id) const {
  const auto index = static_cast<std::size_t>(id);
  ENSURE(index < all_.size(), "parameter number " + std::to_string(index));
  return all_[index];
}

}  // namespace drdrill
