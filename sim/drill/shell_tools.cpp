#include "sim/drill/shell_tools.hpp"

#include <algorithm>
#include <array>

namespace drdrill::shell {
namespace {

Result printed(std::string text) {
  Result result;
  result.out = std::move(text);
  return result;
}

std::optional<Result> tool_true(ToolCall&) {
  return Result{};
}
std::optional<Result> tool_false(ToolCall&) {
  return Result{1, {}, {}, true};
}

std::optional<Result> tool_cat(ToolCall& call) {
  const auto switches = read_options(call.argv, "");
  if (!switches) return std::nullopt;
  auto text = text_of(call, switches->operands);
  if (!text) return std::nullopt;
  return printed(std::move(*text));
}

std::optional<Result> tool_basename(ToolCall& call) {
  if (call.argv.size() < 2 || call.argv.size() > 3 || call.argv[1].starts_with("-"))
    return std::nullopt;
  std::string name = call.argv[1];
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  if (name != "/") name = name.substr(name.rfind('/') + 1);
  if (call.argv.size() == 3 && name.ends_with(call.argv[2]) && name != call.argv[2])
    name.resize(name.size() - call.argv[2].size());
  return printed(name + "\n");
}

std::optional<Result> tool_dirname(ToolCall& call) {
  if (call.argv.size() != 2 || call.argv[1].starts_with("-")) return std::nullopt;
  std::string name = call.argv[1];
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  const std::size_t slash = name.rfind('/');
  if (slash == std::string::npos) return printed(".\n");
  name.resize(slash);
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  return printed((name.empty() ? "/" : name) + "\n");
}

std::optional<Result> tool_seq(ToolCall& call) {
  std::vector<long long> numbers;
  for (const std::string& word : call.argv.subspan(1)) {
    const auto number = to_number(word);
    constexpr long long far = 1000000000;
    if (!number || *number > far || *number < -far) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.empty() || numbers.size() > 3) return std::nullopt;
  const long long from = numbers.size() > 1 ? numbers[0] : 1;
  const long long step = numbers.size() == 3 ? numbers[1] : 1;
  if (step == 0) return failure("seq: invalid Zero increment value: '0'", 1);
  std::string text;
  for (long long v = from; step > 0 ? v <= numbers.back() : v >= numbers.back(); v += step)
    call.budget.append(text, std::to_string(v) + "\n");
  return printed(std::move(text));
}

/// What follows head's and tail's -n: the number, and whether it was +number.
struct Lines {
  std::size_t count = 10;
  bool from_start = false;
  std::vector<std::string> operands;
};
std::optional<Lines> read_lines(std::span<const std::string> argv, bool tail) {
  std::vector<std::string> words(argv.begin(), argv.end());
  const bool short_form = words.size() > 1 && words[1].size() > 1 && words[1][0] == '-' &&
                          words[1].find_first_not_of("0123456789", 1) == std::string::npos;
  if (short_form) words[1].replace(0, 1, "-n");
  const auto switches = read_options(words, "n:q");
  if (!switches) return std::nullopt;
  Lines lines;
  lines.operands = switches->operands;
  if (const std::string* value = switches->value('n')) {
    lines.from_start = tail && value->starts_with("+");
    const auto number = to_number(std::string_view(*value).substr(lines.from_start ? 1 : 0));
    if (!number || *number < 0) return std::nullopt;
    lines.count = static_cast<std::size_t>(*number);
  }
  return lines;
}

std::optional<Result> tool_head(ToolCall& call) {
  const auto lines = read_lines(call.argv, false);
  if (!lines || lines->operands.size() > 1) return std::nullopt;
  const auto text = text_of(call, lines->operands);
  if (!text) return std::nullopt;
  std::size_t end = 0;
  for (std::size_t i = 0; i < lines->count && end < text->size(); ++i) {
    const std::size_t newline = text->find('\n', end);
    end = newline == std::string::npos ? text->size() : newline + 1;
  }
  return printed(text->substr(0, end));
}

std::optional<Result> tool_tail(ToolCall& call) {
  const auto lines = read_lines(call.argv, true);
  if (!lines || lines->operands.size() > 1) return std::nullopt;
  const auto text = text_of(call, lines->operands);
  if (!text) return std::nullopt;
  const auto all = lines_of(*text);
  std::size_t first = all.size() > lines->count ? all.size() - lines->count : 0;
  if (lines->from_start) first = std::min(all.size(), lines->count == 0 ? 0 : lines->count - 1);
  if (first == all.size()) return Result{};
  return printed(text->substr(static_cast<std::size_t>(all[first].data() - text->data())));
}

std::optional<Result> tool_wc(ToolCall& call) {
  const auto switches = read_options(call.argv, "lwc");
  if (!switches || switches->given.size() != 1 || switches->operands.size() > 1)
    return std::nullopt;
  const auto text = text_of(call, switches->operands);
  if (!text) return std::nullopt;
  std::size_t count = text->size();
  if (switches->has('l'))
    count = static_cast<std::size_t>(std::count(text->begin(), text->end(), '\n'));
  if (switches->has('w')) {
    count = 0;
    bool inside = false;
    for (const char c : *text) {
      const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
      if (!blank && !inside) ++count;
      inside = !blank;
    }
  }
  std::string out = std::to_string(count);
  if (!switches->operands.empty()) out += " " + switches->operands[0];
  return printed(out + "\n");
}

std::optional<Result> tool_uniq(ToolCall& call) {
  const auto switches = read_options(call.argv, "cdu");
  if (!switches || switches->operands.size() > 1) return std::nullopt;
  const auto text = text_of(call, switches->operands);
  if (!text) return std::nullopt;
  const auto lines = lines_of(*text);
  Result result;
  for (std::size_t i = 0; i < lines.size();) {
    std::size_t end = i + 1;
    while (end < lines.size() && lines[end] == lines[i]) ++end;
    const std::size_t count = end - i;
    const bool wanted = !(switches->has('d') && count == 1) && !(switches->has('u') && count > 1);
    if (wanted && switches->has('c')) {
      const std::string number = std::to_string(count);
      result.out.append(number.size() < 7 ? 7 - number.size() : 0, ' ').append(number) += ' ';
    }
    if (wanted) result.out.append(lines[i]) += '\n';
    i = end;
  }
  return result;
}

/// The places that a list like 1,3-5,7- names.
std::optional<std::vector<std::pair<std::size_t, std::size_t>>> read_places(std::string_view list) {
  std::vector<std::pair<std::size_t, std::size_t>> places;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(list.size(), comma + 1));
    const std::size_t dash = item.find('-');
    constexpr long long end_of_line = 1LL << 40;
    const auto first = dash == 0 ? 1 : to_number(item.substr(0, dash));
    auto last = first;
    if (dash != std::string_view::npos)
      last = dash + 1 == item.size() ? end_of_line : to_number(item.substr(dash + 1));
    if (!first || !last || *first < 1 || *last < *first) return std::nullopt;
    places.emplace_back(*first, *last);
  }
  if (places.empty() || places.size() > 64) return std::nullopt;
  return places;
}

std::optional<Result> tool_cut(ToolCall& call) {
  const auto switches = read_options(call.argv, "d:f:c:s");
  if (!switches || (switches->has('f') == switches->has('c'))) return std::nullopt;
  const bool characters = switches->has('c');
  const auto places = read_places(*switches->value(characters ? 'c' : 'f'));
  const std::string* given = switches->value('d');
  if (!places || (given && given->size() != 1)) return std::nullopt;
  const auto text = text_of(call, switches->operands);
  if (!text) return std::nullopt;
  const char delimiter = given ? (*given)[0] : '\t';
  const auto chosen = [&](std::size_t number) {
    return std::any_of(places->begin(), places->end(),
                       [&](const auto& p) { return p.first <= number && number <= p.second; });
  };
  Result result;
  for (const std::string_view line : lines_of(*text)) {
    if (!characters && line.find(delimiter) == std::string_view::npos) {
      if (!switches->has('s')) result.out.append(line) += '\n';
      continue;
    }
    std::size_t number = 1;
    bool first = true;
    for (std::size_t at = 0; at <= line.size(); ++number) {
      const std::size_t end = characters ? at + 1 : std::min(line.find(delimiter, at), line.size());
      if (chosen(number) && (!characters || at < line.size())) {
        if (!characters && !first) result.out += delimiter;
        result.out += line.substr(at, end - at);
        first = false;
      }
      at = characters ? end : end + 1;
    }
    result.out += '\n';
  }
  return result;
}

std::optional<Result> tool_echo(ToolCall& call) {
  std::size_t at = 1;
  bool newline = true, escapes = false;
  for (; at < call.argv.size(); ++at) {
    const std::string& word = call.argv[at];
    if (word.size() < 2 || word[0] != '-' || word.find_first_not_of("neE", 1) != std::string::npos)
      break;
    newline = newline && word.find('n') == std::string::npos;
    escapes = escapes || word.find('e') != std::string::npos;
  }
  Result result;
  for (std::size_t i = at; i < call.argv.size(); ++i) {
    if (i > at) result.out += ' ';
    if (escapes)
      call.budget.append(result.out, unescaped(call.argv[i]));
    else
      call.budget.append(result.out, call.argv[i]);
  }
  if (newline) result.out += '\n';
  return result;
}

}  // namespace

Tool find_tool(std::string_view name) {
  struct Row {
    std::string_view name;
    Tool run;
  };
  static constexpr std::array<Row, 20> rows{{
      {"awk", tool_awk},       {"base64", tool_base64}, {"basename", tool_basename},
      {"cat", tool_cat},       {"cut", tool_cut},       {"dirname", tool_dirname},
      {"echo", tool_echo},     {"egrep", tool_grep},    {"false", tool_false},
      {"grep", tool_grep},     {"head", tool_head},     {"jq", tool_jq},
      {"printf", tool_printf}, {"sed", tool_sed},       {"seq", tool_seq},
      {"sort", tool_sort},     {"tail", tool_tail},     {"tr", tool_tr},
      {"true", tool_true},     {"uniq", tool_uniq},
  }};
  if (name == "wc") return tool_wc;
  if (name == "fgrep") return tool_grep;
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : found->run;
}

std::optional<Result> run_tool(ToolCall& call) {
  const Tool tool = find_tool(call.argv[0]);
  return tool ? tool(call) : std::nullopt;
}

}  // namespace drdrill::shell
