#include <algorithm>
#include <cctype>

#include "sim/drill/shell_regex.hpp"
#include "sim/drill/shell_tools.hpp"

namespace drdrill::shell {
namespace {

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

struct Grep {
  std::vector<Pattern> patterns;
  bool whole_word = false;
  bool whole_line = false;
};

bool fits(const Grep& grep, std::string_view line, const Pattern::Match& match) {
  if (grep.whole_line && (match.at != 0 || match.size != line.size())) return false;
  if (!grep.whole_word) return true;
  const std::size_t end = match.at + match.size;
  return !(match.at > 0 && in_word(line[match.at - 1])) &&
         !(end < line.size() && in_word(line[end]));
}

/// The first place from `from` on where one of the patterns fits.
std::optional<Pattern::Match> first_match(const Grep& grep, std::string_view line, std::size_t from,
                                          Budget& budget) {
  std::optional<Pattern::Match> best;
  for (const Pattern& pattern : grep.patterns) {
    std::size_t at = from;
    auto match = pattern.find(line, at, budget);
    while (match && !fits(grep, line, *match) && match->at < line.size()) {
      at = match->at + 1;
      match = pattern.find(line, at, budget);
    }
    if (match && fits(grep, line, *match) &&
        (!best || match->at < best->at || (match->at == best->at && match->size > best->size)))
      best = std::move(match);
  }
  return best;
}

}  // namespace

std::optional<Result> tool_grep(ToolCall& call) {
  std::vector<std::string> words(call.argv.begin(), call.argv.end());
  for (std::string& word : words)
    if (word == "--quiet" || word == "--silent") word = "-q";
  const auto switches = read_options(words, "qivEFowcnxshe:m:");
  if (!switches) return std::nullopt;
  std::vector<std::string> operands = switches->operands;
  std::string text_of_pattern;
  if (const std::string* given = switches->value('e')) {
    if (std::count_if(switches->given.begin(), switches->given.end(),
                      [](const auto& one) { return one.first == 'e'; }) > 1)
      return std::nullopt;
    text_of_pattern = *given;
  } else {
    if (operands.empty()) return failure("Usage: grep [OPTION]... PATTERNS [FILE]...");
    text_of_pattern = operands[0];
    operands.erase(operands.begin());
  }
  if (operands.size() > 1) return std::nullopt;
  Pattern::Syntax syntax = Pattern::Syntax::basic;
  if (switches->has('E') || call.argv[0] == "egrep") syntax = Pattern::Syntax::extended;
  if (switches->has('F') || call.argv[0] == "fgrep") syntax = Pattern::Syntax::fixed;
  Grep grep;
  grep.whole_word = switches->has('w');
  grep.whole_line = switches->has('x');
  auto lines_of_pattern = lines_of(text_of_pattern);
  if (lines_of_pattern.empty()) lines_of_pattern.emplace_back();
  for (const std::string_view line : lines_of_pattern) {
    call.budget.work(line.size() * Budget::parsing_work);
    auto pattern = Pattern::compile(line, syntax, switches->has('i'));
    if (!pattern) return std::nullopt;
    grep.patterns.push_back(std::move(*pattern));
  }
  const auto most = switches->has('m') ? to_number(*switches->value('m')) : 1LL << 40;
  if (!most) return std::nullopt;
  const auto text = text_of(call, operands);
  if (!text) return std::nullopt;

  Result result;
  long long count = 0, number = 0;
  const bool silent = switches->has('q') || switches->has('c');
  for (const std::string_view line : lines_of(*text)) {
    ++number;
    if (count >= *most) break;
    auto match = first_match(grep, line, 0, call.budget);
    if (match.has_value() == switches->has('v')) continue;
    ++count;
    if (silent) continue;
    const std::string head = switches->has('n') ? std::to_string(number) + ":" : std::string();
    if (!switches->has('o')) {
      result.out.append(head).append(line) += '\n';
      continue;
    }
    while (match) {
      if (match->size > 0)
        result.out.append(head).append(line.substr(match->at, match->size)) += '\n';
      const std::size_t next = match->at + std::max<std::size_t>(match->size, 1);
      match = next < line.size() ? first_match(grep, line, next, call.budget) : std::nullopt;
    }
  }
  if (switches->has('c') && !switches->has('q')) result.out = std::to_string(count) + "\n";
  result.exit_status = count > 0 ? 0 : 1;
  return result;
}

}  // namespace drdrill::shell
