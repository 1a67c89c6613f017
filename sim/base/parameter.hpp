#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/distribution.hpp"

/// Parameters: quantities or distributions with a unit and where they came from.
namespace drdrill {

/// The last one is of values that were given for a run (--set, --vary): neither known nor guessed.
/// Files cannot claim it.
enum class Provenance { measured, documented, derived, estimate, set };
inline constexpr std::size_t file_provenances = 4;
enum class ParameterUnit { seconds, count, bytes, bytes_per_second, per_second, share, boolean };

std::string_view provenance_name(Provenance p);
std::optional<Provenance> provenance_of(std::string_view name);
/// "s", "", "B", "B/s", "/s", "", "".
std::string_view unit_symbol(ParameterUnit unit);
/// The word that files and lists use: "seconds", "count", …
std::string_view unit_name(ParameterUnit unit);

/// Where a statement of a file stands. An empty file means "built in or given on the command line".
struct SourcePlace {
  std::string file;
  int line = 0;
};

/// A default that changed with a release of Kubernetes.
struct ValueSince {
  int minor = 0;  ///< from 1.MINOR on
  Distribution value;
};

struct Parameter {
  std::string id;  ///< dotted, e.g. "kubernetes.node_monitor_grace_period"
  ParameterUnit unit = ParameterUnit::seconds;
  Distribution value;
  Provenance provenance = Provenance::estimate;
  std::string source;  ///< who says so: a document, a measurement, or the reason for an estimate
  SourcePlace place;
  std::vector<ValueSince> since;  ///< by release, ascending; empty: `value` holds for all

  /// What holds in a cluster of release 1.`minor`; `value` where no release is named.
  const Distribution& value_in(int minor) const;
  std::string kept{};  ///< why it is there although no shipped scenario exercises it; else empty
};

/// A small number that journals carry instead of a name. Valid for one ParameterTable.
enum class ParameterId : std::uint16_t { none = 0xffff };

/// All parameters of a run, in order of id. Built once; then read-only.
class ParameterTable {
 public:
  /// Adds or, when the id is known already, replaces (later files override earlier ones). Numbers
  /// handed out before are void once another id was added. Holds at most 65,535.
  void put(Parameter parameter);
  /// ParameterId::none when there is none of that name.
  ParameterId find(std::string_view id) const;
  const Parameter& operator[](ParameterId id) const;
  const std::vector<Parameter>& all() const { return all_; }

 private:
  std::vector<Parameter> all_;
};

}  // namespace drdrill
