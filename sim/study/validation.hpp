#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/drill/comparison.hpp"
#include "sim/study/prediction.hpp"

/// The model beside what is known: closed forms, and failovers that somebody measured. A value, so
/// that reports need nothing else.
///
/// When is a row ok?
/// - A closed form, or an exact figure of a mechanism (mean, deviation, probability, quantile): the
///   exact value lies in the interval of 99.9 % around the simulated one.
/// - Documented bounds: the 2.5th and the 97.5th percentile of the simulated runs lie within.
/// - Measurements: their median (or the only one) lies between the 2.5th and the 97.5th percentile
/// of
///   the simulated runs, and their least and greatest between the least and the greatest run. Both
///   are widened by what the measurement could not tell apart.
namespace drdrill::study {

enum class Agreement : std::uint8_t { ok, outside, not_comparable };
std::string_view agreement_name(Agreement agreement);  ///< "ok", "outside", "not comparable"

struct ValidationRow {
  enum class Kind : std::uint8_t { closed_form, exact, measured, documented };
  Kind kind = Kind::closed_form;
  std::string id;    ///< of the comparison; empty for a closed form
  std::string what;  ///< "M/M/1, load 0.8: W"
  bool is_time = false;
  /// The exact value, or the median of measurements (or the only one).
  std::optional<double> known;
  std::optional<double> known_least;
  std::optional<double> known_most;
  std::uint64_t known_count = 0;
  /// The estimate with its interval of 99.9 %, or the median of the runs with that of 95 %.
  std::optional<double> predicted;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> least;  ///< of all runs
  std::optional<double> most;
  std::uint32_t runs = 0;
  std::uint32_t missing = 0;  ///< runs in which it did not happen
  Agreement agreement = Agreement::ok;
  std::string reason;  ///< why it is outside or not comparable
  std::string configuration;
  std::string source;
  std::string remark;
  SourcePlace place;
};

struct Validation {
  std::uint64_t seed = 0;
  std::vector<ValidationRow> rows;

  std::size_t count(Agreement agreement) const;
  bool agrees() const { return count(Agreement::outside) == 0; }
};

/// Holds a prediction against what is known: one row for measurements, one for each exact figure.
std::vector<ValidationRow> compare(const Comparison& comparison, const Prediction& prediction);

struct ValidationOptions {
  std::uint64_t seed = 1;
  bool closed_forms = true;
  std::uint32_t replications = 0;  ///< 0: as many as each comparison says
};

/// Told now and then: what is being run, and the share of everything that is done.
using ValidationProgress = std::function<void(std::string_view what, double share)>;

Validation validate(std::span<const Comparison> comparisons, const ValidationOptions& options,
                    const ValidationProgress& progress = {});

}  // namespace drdrill::study
