#include "reports/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "reports/utf8.hpp"
#include "sim/base/ensure.hpp"

namespace drdrill::reports {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (char c : valid_utf8(text)) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
          out += c;
        } else {
          out += "\\u00";
          out += digits[static_cast<unsigned char>(c) >> 4U];
          out += digits[static_cast<unsigned char>(c) & 0xfU];
        }
    }
  }
}

template <class Number>
std::string spelled_number(Number value) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

/// Whole nanoseconds as decimal seconds, without trailing zeros.
std::string decimal_seconds(Duration value) {
  const std::int64_t ns = value.count();
  const std::uint64_t size =
      ns < 0 ? ~static_cast<std::uint64_t>(ns) + 1 : static_cast<std::uint64_t>(ns);
  std::string out = (ns < 0 ? "-" : "") + std::to_string(size / 1'000'000'000U);
  const std::uint64_t rest = size % 1'000'000'000U;
  if (rest == 0) return out;
  const std::string digits = std::to_string(rest);
  std::string fraction = std::string(9 - digits.size(), '0') + digits;
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return out + "." + fraction;
}

}  // namespace

void JsonWriter::line_break() {
  out_ += '\n';
  out_.append(depth_ * 2, ' ');
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!first_) out_ += flat_from_ != 0 ? ", " : ",";
  if (flat_from_ == 0) line_break();
}

void JsonWriter::open(char bracket, Layout layout) {
  separate();
  out_ += bracket;
  ++depth_;
  if (layout == Layout::one_line && flat_from_ == 0) flat_from_ = depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  ENSURE(depth_ > 0 && !after_key_, "an end without its begin, or a key without its value");
  const bool flat = flat_from_ != 0;
  if (flat_from_ == depth_) flat_from_ = 0;
  --depth_;
  if (!flat && !first_) line_break();
  out_ += bracket;
  first_ = false;
}

JsonWriter& JsonWriter::begin_object(Layout layout) {
  open('{', layout);
  return *this;
}
JsonWriter& JsonWriter::end_object() {
  close('}');
  return *this;
}
JsonWriter& JsonWriter::begin_array(Layout layout) {
  open('[', layout);
  return *this;
}
JsonWriter& JsonWriter::end_array() {
  close(']');
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  string(name);
  out_ += ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  out_ += '"';
  append_escaped(out_, text);
  out_ += '"';
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  out_ += spelled_number(value);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::natural(std::uint64_t value) {
  separate();
  out_ += spelled_number(value);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  out_ += spelled_number(value);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::seconds(Duration value) {
  separate();
  out_ += decimal_seconds(value);
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::seconds(const std::optional<Duration>& value) {
  return value ? seconds(*value) : null();
}

JsonWriter& JsonWriter::boolean(const std::optional<bool>& value) {
  return value ? boolean(*value) : null();
}

std::string JsonWriter::take() {
  ENSURE(depth_ == 0, "a begin without its end");
  return std::move(out_) + "\n";
}

}  // namespace drdrill::reports
