#include "sim/study/validation.hpp"

#include <filesystem>
#include <limits>

#include <catch2/catch.hpp>

#include "models/parameters.hpp"
#include "scenarios/loader.hpp"

namespace drdrill::study {
namespace {

namespace fs = std::filesystem;

std::vector<Comparison> shipped() {
  std::vector<KnownParameter> known;
  for (const ParameterRow& row : known_parameters()) known.push_back({row.id, row.unit});
  std::vector<Comparison> all;
  for (const char* file : {"kubernetes", "redis", "postgres", "not-comparable"})
    for (Comparison& comparison :
         load_validation("scenarios/validation/" + std::string(file) + ".json", known))
      all.push_back(std::move(comparison));
  return all;
}

ValidationOptions quick(std::uint32_t replications) {
  ValidationOptions options;
  options.closed_forms = false;
  options.replications = replications;
  return options;
}

Comparison measured(std::optional<double> median, std::optional<double> least,
                    std::optional<double> most, std::uint64_t count, double resolution = 0) {
  Comparison comparison;
  comparison.title = "a failover";
  comparison.known.emplace();
  comparison.known->median = median;
  comparison.known->least = least;
  comparison.known->most = most;
  comparison.known->count = count;
  comparison.known->resolution = resolution;
  return comparison;
}

Prediction between_5_and_9() {
  Prediction p;
  p.runs = 1000;
  p.least = 5;
  p.low = 6;
  p.median = 7;
  p.high = 8;
  p.most = 9;
  return p;
}

Agreement verdict(const Comparison& comparison, const Prediction& prediction = between_5_and_9()) {
  return compare(comparison, prediction).front().agreement;
}

}  // namespace

TEST_CASE("every shipped comparison agrees with the models or says why it cannot be compared",
          "[many]") {
  const auto comparisons = shipped();
  const Validation validation = validate(comparisons, quick(0));
  for (const ValidationRow& row : validation.rows) {
    INFO(row.what << ": known " << row.known.value_or(-1) << " (" << row.known_least.value_or(-1)
                  << " to " << row.known_most.value_or(-1) << "), predicted "
                  << row.predicted.value_or(-1) << " (" << row.low.value_or(-1) << " to "
                  << row.high.value_or(-1) << "; all " << row.least.value_or(-1) << " to "
                  << row.most.value_or(-1) << "): " << row.reason);
    CHECK(row.agreement != Agreement::outside);
    CHECK(row.reason.empty() == (row.agreement == Agreement::ok));
    CHECK_FALSE(row.source.empty());
  }
  CHECK(validation.count(Agreement::ok) >= 14);
  CHECK(validation.count(Agreement::not_comparable) >= 8);
}

TEST_CASE("a wrong figure, and a wrong configuration, are outside") {
  auto comparisons = shipped();
  std::erase_if(comparisons, [](const Comparison& c) { return !c.not_comparable.empty(); });
  // Whatever was measured, three times as much was not.
  for (Comparison& comparison : comparisons) {
    Known& known = *comparison.known;
    for (std::optional<double>* figure :
         {&known.median, &known.least, &known.most, &known.mean, &known.deviation})
      if (*figure) **figure *= 3;
    if (known.within) known.within = {known.within->first * 3, known.within->second * 3};
    for (auto* points : {&known.probabilities, &known.quantiles})
      for (Known::Point& point : *points) point.at *= 3;
  }
  for (const ValidationRow& row : validate(comparisons, quick(100)).rows) {
    INFO(row.what);
    CHECK(row.agreement == Agreement::outside);
    CHECK_FALSE(row.reason.empty());
  }
}

TEST_CASE("a prediction does not depend on what else is validated, and comes out the same again") {
  const auto comparisons = shipped();
  const Validation all = validate(comparisons, quick(20));
  const auto found = std::find_if(comparisons.begin(), comparisons.end(),
                                  [](const Comparison& c) { return c.id == "tcp-silent-peer"; });
  REQUIRE(found != comparisons.end());
  const Validation one = validate({&*found, 1}, quick(20));
  const auto same = std::find_if(all.rows.begin(), all.rows.end(),
                                 [](const ValidationRow& r) { return r.id == "tcp-silent-peer"; });
  REQUIRE(same != all.rows.end());
  CHECK(one.rows.front().predicted == same->predicted);
  CHECK(one.rows.front().least == same->least);
  auto other = quick(20);
  other.seed = 2;
  CHECK(validate({&*found, 1}, other).rows.front().predicted != same->predicted);
}

TEST_CASE("one measurement must lie in 95 % of the runs, a range within all of them") {
  CHECK(verdict(measured(6.5, 6.5, 6.5, 1)) == Agreement::ok);
  CHECK(verdict(measured(5.5, 5.5, 5.5, 1)) == Agreement::outside);
  CHECK(verdict(measured(5.5, 5.5, 5.5, 1, 0.5)) == Agreement::ok);
  CHECK(verdict(measured(7, 5.2, 8.8, 16)) == Agreement::ok);
  CHECK(verdict(measured(7, 4.9, 8.8, 16)) == Agreement::outside);
  CHECK(verdict(measured(7, 5.2, 9.1, 16)) == Agreement::outside);
  CHECK(verdict(measured(8.5, 5.2, 8.8, 16)) == Agreement::outside);
  CHECK(verdict(measured({}, 5.2, {}, 0)) == Agreement::ok);
  CHECK(verdict(measured({}, {}, 9.5, 0)) == Agreement::outside);
}

TEST_CASE("what never happens, or cannot begin, agrees with nothing") {
  Prediction never_late = between_5_and_9();
  never_late.high = never_late.most = std::numeric_limits<double>::infinity();
  never_late.missing = 50;
  CHECK(verdict(measured(7, 5.2, 8.8, 16), never_late) == Agreement::ok);
  Prediction nothing = between_5_and_9();
  nothing.least = nothing.low = nothing.median = std::numeric_limits<double>::infinity();
  nothing.high = nothing.most = std::numeric_limits<double>::infinity();
  nothing.missing = nothing.runs;
  CHECK(verdict(measured(7, 5.2, 8.8, 16), nothing) == Agreement::outside);
  nothing.unsteady = nothing.runs;
  CHECK(compare(measured(7, 5.2, 8.8, 16), nothing).front().reason.find("steady state") !=
        std::string::npos);
}

TEST_CASE("an exact figure must lie in the interval of its estimate, which needs every run") {
  Comparison comparison;
  comparison.known = Known{};
  comparison.known->exact = true;
  comparison.known->mean = 37.5;
  Prediction p = between_5_and_9();
  p.mean = 37.4;
  p.mean_half_width = 0.2;
  CHECK(verdict(comparison, p) == Agreement::ok);
  p.mean_half_width = 0.05;
  CHECK(verdict(comparison, p) == Agreement::outside);
  p.mean_half_width = 0.2;
  p.missing = 1;
  CHECK(verdict(comparison, p) == Agreement::outside);
}

}  // namespace drdrill::study
