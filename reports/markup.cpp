#include "reports/markup.hpp"

#include "reports/utf8.hpp"

namespace drdrill::reports {

std::string xml_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint c = decode_utf8(text);
    const bool bad_byte = c.value == 0xfffd && c.bytes == 1;
    const bool control = c.value < 0x20 && c.value != '\n' && c.value != '\t' && c.value != '\r';
    if (bad_byte || control || c.value == 0xfffe || c.value == 0xffff) {
      out += "\xef\xbf\xbd";
    } else {
      switch (c.value) {
        case '&':
          out += "&amp;";
          break;
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '"':
          out += "&quot;";
          break;
        case '\n':
          out += "&#10;";
          break;
        case '\t':
          out += "&#9;";
          break;
        case '\r':
          out += "&#13;";
          break;
        default:
          out += text.substr(0, c.bytes);
      }
    }
    text.remove_prefix(c.bytes);
  }
  return out;
}

std::string markdown_text(std::string_view text) {
  std::string out;
  for (char c : one_line(text)) {
    if (std::string_view("\\`*_{}[]<>|#~&@!").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace drdrill::reports
