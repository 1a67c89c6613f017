#include "reports/validation.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "reports/words.hpp"

namespace drdrill {
namespace reports {
namespace {

using study::Agreement;
using study::ValidationRow;

std::string digits(double value, std::chars_format format, int precision) {
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
  return {buffer.data(), end.ptr};
}

/// Without a unit: four digits of a time, five of a figure; as many as it was stated with (up to
/// eight) for what is known.
std::string figure(double value, bool is_time, bool known) {
  if (!std::isfinite(value)) return "never";
  constexpr double long_time = 1000;  // seconds
  if (is_time && !known && value >= long_time) return digits(value, std::chars_format::fixed, 1);
  return digits(value, std::chars_format::general, known ? 8 : is_time ? 4 : 5);
}

std::string with_unit(const std::string& text, bool is_time) {
  return is_time && text != "never" ? text + " s" : text;
}

std::string span_words(double low, double high, bool is_time, bool known) {
  return figure(low, is_time, known) + " to " + figure(high, is_time, known);
}

/// "n 16" where there are several.
std::string number_words(const ValidationRow& row) {
  return row.known_count > 1 ? "n " + std::to_string(row.known_count) : "";
}

std::string range_words(const ValidationRow& row) {
  const bool is_time = row.is_time;
  if (row.known_least && row.known_most) {
    const std::string span = span_words(*row.known_least, *row.known_most, is_time, true);
    return row.known ? span : with_unit(span, is_time);
  }
  const std::string bound = row.known_least ? "at least " : "at most ";
  const double value = row.known_least ? *row.known_least : *row.known_most;
  return bound + with_unit(figure(value, is_time, true), is_time);
}

}  // namespace

std::string known_words(const ValidationRow& row) {
  const bool bounded = row.known_least || row.known_most;
  if (!row.known) return bounded ? range_words(row) : "–";
  std::string out = with_unit(figure(*row.known, row.is_time, true), row.is_time);
  if (row.known_count == 1 || !bounded) return out;
  const std::string number = number_words(row);
  return out + " (" + range_words(row) + (number.empty() ? "" : "; " + number) + ")";
}

std::string predicted_words(const ValidationRow& row) {
  if (!row.predicted || !row.low || !row.high) return "–";
  return with_unit(figure(*row.predicted, row.is_time, false), row.is_time) + " (" +
         span_words(*row.low, *row.high, row.is_time, false) + ")";
}

std::string count_words(const study::Validation& validation) {
  return counted(validation.rows.size(), "row") + ": " +
         std::to_string(validation.count(Agreement::ok)) + " ok, " +
         std::to_string(validation.count(Agreement::outside)) + " outside, " +
         std::to_string(validation.count(Agreement::not_comparable)) + " not comparable";
}

std::string row_remarks(const ValidationRow& row) {
  std::string out = row.reason;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  if (row.missing > 0 && row.kind == ValidationRow::Kind::measured)
    add("did not happen in " + std::to_string(row.missing) + " of " + counted(row.runs, "run"));
  if (row.agreement == Agreement::outside && row.least && row.most)
    add("all runs: " +
        with_unit(span_words(*row.least, *row.most, row.is_time, false), row.is_time));
  if (!row.remark.empty()) add(row.remark);
  if (row.agreement == Agreement::outside && !row.configuration.empty())
    add("configuration: " + row.configuration);
  return out;
}

bool is_failover(const ValidationRow& row) {
  return row.kind != ValidationRow::Kind::closed_form;
}

}  // namespace reports

namespace {

constexpr std::array<ValidationWriterRow, 4> writers{{
    {"text", "for people: a table, and why rows are outside", reports::write_validation_text},
    {"json", "for programs", reports::write_validation_json},
    {"markdown", "for a pull request or a wiki page", reports::write_validation_markdown},
    {"junit", "for CI: JUnit XML, one test case a row", reports::write_validation_junit},
}};

}  // namespace

std::span<const ValidationWriterRow> validation_writers() {
  return writers;
}

const ValidationWriterRow* find_validation_writer(std::string_view id) {
  for (const ValidationWriterRow& row : writers)
    if (row.id == id) return &row;
  return nullptr;
}

}  // namespace drdrill
