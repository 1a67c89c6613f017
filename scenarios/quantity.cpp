#include "scenarios/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "sim/kube/quantity.hpp"

namespace drdrill {
namespace {

constexpr double largest_quantity = 1e18;

std::optional<double> plain_number(std::string_view text) {
  double value = 0;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "8Gi", "4GB", "17".
std::optional<double> size_in_bytes(std::string_view text) {
  if (text.ends_with('B')) text.remove_suffix(1);
  const auto bytes = kube::parse_bytes(text);
  if (!bytes) return std::nullopt;
  return static_cast<double>(*bytes);
}

/// What stands before "/s", "/m" or "/h", and how many seconds that is.
std::optional<std::pair<std::string_view, double>> split_rate(std::string_view text) {
  if (text.size() < 3 || text[text.size() - 2] != '/') return std::nullopt;
  const std::string_view count = text.substr(0, text.size() - 2);
  switch (text.back()) {
    case 's':
      return std::pair{count, 1.0};
    case 'm':
      return std::pair{count, 60.0};
    case 'h':
      return std::pair{count, 3600.0};
    default:
      return std::nullopt;
  }
}

std::optional<double> from_text(std::string_view text, ParameterUnit unit) {
  switch (unit) {
    case ParameterUnit::seconds:
      if (const auto duration = parse_duration(text)) return to_seconds(*duration);
      return std::nullopt;
    case ParameterUnit::bytes:
      return size_in_bytes(text);
    case ParameterUnit::bytes_per_second:
      if (const auto rate = split_rate(text))
        if (const auto bytes = size_in_bytes(rate->first)) return *bytes / rate->second;
      return std::nullopt;
    case ParameterUnit::per_second:
      if (const auto rate = split_rate(text))
        if (const auto count = plain_number(rate->first)) return *count / rate->second;
      return std::nullopt;
    case ParameterUnit::share:
      if (!text.ends_with('%')) return std::nullopt;
      text.remove_suffix(1);
      if (const auto percent = plain_number(text)) return *percent / 100;
      return std::nullopt;
    case ParameterUnit::count:
    case ParameterUnit::boolean:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string found_text(const Value& value) {
  switch (value.kind) {
    case Value::Kind::string:
      return "\"" + value.text.substr(0, 60) + "\"";
    case Value::Kind::integer:
      return std::to_string(value.integer);
    case Value::Kind::number: {
      std::array<char, 32> buffer{};
      const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.number);
      return {buffer.data(), end.ptr};
    }
    default:
      return std::string(kind_name(value.kind));
  }
}

std::string_view noun(ParameterUnit unit) {
  constexpr std::array<std::string_view, 7> nouns{"duration", "count", "size",   "rate of bytes",
                                                  "rate",     "share", "boolean"};
  return nouns[static_cast<std::size_t>(unit)];
}

std::string no_quantity(const Value& value, ParameterUnit unit) {
  return found_text(value) + " is no " + std::string(noun(unit)) + "; write " +
         std::string(how_to_write(unit));
}

/// A shape's settings as a file writes them.
class ShapeReader {
 public:
  ShapeReader(Reader& reader, ParameterUnit unit) : reader_(reader), unit_(unit) {}

  double quantity(std::string_view key) { return read_quantity(reader_, key, unit_); }

  /// A positive number without a unit.
  double positive(std::string_view key, double most) {
    const double value = reader_.number(key, 0, most);
    if (value <= 0 && reader_.has(key)) reader_.problem(key, "expected more than 0");
    return value;
  }

  void positive_quantity(std::string_view key, double value) {
    const Value* found = reader_.value().find(key);
    if (value <= 0 && found && quantity_of(*found, unit_))
      reader_.problem(key, "expected more than 0");
  }

 private:
  Reader& reader_;
  ParameterUnit unit_;
};

/// [low, high] or [low, mode, high], in order.
std::vector<double> ordered(const Reader& reader, ParameterUnit unit, std::size_t count,
                            std::string_view names) {
  const Value& list = reader.value();
  if (list.kind != Value::Kind::array || list.items.size() != count) {
    reader.problem("expected " + std::string(names) + ", found " +
                   (list.kind == Value::Kind::array
                        ? "an array of " + std::to_string(list.items.size())
                        : std::string(kind_name(list.kind))));
    return {};
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = quantity_of(list.items[i], unit);
    if (!value) {
      reader.problems().add({reader.file(), list.items[i].at,
                             reader.pointer() + "/" + std::to_string(i),
                             no_quantity(list.items[i], unit)});
      return {};
    }
    values.push_back(*value);
  }
  for (std::size_t i = 1; i < count; ++i)
    if (values[i] < values[i - 1]) {
      reader.problem(found_text(list.items[i]) + " is less than " + found_text(list.items[i - 1]) +
                     "; expected " + std::string(names));
      return {};
    }
  return values;
}

Distribution read_shape(Reader& inner, Shape shape, ParameterUnit unit) {
  if (shape == Shape::uniform) {
    const auto v = ordered(inner, unit, 2, "[low, high]");
    return v.empty() ? Distribution{} : Distribution{shape, v[0], v[1], 0};
  }
  if (shape == Shape::triangular) {
    const auto v = ordered(inner, unit, 3, "[low, mode, high]");
    return v.empty() ? Distribution{} : Distribution{shape, v[0], v[1], v[2]};
  }
  if (!inner.is_object()) return {};
  ShapeReader read(inner, unit);
  constexpr double most_sigma = 10;
  constexpr double most_shape = 100;
  constexpr std::int64_t most_stages = 1000;
  Distribution d{shape, 0, 0, 0};
  if (shape == Shape::exponential) {
    d.a = read.quantity("mean");
    read.positive_quantity("mean", d.a);
  } else if (shape == Shape::lognormal) {
    d.a = read.quantity("median");
    read.positive_quantity("median", d.a);
    d.b = read.positive("sigma", most_sigma);
  } else if (shape == Shape::erlang) {
    d.a = read.quantity("mean");
    read.positive_quantity("mean", d.a);
    d.b = static_cast<double>(inner.integer("stages", 1, most_stages));
  } else {
    d.a = read.quantity("scale");
    read.positive_quantity("scale", d.a);
    d.b = read.positive("shape", most_shape);
  }
  inner.finish();
  return d;
}

constexpr std::array<std::string_view, 6> shape_keys{"uniform",    "exponential", "lognormal",
                                                     "triangular", "erlang",      "weibull"};
constexpr std::array shapes{Shape::uniform,    Shape::exponential, Shape::lognormal,
                            Shape::triangular, Shape::erlang,      Shape::weibull};

/// A switch has no distribution, and a share only one that cannot pass 1.
bool shape_fits(Shape shape, ParameterUnit unit) {
  if (unit == ParameterUnit::boolean) return false;
  const bool bounded = shape == Shape::uniform || shape == Shape::triangular;
  return unit != ParameterUnit::share || bounded;
}

}  // namespace

std::optional<double> quantity_of(const Value& value, ParameterUnit unit) {
  std::optional<double> found;
  if (unit == ParameterUnit::boolean) {
    if (value.kind == Value::Kind::boolean) found = value.boolean ? 1.0 : 0.0;
  } else if (value.kind == Value::Kind::integer || value.kind == Value::Kind::number) {
    found = value.number;
  } else if (value.kind == Value::Kind::string) {
    found = from_text(value.text, unit);
  }
  const double most = unit == ParameterUnit::share ? 1 : largest_quantity;
  if (!found || !(*found >= 0 && *found <= most)) return std::nullopt;
  return found;
}

std::string_view how_to_write(ParameterUnit unit) {
  constexpr std::array<std::string_view, 7> texts{"\"5m\", \"1h30m\" or a number of seconds",
                                                  "a number from 0",
                                                  "\"8Gi\", \"4GB\" or a number of bytes",
                                                  "\"64MB/s\" or a number of bytes a second",
                                                  "\"60/s\", \"2/m\" or a number a second",
                                                  "a number from 0 to 1, or \"5%\"",
                                                  "true or false"};
  return texts[static_cast<std::size_t>(unit)];
}

double read_quantity(Reader& reader, std::string_view key, ParameterUnit unit) {
  const auto member = reader.member(key, true);
  if (!member) return 0;
  if (const auto value = quantity_of(member->value(), unit)) return *value;
  member->problem(no_quantity(member->value(), unit));
  return 0;
}

double read_quantity(Reader& reader, std::string_view key, ParameterUnit unit, double fallback) {
  if (reader.has(key)) return read_quantity(reader, key, unit);
  reader.skip(key);
  return fallback;
}

Distribution read_distribution(Reader& reader, ParameterUnit unit) {
  const Value& value = reader.value();
  if (value.kind != Value::Kind::object) {
    if (const auto plain = quantity_of(value, unit)) return constant(*plain);
    reader.problem(no_quantity(value, unit));
    return {};
  }
  if (value.members.size() != 1) {
    reader.problem("expected one shape, found " + std::to_string(value.members.size()) +
                   suggestion("", shape_keys));
    return {};
  }
  const std::string& key = value.members.front().key;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shape_keys[i] != key) continue;
    if (!shape_fits(shapes[i], unit)) {
      reader.problem(key,
                     "a " + std::string(noun(unit)) + " cannot be \"" + key + "\"; write " +
                         (unit == ParameterUnit::share ? "a number, \"uniform\" or \"triangular\""
                                                       : "true or false"));
      return {};
    }
    auto inner = reader.member(key);
    return read_shape(*inner, shapes[i], unit);
  }
  reader.unknown(key, "shape", key, shape_keys);
  return {};
}

std::optional<ParameterUnit> unit_of(std::string_view name) {
  for (std::size_t i = 0; i < 7; ++i)
    if (unit_name(static_cast<ParameterUnit>(i)) == name) return static_cast<ParameterUnit>(i);
  return std::nullopt;
}

}  // namespace drdrill
