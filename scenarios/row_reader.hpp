#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/reader.hpp"
#include "sim/drill/component.hpp"

/// Takes an array apart whose elements have their meaning by position, as journals write them.
/// Internal to the journal's reader. Getters report and return a fallback, as Reader's do.
namespace drdrill {

class RowReader {
 public:
  RowReader(const Value& row, std::string file, Problems& problems, std::string pointer);

  bool done() const { return next_ >= row_->items.size(); }
  Duration time();
  std::int64_t integer(std::int64_t low, std::int64_t high);
  std::uint64_t natural() { return static_cast<std::uint64_t>(integer(0, INT64_MAX)); }
  double number();
  bool boolean();
  std::string string();
  /// Below `count`.
  std::uint32_t index(std::size_t count);
  /// Null, or below `count`.
  std::optional<std::uint32_t> index_or_null(std::size_t count);
  /// The index of one of the names.
  std::size_t one_of(std::span<const std::string_view> names);
  ComponentId component();
  ComponentSet components();
  /// Reports what was not asked for.
  void finish();
  void problem(std::string message) const;

 private:
  const Value* take(Value::Kind kind);

  const Value* row_;
  std::string file_;
  Problems* problems_;
  std::string pointer_;
  std::size_t next_ = 0;
};

/// The elements of an array of arrays.
template <class F>
void each_row(Reader& reader, std::string_view key, F&& f) {
  const auto list = reader.member(key, true);
  if (!list) return;
  if (list->value().kind != Value::Kind::array)
    return list->problem("expected an array, found " + std::string(kind_name(list->value().kind)));
  const auto& items = list->value().items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    RowReader row(items[i], list->file(), list->problems(),
                  list->pointer() + "/" + std::to_string(i));
    f(row);
    row.finish();
  }
}

/// One array as a row.
RowReader row_of(Reader& reader, std::string_view key);

ComponentSet read_components(Reader& reader, std::string_view key);

}  // namespace drdrill
