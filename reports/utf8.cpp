#include "reports/utf8.hpp"

#include <algorithm>

namespace drdrill::reports {
namespace {

constexpr unsigned char byte(char c) {
  return static_cast<unsigned char>(c);
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

/// Direction marks would let an output reorder the line that it stands in.
bool takes_no_column(char32_t c) {
  return (c >= 0x300 && c < 0x370) || (c >= 0x200b && c < 0x2010) || (c >= 0x202a && c < 0x202f) ||
         (c >= 0x2066 && c < 0x206a) || (c >= 0xfe00 && c < 0xfe10) || c == 0xfeff;
}

bool takes_two_columns(char32_t c) {
  return (c >= 0x1100 && c < 0x1160) || (c >= 0x2e80 && c < 0xa4d0) ||
         (c >= 0xac00 && c < 0xd7a4) || (c >= 0xf900 && c < 0xfb00) ||
         (c >= 0xfe30 && c < 0xfe70) || (c >= 0xff00 && c < 0xff61) ||
         (c >= 0xffe0 && c < 0xffe7) || (c >= 0x1f300 && c < 0x1f650) ||
         (c >= 0x1f900 && c < 0x1fa00) || (c >= 0x20000 && c < 0x40000);
}

/// The length of the terminal escape sequence that the text begins with; 0 when there is none.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2 || text[0] != '\x1b' || text[1] != '[') return 0;
  std::size_t end = 2;
  while (end < text.size() && text[end] >= 0x20 && text[end] < 0x40) ++end;
  return std::min(end + 1, text.size());
}

std::size_t columns_of(char32_t c) {
  if (takes_no_column(c)) return 0;
  return takes_two_columns(c) ? 2 : 1;
}

}  // namespace

CodePoint decode_utf8(std::string_view text) {
  const unsigned char lead = byte(text.front());
  if (lead < 0x80) return {lead, 1};
  std::size_t length = 0;
  char32_t value = 0;
  char32_t least = 0;
  if (lead >= 0xc2 && lead < 0xe0) {
    length = 2, value = lead & 0x1fU, least = 0x80;
  } else if (lead >= 0xe0 && lead < 0xf0) {
    length = 3, value = lead & 0x0fU, least = 0x800;
  } else if (lead >= 0xf0 && lead < 0xf5) {
    length = 4, value = lead & 0x07U, least = 0x10000;
  }
  if (length == 0 || length > text.size()) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(text[i]) & 0xc0U) != 0x80U) return {};
    value = (value << 6U) | (byte(text[i]) & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value < 0xe000;
  if (value < least || surrogate || value > 0x10ffff) return {};
  return {value, length};
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = decode_utf8(text);
    const bool bad = c.value == 0xfffd && c.bytes == 1;
    out += bad ? std::string_view("\xef\xbf\xbd") : text.substr(0, c.bytes);
    text.remove_prefix(c.bytes);
  }
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (const std::size_t escape = escape_length(text); escape > 0) {
      text.remove_prefix(escape);
      continue;
    }
    const CodePoint c = decode_utf8(text);
    const bool bad = c.value == 0xfffd && c.bytes == 1;
    if (is_control(c.value) || c.value == ' ') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (bad) {
      out += "\xef\xbf\xbd";
    } else if (!takes_no_column(c.value) || (c.value >= 0x300 && c.value < 0x370)) {
      out += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string first_line(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string line = one_line(text.substr(0, end));
    if (!line.empty()) return line;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return {};
}

std::size_t columns(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint c = decode_utf8(text);
    width += columns_of(c.value);
    text.remove_prefix(c.bytes);
  }
  return width;
}

std::string clip(std::string_view text, std::size_t most) {
  if (columns(text) <= most) return std::string(text);
  std::string out;
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint c = decode_utf8(text);
    if (width + columns_of(c.value) + 1 > most) break;
    width += columns_of(c.value);
    out += text.substr(0, c.bytes);
    text.remove_prefix(c.bytes);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out + "…";
}

}  // namespace drdrill::reports
