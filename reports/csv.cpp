#include "reports/csv.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace drdrill::reports {

CsvRow& CsvRow::text(std::string_view value) {
  if (!std::exchange(first_, false)) line_ += ',';
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
    line_ += value;
    return *this;
  }
  line_ += '"';
  for (const char c : value) {
    if (c == '"') line_ += '"';
    line_ += c;
  }
  line_ += '"';
  return *this;
}

CsvRow& CsvRow::number(double value) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return text({buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())});
}

CsvRow& CsvRow::number(const std::optional<double>& value) {
  return value ? number(*value) : empty();
}

CsvRow& CsvRow::natural(std::uint64_t value) {
  return text(std::to_string(value));
}

CsvRow& CsvRow::seconds(const std::optional<Duration>& value) {
  return value ? number(to_seconds(*value)) : empty();
}

CsvRow& CsvRow::empty(std::size_t fields) {
  for (; fields > 0; --fields) text({});
  return *this;
}

CsvRow& CsvRow::texts(std::initializer_list<std::string_view> values) {
  for (const std::string_view value : values) text(value);
  return *this;
}

std::string CsvRow::take() {
  first_ = true;
  return std::exchange(line_, {}) + "\n";
}

}  // namespace drdrill::reports
