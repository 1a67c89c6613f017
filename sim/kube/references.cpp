#include "sim/kube/references.hpp"

#include <algorithm>

namespace drdrill::kube {

// Source: k8s.io/kubernetes third_party/forked/golang/expansion/expand.go.
std::string with_references(
    std::string_view word,
    const std::function<std::optional<std::string>(std::string_view)>& value) {
  std::string out;
  while (!word.empty()) {
    const std::size_t sign = std::min(word.find('$'), word.size());
    out += word.substr(0, sign);
    word.remove_prefix(sign);
    if (word.empty()) break;
    const std::size_t close = word.starts_with("$(") ? word.find(')') : std::string_view::npos;
    if (word.starts_with("$$")) {
      out += '$';
      word.remove_prefix(2);
    } else if (close != std::string_view::npos) {
      const std::string_view whole = word.substr(0, close + 1);
      const auto known = value(whole.substr(2, whole.size() - 3));
      out += known ? *known : std::string(whole);
      word.remove_prefix(whole.size());
    } else {
      out += '$';
      word.remove_prefix(1);
    }
  }
  return out;
}

std::vector<std::string> command_line(const Container& container) {
  const auto value = [&](std::string_view name) -> std::optional<std::string> {
    for (const EnvVar& variable : container.env)
      if (variable.name == name && variable.from.empty()) return variable.value;
    return std::nullopt;
  };
  std::vector<std::string> out;
  for (const auto* words : {&container.command, &container.args})
    for (const std::string& word : *words) out.push_back(with_references(word, value));
  return out;
}

}  // namespace drdrill::kube
