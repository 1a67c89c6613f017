#include "scenarios/import/setting_lines.hpp"

#include <algorithm>

#include "scenarios/import/values.hpp"

namespace drdrill::importing {
namespace {

std::string unquoted(std::string text) {
  const bool quoted = text.size() > 1 && text.front() == text.back() &&
                      (text.front() == '\'' || text.front() == '"');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// The words of shell that a container's command holds, without their quotes: blanks within these,
/// or behind a backslash, are of the word.
void append_shell_words(std::string_view shell, std::vector<std::string>& out) {
  std::string word;
  bool any = false;
  char quote = 0;
  for (std::size_t i = 0; i < shell.size(); ++i) {
    const char c = shell[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == ';';
    if (quote == 0 && blank) {
      if (any) out.push_back(std::move(word));
      word.clear();
      any = false;
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      any = true;
    } else if (c == '\\' && quote != '\'' && i + 1 < shell.size()) {
      if (shell[++i] == '\n') continue;
      word += shell[i];
      any = true;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) out.push_back(std::move(word));
}

/// The words of a container's command line. A setting's value may hold blanks; what a shell is
/// given is taken apart.
std::vector<std::string> words_of(const kube::Container& container) {
  std::vector<std::string> out;
  for (const auto* words : {&container.command, &container.args})
    for (const std::string& word : *words) {
      const std::size_t equals = word.find('=');
      const bool named = equals != std::string::npos && word.find_first_of(" \t\n") > equals &&
                         (word.starts_with("--") || (!out.empty() && out.back() == "-c"));
      if (named) {
        out.push_back(word);
        continue;
      }
      append_shell_words(word, out);
    }
  return out;
}

}  // namespace

void read_lines(const ConfigFile& file, std::vector<SettingLine>& out) {
  int number = 0;
  std::string_view rest = file.text;
  while (!rest.empty()) {
    const std::string_view whole = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(whole.size() + 1, rest.size()));
    const SourcePlace place = file.place(number++);
    const std::string line = trimmed(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';' || line.front() == '[') continue;
    const std::size_t end = line.find_first_of(" \t=");
    if (end == std::string::npos) continue;
    std::string value = trimmed(std::string_view(line).substr(end));
    if (value.starts_with("=")) value = trimmed(std::string_view(value).substr(1));
    const std::size_t remark = value.find(" #");
    if (remark != std::string::npos) value = trimmed(std::string_view(value).substr(0, remark));
    const std::size_t slash = file.path.rfind('/');
    out.push_back({line.substr(0, end), unquoted(value),
                   file.path.substr(slash + 1) + " of " + file.from, place,
                   remark != std::string::npos});
  }
}

void read_arguments(const Item& item, const kube::Container& container,
                    std::vector<SettingLine>& out) {
  const SourcePlace place{item.file, container.at.line};
  const auto words = words_of(container);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    const bool last = i + 1 == words.size();
    if (word == "-c" && !last && has(words[i + 1], "=")) word = "--" + words[i + 1];
    if (!word.starts_with("--")) continue;
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos)
      out.push_back({word.substr(2, equals - 2), unquoted(word.substr(equals + 1)), "command line",
                     place, false});
    else if (!last && !words[i + 1].starts_with("-"))
      out.push_back({word.substr(2), unquoted(words[i + 1]), "command line", place, false});
  }
}

}  // namespace drdrill::importing
