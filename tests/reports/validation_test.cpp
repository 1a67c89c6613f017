#include "reports/validation.hpp"

#include <limits>
#include <sstream>

#include <catch2/catch.hpp>

namespace drdrill::reports {
namespace {

using study::Agreement;
using study::Validation;
using study::ValidationRow;

ValidationRow measured(double median, double least, double most, std::uint64_t count) {
  ValidationRow row;
  row.kind = ValidationRow::Kind::measured;
  row.what = "Redis: SIGKILL until writes go on";
  row.is_time = true;
  row.known = median;
  row.known_least = least;
  row.known_most = most;
  row.known_count = count;
  row.predicted = 7.9123456;
  row.low = 6.2712;
  row.high = 9.2;
  row.least = 5.7;
  row.most = 1234.5678;
  row.runs = 1000;
  row.source = "<our> measurement & \"theirs\"";
  return row;
}

Validation sample() {
  Validation validation;
  validation.seed = 7;
  ValidationRow form;
  form.what = "M/M/1, load 0.8: P(T > 10)";
  form.known = 0.135335;
  form.predicted = 0.1354021;
  form.low = 0.1331;
  form.high = 0.1377;
  form.source = "queueing theory";
  validation.rows.push_back(form);
  ValidationRow outside = measured(7.83, 6.06, 8.55, 16);
  outside.agreement = Agreement::outside;
  outside.reason = "the least lies outside of all runs";
  outside.configuration = "node timeout 5 s";
  validation.rows.push_back(outside);
  ValidationRow elsewhere;
  elsewhere.kind = ValidationRow::Kind::measured;
  elsewhere.what = "Patroni | promotion";
  elsewhere.is_time = true;
  elsewhere.known_least = 10;
  elsewhere.known_most = 20;
  elsewhere.agreement = Agreement::not_comparable;
  elsewhere.reason = "ttl is not told";
  elsewhere.source = "a lab";
  validation.rows.push_back(elsewhere);
  return validation;
}

std::string written(std::string_view format, std::size_t width = 160) {
  std::ostringstream out;
  find_validation_writer(format)->write(sample(), out, {false, width});
  return out.str();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("figures have the digits that they are known with, and a unit once") {
  CHECK(known_words(measured(7.83, 6.06, 8.55, 16)) == "7.83 s (6.06 to 8.55; n 16)");
  CHECK(known_words(measured(36, 36, 36, 1)) == "36 s");
  CHECK(predicted_words(measured(36, 36, 36, 1)) == "7.912 s (6.271 to 9.2)");
  ValidationRow row = measured(0.1, 0.05, 0.2, 0);
  CHECK(known_words(row) == "0.1 s (0.05 to 0.2)");
  row.known.reset();
  CHECK(known_words(row) == "0.05 to 0.2 s");
  row.known_most.reset();
  CHECK(known_words(row) == "at least 0.05 s");
  row.known_least.reset();
  row.known_most = 900;
  CHECK(known_words(row) == "at most 900 s");
  row.known_most.reset();
  CHECK(known_words(row) == "–");
  row.is_time = false;
  row.known = 9.523204e-05;
  CHECK(known_words(row) == "9.523204e-05");
  row.known = 42500;
  CHECK(known_words(row) == "42500");
}

TEST_CASE("what takes long keeps its seconds, and what never happens says so") {
  ValidationRow row = measured(940, 940, 940, 1);
  row.predicted = 1234.5678;
  row.high = std::numeric_limits<double>::infinity();
  CHECK(predicted_words(row) == "1234.6 s (6.271 to never)");
  row.predicted.reset();
  CHECK(predicted_words(row) == "–");
}

TEST_CASE("the text has a row each, the reasons below, and a line that counts") {
  const std::string text = written("text");
  CAPTURE(text);
  CHECK(has(text, "validate · seed 7\n"));
  CHECK(has(text, "  ok "));
  CHECK(has(text, "0.135335"));
  CHECK(has(text, "OUTSIDE  Redis: SIGKILL until writes go on"));
  CHECK(has(text,
            "the least lies outside of all runs; all runs: 5.7 to 1234.6 s; configuration: "
            "node timeout 5 s"));
  CHECK(has(text, "not comparable"));
  CHECK(has(text, "- Patroni | promotion: ttl is not told\n"));
  CHECK(has(text, "  OUTSIDE  3 rows: 1 ok, 1 outside, 1 not comparable\n"));
  const std::string narrow = written("text", 70);
  CHECK(has(narrow, "measured 7.83 s (6.06 to 8.55; n 16), predicted 7.912 s"));
}

TEST_CASE("the other formats escape what is markup to them") {
  const std::string markdown = written("markdown");
  CHECK(has(markdown, "| Patroni \\| promotion | 10 to 20 s |"));
  CHECK(has(markdown, "**outside**"));
  const std::string junit = written("junit");
  CHECK(has(junit, "tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""));
  CHECK(has(junit, "source: &lt;our&gt; measurement &amp; &quot;theirs&quot;"));
  CHECK(has(junit, "<skipped message=\"ttl is not told\">"));
  const std::string json = written("json");
  CHECK(has(json, "\"agrees\": false"));
  CHECK(has(json, "\"verdict\": \"not comparable\""));
  CHECK(has(json, "<our> measurement & \\\"theirs\\\""));
}

}  // namespace drdrill::reports
