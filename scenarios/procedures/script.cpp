#include "scenarios/procedures/script.hpp"

#include <algorithm>
#include <cctype>

#include "scenarios/procedures/shfmt.hpp"
#include "scenarios/procedures/words.hpp"
#include "sim/drill/shell.hpp"

namespace drdrill::procedures {
namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' ||
         c == ' ' || c == '/' || c == '|' || c == ':';
}

/// "<pod name>" as shells take it for a word: "<pod-name>" in `shown`, letters in the result, which
/// has the same bytes otherwise. Redirections ("< file") begin with a blank or a path.
std::string hide_placeholders(std::string& shown, const Piece& piece,
                              std::vector<ImportNotice>& notices) {
  std::string hidden = shown;
  int line = piece.first_line;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown[i] == '\n') ++line;
    if (shown[i] != '<' || i + 2 >= shown.size() ||
        std::isalpha(static_cast<unsigned char>(shown[i + 1])) == 0 ||
        (i > 0 && shown[i - 1] == '<'))
      continue;
    std::size_t end = i + 1;
    while (end < shown.size() && is_name_character(shown[end])) ++end;
    if (end >= shown.size() || shown[end] != '>' || end - i > 60) continue;
    notices.push_back(
        {ImportNotice::Kind::placeholder, shown.substr(i, end - i + 1), {piece.file, line}});
    for (std::size_t at = i; at <= end; ++at) {
      const bool letter = std::isalnum(static_cast<unsigned char>(shown[at])) != 0;
      hidden[at] = letter ? shown[at] : '_';
      if (at > i && at < end && !letter) shown[at] = '-';
    }
    i = end;
  }
  return hidden;
}

/// The comment lines directly above, without "Step 3:" where the title says enough.
std::string title_above(std::string_view text, std::size_t at) {
  std::string title;
  std::size_t end = text.rfind('\n', at);
  while (end != std::string_view::npos && end > 0) {
    const std::size_t begin = text.rfind('\n', end - 1);
    std::string_view line = text.substr(begin == std::string_view::npos ? 0 : begin + 1,
                                        end - (begin == std::string_view::npos ? 0 : begin + 1));
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with('#') || line.starts_with("#!")) break;
    line.remove_prefix(std::min(line.find_first_not_of("# \t"), line.size()));
    if (!line.empty()) title = std::string(line) + (title.empty() ? "" : " ") + title;
    if (begin == std::string_view::npos) break;
    end = begin;
  }
  constexpr std::size_t most = 120;
  if (title.size() > most) title.resize(most);
  return title;
}

/// Does it begin with a look at how the statement before ended?
bool refers_to_status(std::string_view text) {
  const std::string_view first = text.substr(0, text.find_first_of(";\n"));
  return first.find("$?") != std::string_view::npos ||
         first.find("PIPESTATUS") != std::string_view::npos;
}

/// Only says something: its success says nothing of what came before.
bool only_echoes(const shell::List& list) {
  const auto called = programs_of(list);
  return !called.empty() && std::all_of(called.begin(), called.end(), [](const Called& c) {
    return c.program == "echo" || c.program == "printf" || c.program == "set" ||
           c.program == "cd" || c.program == "shift" || c.program == "export" ||
           c.program == "date" || c.program == ":" || c.program == "readonly";
  });
}

bool sets_errexit(std::string_view text) {
  if (text.starts_with("set -o errexit")) return true;
  if (!text.starts_with("set -")) return false;
  const std::string_view letters = text.substr(5, text.find_first_of(" \n", 5) - 5);
  return letters.find('e') != std::string_view::npos;
}

/// A command that only reads.
bool only_looks(const shell::List& list, std::string_view text) {
  for (const std::string_view word :
       {" delete ",       " apply",     " scale ",    " patch ",
        " drain ",        " cordon ",   " uncordon ", " rollout restart",
        " rollout undo",  " create ",   "pg_promote", "promote",
        "failover",       " set ",      "replicate",  " rm ",
        "-X P",           "-X D",       "--data",     "pg_restore",
        " label ",        " annotate ", " taint ",    " --cluster create",
        " --cluster fix", " restart",   " replace ",  " edit "})
    if (text.find(word) != std::string_view::npos) return false;
  const auto called = programs_of(list);
  return !called.empty() && std::all_of(called.begin(), called.end(), [](const Called& c) {
    return c.program == "kubectl" || c.program == "curl" || c.program == "grep" ||
           c.program == "psql" || c.program == "redis-cli" || c.program == "echo" ||
           c.program == "jq" || c.program == "sleep" || c.program == "cut" || c.program == "awk" ||
           c.program == "head" || c.program == "tail" || c.program == "date" || c.program == "wc";
  });
}

}  // namespace

std::string without_prompts(std::string_view text) {
  if (!text.starts_with("$ ") && text.find("\n$ ") == std::string_view::npos)
    return std::string(text);
  std::string out;
  bool goes_on = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    const bool command = line.starts_with("$ ");
    if (command) line.remove_prefix(2);
    if (command || goes_on) out += line;
    goes_on = (command || goes_on) && line.ends_with('\\');
    out += '\n';
  }
  return out;
}

bool add_steps(const Piece& piece, Procedure& procedure, std::vector<ImportNotice>& notices) {
  std::string shown(piece.text);
  std::vector<ImportNotice> found;
  const std::string hidden = hide_placeholders(shown, piece, found);
  const ShellSyntax syntax = read_syntax(hidden);
  if (!syntax.error.empty()) {
    notices.push_back({ImportNotice::Kind::not_read,
                       "this is no shell: " + syntax.error,
                       {piece.file, piece.first_line + syntax.error_line - 1}});
    return false;
  }
  for (ImportNotice& notice : found) notices.push_back(std::move(notice));
  bool stops = !procedure.runbook.steps.empty() &&
               procedure.runbook.steps.back().on_failure == OnFailure::stop &&
               !procedure.script.empty();
  const auto add = [&](const Statement& statement, std::string title, bool looks) {
    Step step;
    step.run = shown.substr(statement.begin, statement.end - statement.begin);
    step.title = title.empty() ? piece.label : std::move(title);
    if (step.title.empty()) step.title = step.run.substr(0, step.run.find('\n'));
    step.phase = looks ? Phase::watch : Phase::recover;
    step.place = {piece.file, piece.first_line + statement.line - 1};
    procedure.runbook.steps.push_back(std::move(step));
  };
  std::size_t last_begin = 0;   // of the last step
  bool last_was_quiet = false;  // it sets variables, defines functions or says something
  bool any = false;
  for (const Statement& statement : syntax.statements) {
    const std::string text = shown.substr(statement.begin, statement.end - statement.begin);
    if (sets_errexit(text)) stops = true;
    const shell::Parsed parsed = shell::parse(text);
    const bool may_exit = text.find("exit ") != std::string::npos;
    const bool quiet = statement.kind == Statement::Kind::assignment ||
                       statement.kind == Statement::Kind::function ||
                       (parsed.list && only_echoes(*parsed.list) && !may_exit);
    const bool joins = any && ((quiet && last_was_quiet) || refers_to_status(text));
    if (joins) {
      procedure.runbook.steps.back().run = shown.substr(last_begin, statement.end - last_begin);
    } else {
      const bool looks = parsed.list && only_looks(*parsed.list, " " + text);
      add(statement, title_above(shown, statement.begin), quiet || looks);
      last_begin = statement.begin;
      last_was_quiet = quiet;
    }
    any = true;
    if (stops || may_exit) procedure.runbook.steps.back().on_failure = OnFailure::stop;
  }
  return true;
}

void add_manual(std::string_view words, SourcePlace place, Procedure& procedure) {
  Step step;
  step.title = words;
  step.place = std::move(place);
  procedure.runbook.steps.push_back(std::move(step));
}

}  // namespace drdrill::procedures
