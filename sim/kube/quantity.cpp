#include "sim/kube/quantity.hpp"

#include <array>
#include <utility>

namespace drdrill::kube {
namespace {

constexpr std::int64_t largest = std::int64_t{9'000'000'000'000'000'000};

struct Suffix {
  std::string_view text;
  std::int64_t factor;
};

constexpr std::array<Suffix, 12> suffixes{{{"", 1},
                                           {"k", 1'000},
                                           {"M", 1'000'000},
                                           {"G", 1'000'000'000},
                                           {"T", 1'000'000'000'000},
                                           {"P", 1'000'000'000'000'000},
                                           {"Ki", std::int64_t{1} << 10},
                                           {"Mi", std::int64_t{1} << 20},
                                           {"Gi", std::int64_t{1} << 30},
                                           {"Ti", std::int64_t{1} << 40},
                                           {"Pi", std::int64_t{1} << 50},
                                           {"Ei", std::int64_t{1} << 60}}};

/// digits × factor / 10^decimals × scale, rounded up; nothing on overflow.
std::optional<std::int64_t> combine(std::int64_t digits, int decimals, std::int64_t factor,
                                    std::int64_t scale) {
  __extension__ using Wide = unsigned __int128;
  Wide value = static_cast<Wide>(digits) * static_cast<Wide>(factor) * static_cast<Wide>(scale);
  Wide divisor = 1;
  for (int i = 0; i < decimals; ++i) divisor *= 10;
  value = (value + divisor - 1) / divisor;
  if (value > static_cast<Wide>(largest)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> parse_scaled(std::string_view text, std::int64_t scale) {
  std::int64_t digits = 0;
  int decimals = 0;
  int seen = 0;
  bool point = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      if (++seen > 15) return std::nullopt;
      digits = digits * 10 + (c - '0');
      decimals += point ? 1 : 0;
    } else {
      break;
    }
  }
  if (seen == 0) return std::nullopt;
  const std::string_view rest = text.substr(i);
  if (rest == "m") return combine(digits, decimals + 3, 1, scale);
  if (rest.size() >= 2 && rest.size() <= 3 && (rest[0] == 'e' || rest[0] == 'E')) {
    std::int64_t factor = 1;
    int exponent = 0;
    for (char c : rest.substr(1)) {
      if (c < '0' || c > '9') return std::nullopt;
      exponent = exponent * 10 + (c - '0');
    }
    if (exponent > 17) return std::nullopt;
    for (int n = 0; n < exponent; ++n) factor *= 10;
    return combine(digits, decimals, factor, scale);
  }
  for (const Suffix& suffix : suffixes)
    if (suffix.text == rest) return combine(digits, decimals, suffix.factor, scale);
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_milli(std::string_view text) {
  return parse_scaled(text, 1000);
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  return parse_scaled(text, 1);
}

std::string milli_text(std::int64_t milli) {
  return milli % 1000 == 0 ? std::to_string(milli / 1000) : std::to_string(milli) + "m";
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 8> units{
      {{"Ti", std::int64_t{1} << 40},
       {"Gi", std::int64_t{1} << 30},
       {"Mi", std::int64_t{1} << 20},
       {"Ki", std::int64_t{1} << 10},
       {"T", 1'000'000'000'000},
       {"G", 1'000'000'000},
       {"M", 1'000'000},
       {"k", 1'000}}};
  for (const auto& [suffix, size] : units)
    if (bytes > 0 && bytes % size == 0) return std::to_string(bytes / size) + std::string(suffix);
  return std::to_string(bytes);
}

}  // namespace drdrill::kube
