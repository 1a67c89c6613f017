#include "scenarios/procedures/library.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "scenarios/procedures/script.hpp"
#include "scenarios/procedures/words.hpp"
#include "sim/drill/shell.hpp"

namespace drdrill::procedures {
namespace {

constexpr std::size_t most_functions = 200;
constexpr std::size_t most_bytes = std::size_t{2} << 20;  // of all that they need, together

constexpr std::array<std::string_view, 22> prepares{
    "set",    "shopt", "readonly", "export",  "declare",  "typeset", "local", "return",
    "source", ".",     ":",        "true",    "test",     "[",       "[[",    "umask",
    "trap",   "cd",    "pwd",      "dirname", "basename", "realpath"};
constexpr std::array<std::string_view, 12> prints{"echo", "printf", "date",   "exit",
                                                  "tput", "cat",    "return", "shift",
                                                  "tee",  "local",  "eval",   "read"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

/// Does a line hand the name on: trap NAME EXIT, retry 3 NAME?
bool hands_on(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const bool whole = (at == 0 || !is_word(text[at - 1])) &&
                       (at + name.size() == text.size() || !is_word(text[at + name.size()]));
    if (!whole) continue;
    const std::size_t begin = text.rfind('\n', at) + 1;
    const std::string_view before = text.substr(begin, at - begin);
    for (const std::string_view word : {"trap ", "retry", "timeout ", "xargs ", "-exec "})
      if (before.find(word) != std::string_view::npos) return true;
  }
  return false;
}

/// "$1" or "${1:-x}" or "$@": it is told what to do by whoever calls it.
bool takes_arguments(std::string_view text) {
  for (std::size_t at = text.find('$'); at + 1 < text.size() && at != std::string_view::npos;
       at = text.find('$', at + 1)) {
    const std::size_t name = text[at + 1] == '{' ? at + 2 : at + 1;
    if (name >= text.size()) return false;
    const char c = text[name];
    if ((c >= '1' && c <= '9') || c == '@' || c == '*' || c == '#') return true;
  }
  return false;
}

struct Function {
  std::string name;
  std::size_t statement = 0;
  std::string_view text;
  std::set<std::string> programs;
};

class Library {
 public:
  Library(std::string_view script, const ShellSyntax& syntax) : script_(script), syntax_(syntax) {}

  std::vector<EntryFunction> entries() {
    if (!read() || functions_.size() > most_functions) return {};
    read_calls();
    std::vector<EntryFunction> out;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      if (is_called(i)) continue;
      const std::set<std::size_t> needs = needed_by(i);
      if (!acts(needs)) continue;
      const Function& function = functions_[i];
      out.push_back({function.name, syntax_.statements[function.statement].line,
                     takes_arguments(function.text), stretches(needs)});
      for (const auto& stretch : out.back().needs)
        bytes += stretch.back().end - stretch.front().begin;
      if (bytes > most_bytes) return {};
    }
    return out;
  }

 private:
  /// False: something is done outside of functions.
  bool read() {
    for (std::size_t i = 0; i < syntax_.statements.size(); ++i) {
      const Statement& statement = syntax_.statements[i];
      const std::string_view own = script_.substr(statement.begin, statement.end - statement.begin);
      const shell::Parsed parsed = shell::parse(own);
      if (!parsed.list) return false;
      const auto names = functions_of(*parsed.list);
      const auto called = programs_of(*parsed.list);
      if (names.size() == 1 && statement.kind == Statement::Kind::function) {
        Function& function = functions_.emplace_back(Function{names.front(), i, own, {}});
        for (const Called& each : called) function.programs.insert(each.program);
        continue;
      }
      const bool acts = std::any_of(called.begin(), called.end(), [](const Called& each) {
        return !is_one_of(prepares, each.program);
      });
      if (acts || !names.empty()) return false;
    }
    return !functions_.empty();
  }

  void read_calls() {
    calls_.resize(functions_.size());
    for (std::size_t i = 0; i < functions_.size(); ++i)
      for (std::size_t j = 0; j < functions_.size(); ++j)
        if (i != j && (functions_[i].programs.count(functions_[j].name) != 0 ||
                       hands_on(functions_[i].text, functions_[j].name)))
          calls_[i].insert(j);
  }

  bool is_called(std::size_t function) const {
    return std::any_of(calls_.begin(), calls_.end(),
                       [&](const auto& called) { return called.count(function) != 0; });
  }

  /// Itself and those that it calls, and those that these call.
  std::set<std::size_t> needed_by(std::size_t function) const {
    std::set<std::size_t> all;
    std::vector<std::size_t> open{function};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      if (all.insert(at).second) open.insert(open.end(), calls_[at].begin(), calls_[at].end());
    }
    return all;
  }

  bool acts(const std::set<std::size_t>& needs) const {
    return std::any_of(needs.begin(), needs.end(), [&](std::size_t i) {
      const auto& programs = functions_[i].programs;
      return std::any_of(programs.begin(), programs.end(), [&](const std::string& program) {
        return !is_one_of(prepares, program) && !is_one_of(prints, program) &&
               std::none_of(functions_.begin(), functions_.end(),
                            [&](const Function& other) { return other.name == program; });
      });
    });
  }

  std::vector<std::span<const Statement>> stretches(const std::set<std::size_t>& needs) const {
    std::set<std::size_t> left_out;
    for (std::size_t i = 0; i < functions_.size(); ++i)
      if (needs.count(i) == 0) left_out.insert(functions_[i].statement);
    const std::span<const Statement> all = syntax_.statements;
    std::vector<std::span<const Statement>> out;
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin;
      while (end < all.size() && left_out.count(end) == 0) ++end;
      if (end > begin) out.push_back(all.subspan(begin, end - begin));
      begin = end + 1;
    }
    return out;
  }

  std::string_view script_;
  const ShellSyntax& syntax_;
  std::vector<Function> functions_;
  std::vector<std::set<std::size_t>> calls_;  ///< of each function
};

/// The part of a script's syntax that is about these statements, as that of a text of its own.
ShellSyntax part_of(const ShellSyntax& syntax, std::span<const Statement> statements) {
  const std::size_t begin = statements.front().begin;
  const std::size_t end = statements.back().end;
  ShellSyntax out;
  for (Statement statement : statements) {
    statement.begin -= begin;
    statement.end -= begin;
    statement.line -= statements.front().line - 1;
    out.statements.push_back(statement);
  }
  const auto take = [&](const std::vector<Quoted>& from, std::vector<Quoted>& to) {
    for (const Quoted& each : from)
      if (each.begin >= begin && each.end <= end)
        to.push_back({each.begin - begin, each.end - begin});
  };
  take(syntax.quoted, out.quoted);
  take(syntax.documents, out.documents);
  return out;
}

}  // namespace

std::vector<EntryFunction> entry_functions(std::string_view script, const ShellSyntax& syntax) {
  return syntax.error.empty() ? Library(script, syntax).entries() : std::vector<EntryFunction>();
}

void add_entry(std::string_view script, const ShellSyntax& syntax, const EntryFunction& function,
               const std::string& file, Procedure& procedure, std::vector<ImportNotice>& notices) {
  procedure.function = function.name;
  for (const auto& stretch : function.needs) {
    const std::size_t begin = stretch.front().begin;
    const Piece piece{script.substr(begin, stretch.back().end - begin), file, stretch.front().line,
                      "", true};
    add_steps(
        piece, [&](const std::string&) { return part_of(syntax, stretch); }, procedure, notices);
  }
  Step call;
  call.title = call.run = function.name;
  call.phase = Phase::recover;
  call.by_hand = function.takes_arguments;
  call.place = {file, function.line};
  procedure.runbook.steps.push_back(std::move(call));
  if (function.takes_arguments)
    notices.push_back(
        {ImportNotice::Kind::argument, "those of " + function.name, {file, function.line}});
}

}  // namespace drdrill::procedures
