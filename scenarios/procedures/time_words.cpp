#include "scenarios/procedures/time_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "scenarios/procedures/words.hpp"

namespace drdrill::procedures {
namespace {

constexpr double minute = 60, hour = 3600, day = 86'400, week = 7 * day;

struct Unit {
  std::string_view word;
  double seconds;
};
constexpr std::array<Unit, 96> units{{
    {"ms", 0.001},
    {"millisecond", 0.001},
    {"milliseconds", 0.001},
    {"s", 1},
    {"sec", 1},
    {"secs", 1},
    {"second", 1},
    {"seconds", 1},
    {"segundo", 1},
    {"segundos", 1},
    {"seconde", 1},
    {"secondes", 1},
    {"sekunde", 1},
    {"sekunden", 1},
    {"secondo", 1},
    {"secondi", 1},
    {"seconden", 1},
    {"detik", 1},
    {"giây", 1},
    {"giay", 1},
    {"сек", 1},
    {"секунд", 1},
    {"m", minute},
    {"min", minute},
    {"mins", minute},
    {"minute", minute},
    {"minutes", minute},
    {"minuto", minute},
    {"minutos", minute},
    {"minuten", minute},
    {"minuut", minute},
    {"minuti", minute},
    {"menit", minute},
    {"phút", minute},
    {"phut", minute},
    {"мин", minute},
    {"минут", minute},
    {"минуты", minute},
    {"h", hour},
    {"hr", hour},
    {"hrs", hour},
    {"hour", hour},
    {"hours", hour},
    {"hora", hour},
    {"horas", hour},
    {"heure", hour},
    {"heures", hour},
    {"stunde", hour},
    {"stunden", hour},
    {"std", hour},
    {"ora", hour},
    {"ore", hour},
    {"uur", hour},
    {"jam", hour},
    {"giờ", hour},
    {"gio", hour},
    {"час", hour},
    {"часа", hour},
    {"часов", hour},
    {"d", day},
    {"day", day},
    {"days", day},
    {"día", day},
    {"días", day},
    {"dia", day},
    {"dias", day},
    {"jour", day},
    {"jours", day},
    {"tag", day},
    {"tage", day},
    {"tagen", day},
    {"giorno", day},
    {"giorni", day},
    {"dag", day},
    {"dagen", day},
    {"hari", day},
    {"ngày", day},
    {"ngay", day},
    {"день", day},
    {"дня", day},
    {"дней", day},
    {"w", week},
    {"wk", week},
    {"week", week},
    {"weeks", week},
    {"semana", week},
    {"semanas", week},
    {"woche", week},
    {"wochen", week},
    {"semaine", week},
    {"semaines", week},
    {"settimana", week},
    {"settimane", week},
    {"minggu", week},
    {"tuần", week},
    {"tuan", week},
}};

double seconds_of(std::string_view word) {
  for (const Unit& unit : units)
    if (unit.word == word) return unit.seconds;
  return 0;
}

std::string without_brackets(std::string_view text) {
  std::string out;
  int depth = 0;
  for (const char c : text) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0) out += c;
    if ((c == ')' || c == ']') && depth > 0) --depth;
  }
  return out;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
/// Letters, also those of other alphabets.
bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalpha(byte) != 0 || byte >= 0x80;
}

/// Numbers and words, one after the other.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  void skip_to_number() {
    while (!at_end() && !is_digit(text_[at_])) ++at_;
  }
  bool word_before() const {
    return at_ > 0 && (is_letter(text_[at_ - 1]) || text_[at_ - 1] == '.');
  }

  double number() {
    std::size_t end = at_;
    while (end < text_.size() &&
           (is_digit(text_[end]) || ((text_[end] == '.' || text_[end] == ',') &&
                                     end + 1 < text_.size() && is_digit(text_[end + 1]))))
      ++end;
    std::string digits(text_.substr(at_, end - at_));
    std::replace(digits.begin(), digits.end(), ',', '.');
    at_ = end;
    double value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  /// The word behind blanks, hyphens and underscores; "" when something else stands there.
  std::string_view word() {
    const std::size_t from = at_;
    while (!at_end() && std::string_view(" -_\t").find(text_[at_]) != std::string_view::npos) ++at_;
    const std::size_t begin = at_;
    while (!at_end() && is_letter(text_[at_])) ++at_;
    if (begin == at_) at_ = from;
    return text_.substr(begin, at_ - begin);
  }
  /// "2-4 hours", "30 minutes to 1 hour", "30 minutes - 1 hour".
  bool take_range() {
    std::size_t at = at_;
    while (at < text_.size() && text_[at] == ' ') ++at;
    for (const std::string_view sign : {"-", "–", "—", "to ", "bis ", "à ", "a "})
      if (text_.substr(at).starts_with(sign)) {
        at += sign.size();
        while (at < text_.size() && text_[at] == ' ') ++at;
        if (at >= text_.size() || !is_digit(text_[at])) return false;
        at_ = at;
        return true;
      }
    return false;
  }
  /// "1 hour 30 minutes", "1h30m".
  bool take_more() {
    std::size_t at = at_;
    while (at < text_.size() && text_[at] == ' ') ++at;
    if (at >= text_.size() || !is_digit(text_[at])) return false;
    at_ = at;
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

WrittenTime written_time(std::string_view text) {
  WrittenTime out;
  const std::string plain = lowered(without_brackets(text));
  constexpr std::array<std::string_view, 2> nothing{"zero", "no data loss"};
  Tokens tokens(plain);
  tokens.skip_to_number();
  if (tokens.at_end()) {
    if (has_any(plain, nothing) && plain.find("near") == std::string::npos) out.time = Duration{};
    return out;
  }
  if (tokens.word_before()) return out;  // "v1.0", "DR2"
  double sum = 0, longest = 0;
  for (bool more = true; more;) {
    double count = tokens.number();
    if (tokens.take_range()) {
      longest = std::max(longest, sum);
      continue;
    }
    const std::string_view unit = tokens.word();
    const double seconds = seconds_of(unit);
    if (seconds == 0 && count == 0 && longest == 0 && sum == 0) {
      out.time = Duration{};
      return out;
    }
    if (seconds == 0) {
      if (sum > 0) break;  // what follows is something else
      out.unknown =
          unit.empty() ? "a number without a unit" : "the unit \"" + std::string(unit) + "\"";
      return out;
    }
    sum += count * seconds;
    if (tokens.take_range()) {
      longest = std::max(longest, sum);
      sum = 0;
      continue;
    }
    more = tokens.take_more();
  }
  constexpr double most = 100 * 365.25 * day;
  sum = std::max(sum, longest);
  if (sum > most) {
    out.unknown = "more than 100 years";
    return out;
  }
  out.time = Duration(std::llround(sum * 1e9));
  return out;
}

}  // namespace drdrill::procedures
