#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text as terminals and documents need it. Output of commands is arbitrary bytes; everything here
/// takes any bytes and never throws.
namespace drdrill::reports {

struct CodePoint {
  char32_t value = 0xfffd;  ///< U+FFFD where the bytes are no UTF-8
  std::size_t bytes = 1;    ///< how many were used
};

/// The first code point of a text that is not empty. Overlong forms, surrogates and values above
/// U+10FFFF are not UTF-8.
CodePoint decode_utf8(std::string_view text);

/// The same text with U+FFFD in the place of what is no UTF-8.
std::string valid_utf8(std::string_view text);

/// Valid UTF-8 on one line: terminal escape sequences go, other control characters become spaces,
/// spaces at the ends go.
std::string one_line(std::string_view text);

/// The first line that is not blank, as one_line().
std::string first_line(std::string_view text);

/// Columns on a terminal: combining marks take none, East Asian wide characters two.
std::size_t columns(std::string_view text);

/// Cut to at most `most` columns, with "…" in the last one if something was cut.
std::string clip(std::string_view text, std::size_t most);

}  // namespace drdrill::reports
