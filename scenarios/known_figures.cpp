#include "scenarios/known_figures.hpp"

#include <algorithm>
#include <vector>

namespace drdrill {
namespace {

constexpr double most_counted = 1e15;

std::optional<double> figure_of(const Value& value, bool is_time) {
  if (!is_time) {
    const bool number = value.kind == Value::Kind::integer || value.kind == Value::Kind::number;
    if (number && value.number >= 0 && value.number <= most_counted) return value.number;
    return std::nullopt;
  }
  if (value.kind != Value::Kind::string) return std::nullopt;
  const auto time = parse_duration(value.text);
  if (!time) return std::nullopt;
  return to_seconds(*time);
}

std::string expected(bool is_time) {
  return is_time ? "expected a duration such as \"7.83s\"" : "expected a number, not negative";
}

std::optional<double> read_figure(Reader& reader, std::string_view key, bool is_time) {
  reader.skip(key);
  const Value* value = reader.value().find(key);
  if (!value) return std::nullopt;
  const auto figure = figure_of(*value, is_time);
  if (!figure) reader.problem(key, expected(is_time));
  return figure;
}

/// All measurements, one by one.
void read_values(Reader& reader, bool is_time, Known& known) {
  reader.skip("values");
  const Value* list = reader.value().find("values");
  if (!list) return;
  if (list->kind != Value::Kind::array || list->items.empty())
    return reader.problem("values", "expected an array of measurements");
  std::vector<double> values;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    if (const auto figure = figure_of(list->items[i], is_time))
      values.push_back(*figure);
    else
      reader.problems().add({reader.file(), list->items[i].at,
                             reader.pointer() + "/values/" + std::to_string(i), expected(is_time)});
  }
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  known.median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  known.least = values.front();
  known.most = values.back();
  known.count = values.size();
}

void check_order(Reader& reader, const Known& known) {
  const double low = known.least.value_or(0);
  const double high = known.most.value_or(std::max(low, known.median.value_or(low)));
  if (low > high) reader.problem("min", "the least is greater than the greatest");
  if (known.median && (*known.median < low || *known.median > high))
    reader.problem("median", "the median does not lie between the least and the greatest");
}

/// [{"at": "5s", "p": 0.5}, …]: points of a distribution function.
std::vector<Known::Point> read_points(Reader& reader, std::string_view key, bool is_time) {
  std::vector<Known::Point> points;
  reader.each(key, [&](Reader& item) {
    const auto at = read_figure(item, "at", is_time);
    if (!at && !item.has("at")) item.problem("at", "is missing");
    const double p = item.number("p", 0, 1);
    item.finish();
    if (at) points.push_back({*at, p});
  });
  return points;
}

}  // namespace

Known read_measured(Reader& comparison, bool is_time) {
  Known known;
  auto reader = comparison.object("measured");
  if (!reader) return known;
  const std::size_t before = reader->problems().count();
  read_values(*reader, is_time, known);
  const bool listed = reader->has("values");
  for (std::string_view key : {"median", "min", "max", "n"}) {
    if (listed && reader->has(key))
      reader->problem(key, "follows from \"values\"; leave one of the two out");
    reader->skip(key);
  }
  if (!listed) {
    known.median = read_figure(*reader, "median", is_time);
    known.least = read_figure(*reader, "min", is_time);
    known.most = read_figure(*reader, "max", is_time);
    known.count = static_cast<std::uint64_t>(reader->integer("n", 1, 1'000'000'000, 1));
    if (!reader->has("n")) known.count = 0;
  }
  known.mean = read_figure(*reader, "mean", is_time);
  known.resolution = read_figure(*reader, "resolution", is_time).value_or(0);
  reader->finish();
  if (reader->problems().count() != before) return known;
  if (!known.median && !known.least && !known.most)
    reader->problem("expected \"values\", or at least one of \"median\", \"min\" and \"max\"");
  else
    check_order(*reader, known);
  return known;
}

Known read_documented(Reader& comparison, bool is_time) {
  Known known;
  auto reader = comparison.object("documented");
  if (!reader) return known;
  reader->skip("within");
  const Value* within = reader->value().find("within");
  std::vector<double> bounds;
  if (within && within->kind == Value::Kind::array)
    for (const Value& bound : within->items)
      if (const auto figure = figure_of(bound, is_time)) bounds.push_back(*figure);
  const bool sound = within && bounds.size() == 2 && within->items.size() == 2;
  if (!sound)
    reader->problem("within", std::string("expected the least and the greatest, such as ") +
                                  (is_time ? "[\"4s\", \"6s\"]" : "[4, 6]"));
  else if (bounds[0] > bounds[1])
    reader->problem("within", "the least is greater than the greatest");
  known.resolution = read_figure(*reader, "resolution", is_time).value_or(0);
  reader->finish();
  if (sound) known.within.emplace(bounds[0], bounds[1]);
  return known;
}

Known read_exact(Reader& comparison, bool is_time) {
  Known known;
  known.exact = true;
  auto reader = comparison.object("exact");
  if (!reader) return known;
  const std::size_t before = reader->problems().count();
  known.mean = read_figure(*reader, "mean", is_time);
  known.deviation = read_figure(*reader, "deviation", is_time);
  known.probabilities = read_points(*reader, "probabilities", is_time);
  known.quantiles = read_points(*reader, "quantiles", is_time);
  reader->finish();
  const bool any =
      known.mean || known.deviation || !known.probabilities.empty() || !known.quantiles.empty();
  if (reader->problems().count() == before && !any)
    reader->problem(
        "expected at least one of \"mean\", \"deviation\", \"probabilities\" and \"quantiles\"");
  return known;
}

}  // namespace drdrill
