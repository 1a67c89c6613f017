#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>

#include "sim/drill/shell_expand.hpp"
#include "sim/drill/shell_tools.hpp"

/// printf, sort and tr.
namespace drdrill::shell {
namespace {

/// One conversion of a format: what stands between % and its letter, and the letter.
struct Conversion {
  std::string flags;
  char letter = 's';
};

std::optional<Conversion> read_conversion(std::string_view format, std::size_t& at) {
  Conversion made;
  const std::size_t end = format.find_first_not_of("-0+ #.123456789", at);
  if (end == std::string_view::npos || end - at > 8) return std::nullopt;
  made.flags = format.substr(at, end - at);
  made.letter = format[end];
  at = end + 1;
  const bool known =
      std::string_view("sdixXuoc%bqfFeEgG").find(made.letter) != std::string_view::npos;
  const auto digits = std::count_if(made.flags.begin(), made.flags.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
  if (!known || digits > 4) return std::nullopt;
  return made;
}

/// Also 0x1f, 017 and 'c.
std::optional<long long> printed_number(const std::string& text) {
  if (text.size() == 2 && (text[0] == '\'' || text[0] == '"'))
    return static_cast<unsigned char>(text[1]);
  const bool negative = text.starts_with("-");
  const std::string_view digits = std::string_view(text).substr(negative ? 1 : 0);
  int base = 10;
  std::size_t skip = 0;
  if (digits.starts_with("0x") || digits.starts_with("0X"))
    base = 16, skip = 2;
  else if (digits.size() > 1 && digits[0] == '0')
    base = 8, skip = 1;
  if (base == 10) return to_number(text);
  long long value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data() + skip, end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return negative ? -value : value;
}

std::string converted(const Conversion& conversion, const std::string& argument, bool& bad) {
  std::string spec = "%" + conversion.flags;
  constexpr std::size_t widest = 1U << 14U;
  const bool is_text = std::string_view("sbcq").find(conversion.letter) != std::string_view::npos;
  const bool is_real = std::string_view("fFeEgG").find(conversion.letter) != std::string_view::npos;
  std::string out(widest, '\0');
  int size = 0;
  if (is_text) {
    std::string text = conversion.letter == 'b'   ? unescaped(argument)
                       : conversion.letter == 'q' ? quoted_for_shell(argument)
                                                  : argument;
    if (conversion.letter == 'c') text.resize(std::min<std::size_t>(text.size(), 1));
    if (conversion.flags.empty()) return text;
    size = std::snprintf(out.data(), out.size(), (spec + "s").c_str(), text.c_str());
  } else if (is_real) {
    double number = 0;
    const auto [stop, error] =
        std::from_chars(argument.data(), argument.data() + argument.size(), number);
    bad = bad || (!argument.empty() && (error != std::errc{} || *stop != '\0'));
    size = std::snprintf(out.data(), out.size(), (spec + conversion.letter).c_str(), number);
  } else {
    const auto number = argument.empty() ? std::optional(0LL) : printed_number(argument);
    bad = bad || !number;
    spec += "ll";
    spec += conversion.letter;
    size = std::snprintf(out.data(), out.size(), spec.c_str(), number.value_or(0));
  }
  if (size < 0) return {};
  out.resize(std::min(static_cast<std::size_t>(size), widest - 1));
  return out;
}

std::string_view tr_class(std::string_view name) {
  constexpr std::string_view alnum =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  if (name == "digit") return alnum.substr(0, 10);
  if (name == "upper") return alnum.substr(10, 26);
  if (name == "lower") return alnum.substr(36, 26);
  if (name == "alpha") return alnum.substr(10);
  if (name == "alnum") return alnum;
  if (name == "space") return "\t\n\v\f\r ";
  if (name == "punct") return "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  return {};
}

/// The characters of a tr set, ranges and classes written out.
std::optional<std::string> tr_set(std::string_view given) {
  const std::string text = unescaped(given);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "[:") == 0) {
      const std::size_t end = text.find(":]", i);
      if (end == std::string::npos) return std::nullopt;
      const std::string name = text.substr(i + 2, end - i - 2);
      const auto members = tr_class(std::string_view(text).substr(i + 2, end - i - 2));
      if (members.empty()) return std::nullopt;
      out += members;
      i = end + 1;
    } else if (i + 2 < text.size() && text[i + 1] == '-') {
      const int last = static_cast<unsigned char>(text[i + 2]);
      if (static_cast<unsigned char>(text[i]) > last) return std::nullopt;
      for (int c = static_cast<unsigned char>(text[i]); c <= last; ++c) out += static_cast<char>(c);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

struct SortKey {
  std::size_t field = 0;  ///< 0: the whole line
  bool numeric = false;
  char separator = '\0';  ///< 0: blanks
};

std::string_view key_of(std::string_view line, const SortKey& key) {
  if (key.field == 0) return line;
  std::size_t at = 0;
  for (std::size_t i = 1; i < key.field && at < line.size(); ++i) {
    if (key.separator != '\0') {
      at = std::min(line.find(key.separator, at), line.size() - 1) + 1;
      continue;
    }
    at = std::min(line.find_first_not_of(" \t", at), line.size());
    at = std::min(line.find_first_of(" \t", at), line.size());
  }
  return line.substr(at);
}

long long leading_number(std::string_view text) {
  const std::size_t from = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(from);
  const std::size_t end =
      std::min(text.find_first_not_of("0123456789", text.starts_with("-") ? 1 : 0), text.size());
  return to_number(text.substr(0, std::min<std::size_t>(end, 18))).value_or(0);
}

}  // namespace

std::optional<Result> tool_printf(ToolCall& call) {
  if (call.argv.size() < 2) return failure("printf: usage: printf format [arguments]");
  if (call.argv[1].starts_with("-")) return std::nullopt;
  const std::string& format = call.argv[1];
  std::size_t argument = 2;
  Result result;
  bool bad = false;
  do {
    const std::size_t before = argument;
    for (std::size_t at = 0; at < format.size();) {
      if (format[at] != '%') {
        const std::size_t end = std::min(format.find('%', at), format.size());
        call.budget.append(result.out,
                           unescaped(std::string_view(format).substr(at, end - at), true));
        at = end;
        continue;
      }
      const auto conversion = read_conversion(format, ++at);
      if (!conversion) return std::nullopt;
      if (conversion->letter == '%') {
        result.out += '%';
        continue;
      }
      static const std::string nothing;
      const std::string& value = argument < call.argv.size() ? call.argv[argument] : nothing;
      ++argument;
      call.budget.append(result.out, converted(*conversion, value, bad));
    }
    if (argument == before) break;
  } while (argument < call.argv.size());
  if (bad) {
    result.err = "printf: invalid number\n";
    result.exit_status = 1;
  }
  return result;
}

std::optional<Result> tool_sort(ToolCall& call) {
  const auto switches = read_options(call.argv, "urnk:t:");
  if (!switches) return std::nullopt;
  SortKey key;
  key.numeric = switches->has('n');
  bool reverse = switches->has('r');
  if (const std::string* given = switches->value('k')) {
    const std::size_t end = std::min(given->find_first_not_of("0123456789"), given->size());
    const auto field = to_number(std::string_view(*given).substr(0, end));
    const std::string rest = given->substr(end);
    if (!field || *field < 1 || rest.find_first_not_of("nr") != std::string::npos)
      return std::nullopt;
    key.field = static_cast<std::size_t>(*field);
    key.numeric = key.numeric || rest.find('n') != std::string::npos;
    reverse = reverse || rest.find('r') != std::string::npos;
  }
  if (const std::string* given = switches->value('t')) {
    if (given->size() != 1) return std::nullopt;
    key.separator = (*given)[0];
  }
  const auto text = text_of(call, switches->operands);
  if (!text) return std::nullopt;
  auto lines = lines_of(*text);
  const auto compare = [&](std::string_view a, std::string_view b) {
    const std::string_view x = key_of(a, key), y = key_of(b, key);
    if (key.numeric) {
      const long long m = leading_number(x), n = leading_number(y);
      return m < n ? -1 : m > n ? 1 : 0;
    }
    return x.compare(y);
  };
  const bool unique = switches->has('u');
  std::stable_sort(lines.begin(), lines.end(), [&](std::string_view a, std::string_view b) {
    int order = compare(a, b);
    if (order == 0 && !unique) order = a.compare(b);
    return reverse ? order > 0 : order < 0;
  });
  if (unique)
    lines.erase(
        std::unique(lines.begin(), lines.end(), [&](auto a, auto b) { return compare(a, b) == 0; }),
        lines.end());
  Result result;
  for (const std::string_view line : lines) result.out.append(line) += '\n';
  return result;
}

std::optional<Result> tool_tr(ToolCall& call) {
  const auto switches = read_options(call.argv, "ds");
  if (!switches) return std::nullopt;
  const bool deletes = switches->has('d'), squeezes = switches->has('s');
  const std::size_t wanted = deletes || (squeezes && switches->operands.size() == 1) ? 1 : 2;
  if (switches->operands.size() != wanted || (deletes && squeezes)) return std::nullopt;
  const auto from = tr_set(switches->operands[0]);
  const auto to = wanted == 2 ? tr_set(switches->operands[1]) : std::string();
  if (!from || !to || (wanted == 2 && to->empty())) return std::nullopt;
  const auto text = text_of(call, {});
  Result result;
  for (const char c : *text) {
    const std::size_t at = from->rfind(c);
    if (deletes) {
      if (at == std::string::npos) result.out += c;
      continue;
    }
    char made = c;
    if (wanted == 2 && at != std::string::npos) made = (*to)[std::min(at, to->size() - 1)];
    const std::string& repeated = wanted == 2 ? *to : *from;
    if (squeezes && repeated.find(made) != std::string::npos && result.out.ends_with(made))
      continue;
    result.out += made;
  }
  return result;
}

}  // namespace drdrill::shell
