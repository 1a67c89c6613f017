#include "sim/study/validation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/study/closed_forms.hpp"

namespace drdrill::study {
namespace {

constexpr double normal_999 = 3.2905;  // the 99.95th percentile

ValidationRow row_of(const ClosedFormCase& form_case, const ClosedForm& form) {
  ValidationRow row;
  row.what = std::string(form_case.title) + ": " + std::string(form.what);
  row.known = form.exact;
  row.predicted = form.simulated.mean;
  row.low = form.simulated.mean - form.simulated.half_width;
  row.high = form.simulated.mean + form.simulated.half_width;
  row.source = form_case.source;
  if (form.holds()) return row;
  row.agreement = Agreement::outside;
  row.reason = row.known < row.low || row.known > row.high
                   ? "the exact value lies outside of the interval of 99.9 %"
                   : "the interval is too wide to tell";
  return row;
}

/// What a row says of its comparison, whatever comes out.
ValidationRow head_of(const Comparison& comparison) {
  ValidationRow row;
  row.kind = ValidationRow::Kind::measured;
  row.id = comparison.id;
  row.what = comparison.title;
  row.is_time = comparison.is_time;
  row.configuration = comparison.configuration;
  row.source = comparison.source;
  row.remark = comparison.remark;
  row.place = comparison.place;
  if (!comparison.known) return row;
  const Known& known = *comparison.known;
  row.known = known.median ? known.median : known.mean;
  row.known_least = known.least;
  row.known_most = known.most;
  row.known_count = known.count;
  return row;
}

ValidationRow not_comparable(const Comparison& comparison) {
  ValidationRow row = head_of(comparison);
  row.agreement = Agreement::not_comparable;
  row.reason = comparison.not_comparable;
  return row;
}

bool nothing_was_done(const Prediction& prediction) {
  return prediction.unsteady == prediction.runs;
}

/// A row for an exact figure of the runs' distribution, with the interval of its estimate.
ValidationRow exact_row(const Comparison& comparison, const Prediction& prediction,
                        std::string_view figure, double exact, double estimate, double half_width) {
  ValidationRow row = head_of(comparison);
  row.kind = ValidationRow::Kind::exact;
  row.what += ": " + std::string(figure);
  row.known = exact;
  row.predicted = estimate;
  row.low = estimate - half_width;
  row.high = estimate + half_width;
  row.runs = prediction.runs;
  row.missing = prediction.missing;
  if (nothing_was_done(prediction))
    row.reason = "nothing was done: the steady state does not hold on this platform";
  else if (prediction.missing > 0)
    row.reason = "it did not happen in " + std::to_string(prediction.missing) + " of " +
                 std::to_string(prediction.runs) + " runs";
  else if (!(exact >= row.low && exact <= row.high))
    row.reason = "the exact value lies outside of the interval of 99.9 %";
  if (!row.reason.empty()) row.agreement = Agreement::outside;
  return row;
}

ValidationRow measured_row(const Comparison& comparison, const Prediction& p) {
  ValidationRow row = head_of(comparison);
  row.predicted = p.median;
  row.low = p.low;
  row.high = p.high;
  row.least = p.least;
  row.most = p.most;
  row.runs = p.runs;
  row.missing = p.missing;
  const Known& known = *comparison.known;
  const auto outside = [&](const std::optional<double>& figure, double low, double high) {
    return figure && !(*figure >= low - known.resolution && *figure <= high + known.resolution);
  };
  std::string reason;
  const auto add = [&](const std::string& text) { reason += (reason.empty() ? "" : "; ") + text; };
  if (nothing_was_done(p)) {
    add("nothing was done: the steady state does not hold on this platform");
  } else {
    if (outside(known.median, p.low, p.high))
      add(known.count == 1 ? "measured outside of 95 % of the runs"
                           : "the median lies outside of 95 % of the runs");
    if (known.count != 1 && outside(known.least, p.least, p.most))
      add("the least lies outside of all runs");
    if (known.count != 1 && outside(known.most, p.least, p.most))
      add("the greatest lies outside of all runs");
  }
  row.reason = reason;
  if (!reason.empty()) row.agreement = Agreement::outside;
  return row;
}

/// Bounds that a document states: nearly all runs lie within them.
ValidationRow documented_row(const Comparison& comparison, const Prediction& p) {
  ValidationRow row = head_of(comparison);
  row.kind = ValidationRow::Kind::documented;
  row.known_least = comparison.known->within->first;
  row.known_most = comparison.known->within->second;
  row.predicted = p.median;
  row.low = p.low;
  row.high = p.high;
  row.least = p.least;
  row.most = p.most;
  row.runs = p.runs;
  row.missing = p.missing;
  const double resolution = comparison.known->resolution;
  if (nothing_was_done(p))
    row.reason = "nothing was done: the steady state does not hold on this platform";
  else if (!(p.low >= *row.known_least - resolution && p.high <= *row.known_most + resolution))
    row.reason = "95 % of the runs do not lie within the documented bounds";
  if (!row.reason.empty()) row.agreement = Agreement::outside;
  return row;
}

/// P(T <= at), and how sure the share of the runs is.
ValidationRow probability_row(const Comparison& comparison, const Prediction& p,
                              const Known::Point& point) {
  const auto n = static_cast<double>(p.runs);
  const double share =
      static_cast<double>(std::upper_bound(p.values.begin(), p.values.end(), point.at) -
                          p.values.begin()) /
      n;
  const double half = normal_999 * std::sqrt(point.p * (1 - point.p) / n);
  ValidationRow row =
      exact_row(comparison, p, "P(T <= " + format_duration(from_seconds(point.at)) + ")", point.p,
                share, half);
  row.is_time = false;
  return row;
}

/// The value that the share p does not pass, between those order statistics that surround it.
ValidationRow quantile_row(const Comparison& comparison, const Prediction& p,
                           const Known::Point& point) {
  const auto n = static_cast<double>(p.runs);
  const double half = normal_999 * std::sqrt(point.p * (1 - point.p) / n);
  const auto at = [&](double share) {
    const auto place = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * n);
    return p.values[std::min(place, p.values.size() - 1)];
  };
  const auto tenths = std::llround(point.p * 1000);
  const std::string percent = std::to_string(tenths / 10) +
                              (tenths % 10 ? "." + std::to_string(tenths % 10) : std::string()) +
                              " %";
  ValidationRow row = exact_row(comparison, p, percent + " take at most", point.at, at(point.p), 0);
  row.low = at(point.p - half);
  row.high = at(point.p + half);
  const bool inside = point.at >= *row.low && point.at <= *row.high;
  if (p.missing == 0 && !nothing_was_done(p)) {
    row.agreement = inside ? Agreement::ok : Agreement::outside;
    row.reason = inside ? "" : "the exact value lies outside of the interval of 99.9 %";
  }
  return row;
}

}  // namespace

std::string_view agreement_name(Agreement agreement) {
  constexpr std::array<std::string_view, 3> names{"ok", "outside", "not comparable"};
  return names[static_cast<std::size_t>(agreement)];
}

std::size_t Validation::count(Agreement agreement) const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(),
                    [&](const ValidationRow& row) { return row.agreement == agreement; }));
}

std::vector<ValidationRow> compare(const Comparison& comparison, const Prediction& prediction) {
  if (!comparison.not_comparable.empty()) return {not_comparable(comparison)};
  const Known& known = *comparison.known;
  if (known.within) return {documented_row(comparison, prediction)};
  if (!known.exact) return {measured_row(comparison, prediction)};
  std::vector<ValidationRow> rows;
  if (known.mean)
    rows.push_back(exact_row(comparison, prediction, "mean", *known.mean, prediction.mean,
                             prediction.mean_half_width));
  if (known.deviation)
    rows.push_back(exact_row(comparison, prediction, "standard deviation", *known.deviation,
                             prediction.deviation, prediction.deviation_half_width));
  for (const Known::Point& point : known.probabilities)
    rows.push_back(probability_row(comparison, prediction, point));
  for (const Known::Point& point : known.quantiles)
    rows.push_back(quantile_row(comparison, prediction, point));
  return rows;
}

Validation validate(std::span<const Comparison> comparisons, const ValidationOptions& options,
                    const ValidationProgress& progress) {
  const auto cases = options.closed_forms ? closed_form_cases() : std::span<const ClosedFormCase>();
  const auto all = static_cast<double>(cases.size() + comparisons.size());
  std::size_t done = 0;
  const auto tell = [&](std::string_view what, double of_it) {
    if (progress) progress(what, (static_cast<double>(done) + of_it) / all);
  };
  Validation out;
  out.seed = options.seed;
  for (const ClosedFormCase& form_case : cases) {
    tell(form_case.title, 0);
    for (const ClosedForm& form : form_case.play(options.seed))
      out.rows.push_back(row_of(form_case, form));
    ++done;
  }
  for (const Comparison& comparison : comparisons) {
    tell(comparison.title, 0);
    Prediction prediction;
    if (comparison.not_comparable.empty()) {
      const std::uint32_t runs =
          options.replications > 0 ? options.replications : comparison.replications;
      prediction =
          predict(comparison, options.seed, runs, [&](std::uint32_t run, std::uint32_t of) {
            tell(comparison.title, static_cast<double>(run) / of);
          });
    }
    for (ValidationRow& row : compare(comparison, prediction)) out.rows.push_back(std::move(row));
    ++done;
  }
  return out;
}

}  // namespace drdrill::study
