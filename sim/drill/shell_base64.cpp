#include <algorithm>

#include "sim/drill/shell_tools.hpp"

namespace drdrill::shell {
namespace {

constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  const auto put = [&](char c) {
    out += c;
    if (width > 0 && ++column == width) out += '\n', column = 0;
  };
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t bits = 0;
    const std::size_t count = std::min<std::size_t>(3, text.size() - i);
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8U | (k < count ? static_cast<unsigned char>(text[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      put(k > count ? '=' : base64_digits[bits >> (18 - 6 * k) & 63U]);
  }
  if (column > 0) out += '\n';
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '\n' || c == '=') continue;
    const std::size_t digit = base64_digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> static_cast<unsigned>(held) & 0xFFU);
  }
  return out;
}

}  // namespace

std::optional<Result> tool_base64(ToolCall& call) {
  std::vector<std::string> words(call.argv.begin(), call.argv.end());
  for (std::string& word : words) {
    if (word == "--decode" || word == "-D") word = "-d";
    if (word.starts_with("--wrap=")) word = "-w" + word.substr(7);
  }
  const auto switches = read_options(words, "diw:");
  if (!switches || switches->operands.size() > 1) return std::nullopt;
  const auto text = text_of(call, switches->operands);
  if (!text) return std::nullopt;
  if (!switches->has('d')) {
    const std::string* given = switches->value('w');
    const auto width = given ? to_number(*given) : 76;
    if (!width || *width < 0) return std::nullopt;
    return Result{0, to_base64(*text, static_cast<std::size_t>(*width)), {}, true};
  }
  auto decoded = from_base64(*text);
  if (!decoded) return failure("base64: invalid input", 1);
  return Result{0, std::move(*decoded), {}, true};
}

}  // namespace drdrill::shell
