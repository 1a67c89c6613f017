#pragma once

#include <string>

#include "scenarios/import/inventory.hpp"

/// Parameters of the models that manifests set. Internal to the importers.
namespace drdrill::importing {

class Told {
 public:
  explicit Told(Inventory& inventory);

  /// The first that is said of a parameter holds.
  void parameter(std::string_view id, Value value, const std::string& source,
                 const SourcePlace& place);
  /// "5s", "250ms" from a number of milliseconds.
  static Value milliseconds(double count);
  /// Evenly between nothing and this.
  static Value up_to(const Value& most);

  Inventory& inventory;
  Value overrides;  ///< of the platform file
};

/// A number at the beginning of the text; negative when there is none.
double number_of(std::string_view text);
/// PostgreSQL's or Prometheus' durations ("200ms", "5s", "1m30s", a bare number of `unit`) in
/// milliseconds; negative when it is none.
double milliseconds_of(std::string_view text, double unit);

}  // namespace drdrill::importing
